import Countersign

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One refresh of a session's tokens (RFC 6749 section 6) as a pure state machine: no clock, no lock, no I/O.
///
/// Each transition takes the result of the previous action and returns the next ``Action``. `SessionCore` performs the
/// actions.
///
/// With refresh token rotation, a refresh token can be used once. Processes crash, pause and share a store, so the
/// order of the steps matters:
///
/// 1. Load the session from the store. If another process has stored a new access token, use it (P34).
/// 2. Save the session with a ``SessionRecord/PendingRefresh``: the refresh token is about to be sent (P24, P32).
/// 3. Check that the lease is still held (P35), then send the token endpoint request.
/// 4. Save the new tokens before any caller receives them (P32). If no tokens were issued, remove the pending refresh.
///
/// If no response arrives, the pending refresh stays in the record, and is marked as ended. A later refresh sends the
/// refresh token again (P24): after a backoff if the attempt is marked, otherwise when it must have ended. If the server
/// then rejects the refresh token, it had rotated it, and the session ends.
struct RefreshStateMachine: Hashable, Sendable {
    enum Phase: Hashable, Sendable {
        case loading
        case savingPendingRefresh
        case checkingLease
        case awaitingResponse
        case savingTokens(RefreshedTokens)
        case reloadingAfterConflict(RefreshedTokens)
        case removingPendingRefresh(Failure)
        case markingPendingRefresh
        case reloadingAfterRejection(error: String)
        case savingSessionEnd
        case finished
    }

    /// This process's copy of the session.
    var session: CachedSession
    /// The tokens that this refresh received.
    var receivedTokens: RefreshedTokens?
    /// Received tokens that the session cannot use any more.
    ///
    /// They must be revoked.
    var discardedTokens: RefreshedTokens?
    /// True after a store failure: the refresh is then coordinated within this process only.
    var isStoreUnavailable: Bool
    let requirement: TokenRequirement
    let policy: Policy
    let attemptID: String
    /// True if the program has called ``UserSession/retryRefresh()`` and this refresh has not used that permission yet.
    var isRetryRequested: Bool
    /// False if another process holds the lease: this process may then use stored tokens, but not send a request.
    let maySendRequest: Bool
    var hasRecoveredFromRejection = false
    var conflictCount = 0
    var requestCount = 0
    var phase = Phase.loading
    /// The record that is being saved, or that could only be kept in memory.
    var draft: SessionRecord
    /// The pending refresh that the record had before this refresh added its own.
    var previousPendingRefresh: SessionRecord.PendingRefresh?

    static let maximumConflicts = 5

    /// - Parameters:
    ///   - attemptID: An identifier that no other refresh has.
    ///   - isRetryRequested: True if the program asked to resend a refresh token whose outcome is unknown.
    ///   - lease: The result of acquiring the session's lease.
    init(
        session: CachedSession,
        requirement: TokenRequirement,
        policy: Policy,
        attemptID: String,
        isRetryRequested: Bool = false,
        lease: LeaseStatus = .held
    ) {
        self.session = session
        self.requirement = requirement
        self.policy = policy
        self.attemptID = attemptID
        self.isRetryRequested = isRetryRequested
        isStoreUnavailable = lease == .storeUnavailable
        maySendRequest = lease != .heldByAnother
        draft = session.record
    }

    // MARK: Transitions

    mutating func start() -> Action {
        // While callers have a valid token, the refresh can wait for the store. Without the store, another process
        // could send the same refresh token.
        if isStoreUnavailable, requirement.callersHaveValidToken { return fail(.storeUnavailable) }
        return load()
    }

    mutating func loaded(_ result: LoadResult, at now: Date) -> Action {
        switch phase {
        case .reloadingAfterConflict(let tokens): saveAfterConflict(tokens, reloaded: result)
        case .reloadingAfterRejection(let error): recoverFromRejection(error, reloaded: result, at: now)
        default: useStoredTokenOrRefresh(loaded: result, at: now)
        }
    }

