import Countersign

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// After the request: persisting the rotated refresh token, or the failure.
extension RefreshStateMachine {
    // MARK: New tokens

    mutating func save(_ tokens: RefreshedTokens, in record: SessionRecord) -> Action {
        draft = record
        draft.apply(tokens)
        phase = .savingTokens(tokens)
        return .save(draft, replacing: session.version)
    }

    /// P37: keeps the only copy of a refresh token in memory if the store does not accept it.
    mutating func keepInMemory(_ tokens: RefreshedTokens) -> Action {
        markUnsaved()
        return finish(with: tokens)
    }

    /// Saves the received tokens again after the stored record has changed during the request.
    mutating func saveAfterConflict(_ tokens: RefreshedTokens, reloaded result: LoadResult) -> Action {
        switch result {
        case .failed:
            return keepInMemory(tokens)
        case .notFound:
            // P38: the user signed out during the refresh, and the session must not come back.
            discardedTokens = tokens
            return fail(.signedOutOrExpired)
        case .loaded(let stored, let version):
            guard stored.signInID == session.record.signInID else {
                discardedTokens = tokens
                return fail(.replacedByAnotherUser)
            }
            session.version = version
            if stored.refreshToken == nil || stored.refreshToken == session.record.refreshToken
                || session.isStale(stored.refreshToken)
            {
                var record = stored
                record.refreshToken = session.record.refreshToken
                record.state = .active
                return save(tokens, in: record)
            }
            // Another process refreshed at the same time and stored its tokens first. Its refresh token is kept; the
            // access token received here is valid nevertheless.
            session.record = stored
            session.unsavedChange = nil
            return finish(with: tokens)
        }
    }

    // MARK: A rejected refresh token

    /// P36: uses the tokens that another process has stored since, or ends the session if there are none.
    mutating func recoverFromRejection(_ error: String, reloaded result: LoadResult, at now: Date) -> Action {
        switch result {
        case .failed:
            // A session ends only after the store was read again.
            session.record.pendingRefresh = previousPendingRefresh
            return fail(.requestFailed)
        case .notFound:
            return fail(.signedOutOrExpired)
        case .loaded(let stored, let version):
            let sentToken = session.record.refreshToken
            if stored.signInID == session.record.signInID, stored.state == .active,
                stored.refreshToken == sentToken || session.isStale(stored.refreshToken)
            {
                session.version = version
                return saveSessionEnd(byError: error)
            }
            session.unsavedChange = nil
            guard session.update(from: stored, version: version) else { return fail(.replacedByAnotherUser) }
            if case .ended(let error) = stored.state { return fail(.ended(error)) }
            guard !hasRecoveredFromRejection else { return fail(.contention) }
            hasRecoveredFromRejection = true
            return useCachedTokenOrRefresh(at: now)
        }
    }

    mutating func saveSessionEnd(byError error: String) -> Action {
        draft = session.record.ended(byError: error)
        // P24: the refresh token was sent before, and the response to that request was lost.
        draft.isRotationLost = session.record.pendingRefresh?.isRetry ?? false
        phase = .savingSessionEnd
        return .save(draft, replacing: session.version)
    }

    mutating func failEnded() -> Action {
        guard case .ended(let error) = session.record.state else { return fail(.storeUnavailable) }
        return fail(.ended(error))
    }

    // MARK: No tokens

    /// Removes the pending refresh of this attempt, then fails.
    ///
    /// - Parameter pendingRefresh: The pending refresh that the record had before.
    mutating func removePendingRefresh(
        restoring pendingRefresh: SessionRecord.PendingRefresh?,
        failure: Failure
    ) -> Action {
        session.settledAttemptID = session.record.pendingRefresh?.attemptID
        draft = session.record
        draft.pendingRefresh = pendingRefresh
        guard !isStoreUnavailable else {
            session.record = draft
            return fail(failure)
        }
        phase = .removingPendingRefresh(failure)
        return .save(draft, replacing: session.version)
    }

    /// Marks the pending refresh as ended, so that every process may send the refresh token again after a backoff.
    mutating func markPendingRefresh() -> Action {
        draft = session.record
        draft.pendingRefresh?.hasEnded = true
        guard !isStoreUnavailable else {
            session.record = draft
            return failOutcomeUnknown()
        }
        phase = .markingPendingRefresh
        return .save(draft, replacing: session.version)
    }

    mutating func failOutcomeUnknown() -> Action {
        // The backoff of the cache entry follows.
        fail(.outcomeUnknown(retryAfter: policy.pendingRefreshLifetime == nil ? nil : .zero))
    }

    // MARK: Saving

    /// Loads the record again after a conflict.
    ///
    /// - Returns: nil after too many conflicts.
    mutating func reloadAfterConflict(in phase: Phase) -> Action? {
        conflictCount += 1
        guard conflictCount <= Self.maximumConflicts else { return nil }
        self.phase = phase
        return .load
    }

    /// Records that the store accepted the draft.
    mutating func markSaved(as version: StoreVersion) {
        session.record = draft
        session.version = version
        session.unsavedChange = nil
    }

    /// Records that the draft exists in memory only.
    mutating func markUnsaved() {
        session.unsavedChange = session.unsavedChange ?? .init(storedRefreshToken: session.record.refreshToken)
        session.record = draft
    }
}
