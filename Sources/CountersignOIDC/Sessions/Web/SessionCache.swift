import CountersignHTTP

/// The sessions that somebody in this process has, so that all share one object, and one slot for a token.
final class SessionCache: Sendable {
    private struct Weak {
        weak var session: UserSession?
        /// It outlives the session while a refresh is under way, or the only copy of a token waits for the store.
        weak var core: SessionCore?
    }

    private struct State {
        var sessions: [String: Weak] = [:]
        var limit = 64
    }

    private let state = Locked(State())

    func session(_ id: String) -> UserSession? {
        state.withLock { state in
            if let session = state.sessions[id]?.session { return session }
            guard let core = state.sessions[id]?.core else { return nil }
            let session = UserSession(core)
            state.sessions[id]?.session = session
            return session
        }
    }

    /// Keeps a session, unless there is one of that id already.
    ///
    /// - Returns: The one to use.
    func keep(_ session: UserSession, replacing: Bool = false) -> UserSession {
        state.withLock { state in
            if !replacing, let other = state.sessions[session.id]?.session, other.state != .signedOut { return other }
            // Those that nobody has are thrown out when their number has doubled: O(1) on average.
            if state.sessions.count >= state.limit {
                state.sessions = state.sessions.filter { $0.value.core != nil }
                state.limit = max(64, state.sessions.count * 2)
            }
            state.sessions[session.id] = Weak(session: session, core: session.core)
            return session
        }
    }
}
