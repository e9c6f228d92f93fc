import Countersign

/// What a ``RefreshStateMachine`` is told, and what it says.
extension RefreshStateMachine {
    /// What is wanted.
    struct Demand: Hashable, Sendable {
        var key: SessionTokenKey
        /// What the operation needs.
        var scopes: [String] = []
        /// The token that the caller has, and wants another for.
        var handedOut: String?
        /// Whether calls go on with a valid token meanwhile.
        var isServed = false
    }

    /// What is the same for all refreshes of a session.
    struct Rules: Hashable, Sendable {
        /// The key of this process; nil for none.
        var keyThumbprint: String?
        var renewal = RenewalPolicy()
        /// How long after it was sent a refresh token whose answer was lost is sent once more; nil: never.
        var replayLimit: Duration?
    }

    enum Step: Hashable, Sendable {
        case load
        case save(SessionRecord, replacing: StoreVersion?)
        case checkLease
        case send(refreshToken: String)
        case finish(Outcome)
    }

    enum Outcome: Hashable, Sendable {
        case token(SessionToken)
        case failed(Failure)
    }

    enum Failure: Hashable, Sendable {
        /// The store has no such session any more: somebody signed out, or its time was over.
        case gone
        /// Somebody else has signed in under the session's id.
        case replaced
        case wrongKey
        case ended(String)
        case missingScope([String])
        case noRefreshToken
        case outcomeUnknown
        /// The store failed, and there was no need to go on without it.
        case storage
        /// Others change the session all the time.
        case busy
        case leaseLost
        /// The authorization server's answer is the failure.
        case answered
    }

    /// Whether this process alone refreshes the session.
    enum Lease: Hashable, Sendable {
        case held
        /// Somebody else has it, and goes on having it.
        case taken
        /// The store is down, and none is to be had.
        case unavailable
    }

    enum Found: Hashable, Sendable {
        case entry(SessionRecord, StoreVersion)
        case nothing
        case failed
    }

    enum Saved: Hashable, Sendable {
        case saved(StoreVersion)
        case conflict
        case failed
    }

    enum Answer: Hashable, Sendable {
        case tokens(RefreshedTokens)
        /// `invalid_grant`.
        case invalidGrant
        /// Any other error, or an answer that is not to be believed: the refresh token was not spent, or is no worse.
        case refused
        /// The refresh token was sent, and whether it was spent nobody knows.
        case lost
    }
}
