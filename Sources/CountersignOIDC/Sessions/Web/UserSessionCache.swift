import CountersignHTTP

/// The sessions that are in use in this process: one object for each, so that all requests share its cached tokens.
///
/// References are weak: the cache does not keep sessions alive.
final class UserSessionCache: Sendable {
    private struct WeakSession {
        weak var session: UserSession?
        /// The core outlives the session during a refresh, or while it holds the only copy of a refresh token.
        weak var core: SessionCore?
    }

    private struct State {
        var sessions: [String: WeakSession] = [:]
        var limit = 64
    }

    private let state = Locked(State())

    func session(for id: String) -> UserSession? {
        state.withLock { state in
            if let session = state.sessions[id]?.session { return session }
            guard let core = state.sessions[id]?.core else { return nil }
            let session = UserSession(core)
            state.sessions[id]?.session = session
            return session
        }
    }

    /// Adds a session, unless the cache already has one with its id.
    ///
    /// - Parameter replacing: true to replace the one that the cache has.
    /// - Returns: The session to use.
    func add(_ session: UserSession, replacing: Bool = false) -> UserSession {
        state.withLock { state in
            if !replacing, let other = state.sessions[session.id]?.session, other.state != .signedOut { return other }
            // Released sessions are removed whenever the number of entries has doubled: O(1) amortized.
            if state.sessions.count >= state.limit {
                state.sessions = state.sessions.filter { $0.value.core != nil }
                state.limit = max(64, state.sessions.count * 2)
            }
            state.sessions[session.id] = WeakSession(session: session, core: session.core)
            return session
        }
    }
}
