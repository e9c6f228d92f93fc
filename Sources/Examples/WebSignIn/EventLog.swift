import Countersign
import CountersignOIDC
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A log of recent session events, for the page that shows them.
final class EventLog: Sendable {
    struct Entry: Sendable {
        let event: SessionEvent
        let date: Date
    }

    private struct Log {
        var entries: [Entry] = []
        let listener: Task<Void, Never>
    }

    private struct State {
        var logs: [String: Log] = [:]
        /// Oldest first.
        var ids: [String] = []

        mutating func remove(_ id: String) {
            logs.removeValue(forKey: id)?.listener.cancel()
            ids.removeAll { $0 == id }
        }
    }

    private static let capacity = (sessions: 1000, entries: 10)
    private let state = Mutex(State())
    private let clock = SystemClock()

    /// Returns the events of a session, newest first.
    func entries(of session: UserSession) -> [Entry] {
        state.withLock { $0.logs[session.id]?.entries.reversed() ?? [] }
    }

    /// Starts to log the events of a session, until the user signs out.
    func watch(_ session: UserSession) {
        state.withLock { state in
            guard state.logs[session.id] == nil else { return }
            if state.ids.count == Self.capacity.sessions { state.remove(state.ids[0]) }
            let events = session.events
            // The task keeps the session alive, so that later requests use the session that reports events here.
            let listener = Task {
                for await event in events { add(event, to: session.id) }
                if !Task.isCancelled { self.state.withLock { $0.remove(session.id) } }
            }
            state.logs[session.id] = Log(listener: listener)
            state.ids.append(session.id)
        }
    }

    private func add(_ event: SessionEvent, to id: String) {
        let entry = Entry(event: event, date: clock.date())
        state.withLock { state in
            guard let log = state.logs[id] else { return }
            state.logs[id]?.entries = (log.entries + [entry]).suffix(Self.capacity.entries)
        }
    }
}
