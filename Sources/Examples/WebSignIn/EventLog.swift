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

    private struct Log {
        var entries: [Entry] = []
        let listener: Task<Void, Never>
    }

    private struct State {
        var logs: [String: Log] = [:]
        /// In the order in which they came.
        var ids: [String] = []

        mutating func forget(_ id: String) {
            logs.removeValue(forKey: id)?.listener.cancel()
            ids.removeAll { $0 == id }
        }
    }

    private static let capacity = (sessions: 1000, entries: 10)
    private let state = Mutex(State())
    private let clock = SystemClock()

    /// The newest first.
    func entries(of session: UserSession) -> [Entry] {
        state.withLock { $0.logs[session.id]?.entries.reversed() ?? [] }
    }

    /// Listens to a session from now on, until the user signs out.
    func watch(_ session: UserSession) {
        state.withLock { state in
            guard state.logs[session.id] == nil else { return }
            if state.ids.count == Self.capacity.sessions { state.forget(state.ids[0]) }
            let events = session.events
            // The task has the session, so that all requests find the one that tells of itself here.
            let listener = Task {
                for await event in events { add(event, to: session.id) }
                if !Task.isCancelled { self.state.withLock { $0.forget(session.id) } }
            }
            state.logs[session.id] = Log(listener: listener)
            state.ids.append(session.id)
        }
    }

    private func add(_ event: SessionEvent, to id: String) {
        let entry = Entry(event: event, time: clock.unixTime())
        state.withLock { state in
            guard let log = state.logs[id] else { return }
            state.logs[id]?.entries = (log.entries + [entry]).suffix(Self.capacity.entries)
        }
    }
}