    mutating func saved(_ result: SaveResult) -> Action {
        switch (phase, result) {
        case (.savingPendingRefresh, .conflict):
            return reloadAfterConflict(in: .loading) ?? fail(.contention)
        case (.savingPendingRefresh, .failed) where requirement.callersHaveValidToken:
            // The store may have saved the pending refresh nevertheless, but no request is sent.
            session.settledAttemptID = draft.pendingRefresh?.attemptID
            return fail(.storeUnavailable)
        case (.savingPendingRefresh, .failed):
            isStoreUnavailable = true
            // From now on, only this process knows that the refresh token is being sent.
            markUnsaved()
            return sendRequest()
        case (.savingPendingRefresh, .saved(let version)):
            markSaved(as: version)
            if isStoreUnavailable { return sendRequest() }
            phase = .checkingLease
            return .checkLease

        case (.savingTokens(let tokens), .conflict):
            // The store now has either a sign-out or the refresh of another process.
            return reloadAfterConflict(in: .reloadingAfterConflict(tokens)) ?? keepInMemory(tokens)
        case (.savingTokens(let tokens), .failed):
            return keepInMemory(tokens)
        case (.savingTokens(let tokens), .saved(let version)):
            markSaved(as: version)
            return finish(with: tokens)

        case (.removingPendingRefresh(let failure), .saved(let version)):
            markSaved(as: version)
            return fail(failure)
        case (.removingPendingRefresh(let failure), _):
            // This process knows the outcome of the attempt, so it can continue without the store.
            session.record = draft
            return fail(failure)

        case (.markingPendingRefresh, .saved(let version)):
            markSaved(as: version)
            return failOutcomeUnknown()
        case (.markingPendingRefresh, _):
            // According to the stored record, the attempt may still be running. The next one waits longer.
            return failOutcomeUnknown()

        case (.savingSessionEnd, .conflict):
            guard case .ended(let error) = draft.state else { return fail(.storeUnavailable) }
            return reloadAfterConflict(in: .reloadingAfterRejection(error: error)) ?? fail(.contention)
        case (.savingSessionEnd, .saved(let version)):
            markSaved(as: version)
            return failEnded()
        case (.savingSessionEnd, .failed):
            markUnsaved()
            return failEnded()

        default:
            return fail(.storeUnavailable)
        }
    }

    mutating func leaseChecked(isHeld: Bool) -> Action {
        isHeld ? sendRequest() : removePendingRefresh(restoring: previousPendingRefresh, failure: .leaseLost)
    }

    mutating func received(_ response: Response) -> Action {
        if response != .outcomeUnknown {
            session.settledAttemptID = session.record.pendingRefresh?.attemptID ?? session.settledAttemptID
        }
        switch response {
        case .tokens(let tokens):
            receivedTokens = tokens
            return save(tokens, in: session.record)
        case .rejectedRefreshToken(let error):
            phase = .reloadingAfterRejection(error: error)
            return .load
        case .failed:
            // The outcome of an earlier attempt is still unknown.
            return removePendingRefresh(restoring: previousPendingRefresh, failure: .requestFailed)
        case .outcomeUnknown:
            return markPendingRefresh()
        }
    }

    /// Ends the refresh because the user has signed out in this process: nothing is stored from now on.
    mutating func signedOut() -> Action {
        switch phase {
        case .savingTokens(let tokens), .reloadingAfterConflict(let tokens): discardedTokens = tokens
        default: break
        }
        return fail(.signedOutOrExpired)
    }

    // MARK: The end

    /// Finishes with the new access token, or fails if only the refresh token could be used.
    mutating func finish(with tokens: RefreshedTokens) -> Action {
        guard let accessToken = tokens.accessToken else { return fail(.requestFailed) }
        return finish(.token(accessToken))
    }

    mutating func fail(_ failure: Failure) -> Action {
        finish(.failure(failure))
    }

    mutating func finish(_ outcome: Outcome) -> Action {
        phase = .finished
        return .finish(outcome)
    }
}
