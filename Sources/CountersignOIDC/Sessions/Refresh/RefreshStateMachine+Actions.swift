import Countersign

// The inputs of a `RefreshStateMachine`, and the actions that it returns.
extension RefreshStateMachine {
    // MARK: Actions

    enum Action: Hashable, Sendable {
        case load
        case save(SessionRecord, replacing: StoreVersion?)
        case checkLease
        case sendRequest(refreshToken: String)
        case finish(Outcome)
    }

    enum Outcome: Hashable, Sendable {
        case token(SessionToken)
        case failure(Failure)
    }

    enum Failure: Hashable, Sendable {
        /// The store does not contain the session any more, or its lifetime has ended.
        case signedOutOrExpired
        /// Another user has signed in under the session's id.
        case replacedByAnotherUser
        /// The session is bound to a different DPoP key than this process has.
        case wrongKey
        /// The authorization server ended the session; the value is its error code.
        case ended(String)
        /// The user has not granted these scopes.
        case missingScope([String])
        case noRefreshToken
        /// The refresh token was sent, and the response is not known.
        ///
        /// The refresh token may be sent again after `retryAfter`; nil for never.
        case outcomeUnknown(retryAfter: Duration?)
        /// The store failed, and callers still have a valid token.
        case storeUnavailable
        /// Other processes hold the lease or change the record too often.
        case contention
        case leaseLost
        /// The token endpoint request failed; the error describes it.
        case requestFailed
    }

    // MARK: Inputs

    /// The token that a caller requires.
    struct TokenRequirement: Hashable, Sendable {
        var key: SessionTokenKey
        /// The scopes that the operation requires.
        var scopes: [String] = []
        /// The value of the token that the caller has and wants to replace.
        var replacedToken: String?
        /// True if callers have a valid token while this refresh runs.
        var callersHaveValidToken = false
    }

    /// The settings that all refreshes of a session share.
    struct Policy: Hashable, Sendable {
        /// The thumbprint of this process's DPoP key; nil without DPoP.
        var keyThumbprint: String?
        var renewal = RenewalPolicy()
        /// The age from which a pending refresh that is not marked as ended must have ended, so that the refresh token may be
        /// sent again; nil if no refresh token is sent again.
        var pendingRefreshLifetime: Duration?
    }

    /// The result of acquiring the session's lease: only its holder sends the refresh token.
    enum LeaseStatus: Hashable, Sendable {
        case held
        /// Another process holds the lease and did not release it in time.
        case heldByAnother
        case storeUnavailable
    }

    enum LoadResult: Hashable, Sendable {
        case loaded(SessionRecord, StoreVersion)
        case notFound
        case failed
    }

    enum SaveResult: Hashable, Sendable {
        case saved(StoreVersion)
        case conflict
        case failed
    }

    /// The effect of a token endpoint response on the refresh token.
    enum Response: Hashable, Sendable {
        case tokens(RefreshedTokens)
        /// The authorization server rejected the refresh token with this error code.
        case rejectedRefreshToken(error: String)
        /// Any other error, or tokens that were rejected here. The refresh token counts as unused.
        case failed
        /// The refresh token was sent. Without a readable response, it may be used or unused.
        case outcomeUnknown
    }
}
