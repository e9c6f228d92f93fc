import Countersign
import CountersignOIDC
import Synchronization

/// What has happened to each session lately, for the page that shows it.
final class EventLog: Sendable {
    private struct State {
        var events: [String: [SessionEvent]] = [:]
    }

    private let state = Mutex(State())

    func events(of session: UserSession) -> [SessionEvent] { [] }
}
