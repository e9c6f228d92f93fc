import Countersign
import CountersignOIDC
import Synchronization

/// What has happened lately to the sessions of the users who were here last, for the page that shows it.
final class EventLog: Sendable {
    struct Entry: Sendable {
        let event: SessionEvent
        /// Since 1970.
        let time: Duration
    }

    private struct State {
        var entries: [String: [Entry]] = [:]
        /// In the order in which they came.
        var sessions: [String] = []
    }

    private static let capacity = (sessions: 1000, entries: 10)
    private let state = Mutex(State())
    private let clock = SystemClock()

    /// The newest first.
    func entries(of session: UserSession) -> [Entry] {
        state.withLock { $0.entries[session.id, default: []].reversed() }
    }

    /// Listens to a session from now on, until the user signs out.
    func watch(_ session: UserSession) {
        let isNew = state.withLock { state in
            guard state.entries[session.id] == nil else { return false }
            state.entries[session.id] = []
            state.sessions.append(session.id)
            if state.sessions.count > Self.capacity.sessions { state.entries[state.sessions.removeFirst()] = nil }
            return true
        }
        guard isNew else { return }
        let events = session.events
        Task {
            // The session is held so that it is the same one that goes on telling.
            for await event in events { add(event, to: session.id) }
            forget(session.id)
        }
    }

    private func add(_ event: SessionEvent, to id: String) {
        let entry = Entry(event: event, time: clock.unixTime())
        state.withLock { state in
            guard let known = state.entries[id] else { return }
            state.entries[id] = (known + [entry]).suffix(Self.capacity.entries)
        }
    }

    private func forget(_ id: String) {
        state.withLock { state in
            state.entries[id] = nil
            state.sessions.removeAll { $0 == id }
        }
    }
}
