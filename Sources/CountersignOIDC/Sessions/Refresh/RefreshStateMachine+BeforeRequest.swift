import Countersign
import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// Before the request: loading the session, deciding, and saving the pending refresh.
extension RefreshStateMachine {
    mutating func load() -> Action {
        phase = .loading
        return .load
    }

    mutating func useStoredTokenOrRefresh(loaded result: LoadResult, at now: Date) -> Action {
        switch result {
        case .loaded(let stored, let version):
            guard session.update(from: stored, version: version) else { return fail(.replacedByAnotherUser) }
        case .notFound:
            return fail(.signedOutOrExpired)
        case .failed:
            if requirement.callersHaveValidToken { return fail(.storeUnavailable) }
            isStoreUnavailable = true
        }
        return useCachedTokenOrRefresh(at: now)
    }

    mutating func useCachedTokenOrRefresh(at now: Date) -> Action {
        let record = session.record
        // P50: a session is never used with another key, and no request is sent.
        guard record.keyThumbprint == policy.keyThumbprint else { return fail(.wrongKey) }
        if case .ended(let error) = record.state { return fail(.ended(error)) }
        if let expiresAt = record.expiresAt, now >= expiresAt { return fail(.signedOutOrExpired) }
        let missingScopes = record.missingScopes(of: requirement.scopes)
        guard missingScopes.isEmpty else { return fail(.missingScope(missingScopes)) }
        if let token = record[requirement.key], token.value != requirement.replacedToken,
            token.isUsable(at: now, policy: policy.renewal)
        {
            return finish(.token(token))
        }
        guard record.refreshToken != nil else { return fail(.noRefreshToken) }
        guard maySendRequest else { return fail(.contention) }
        if let pendingRefresh = record.pendingRefresh {
            let delay = session.retryDelay(of: pendingRefresh, lifetime: policy.pendingRefreshLifetime, at: now)
            guard isRetryRequested || delay == .zero else { return fail(.outcomeUnknown(retryAfter: delay)) }
            isRetryRequested = false
        }
        return savePendingRefresh(at: now)
    }

    mutating func savePendingRefresh(at now: Date) -> Action {
        requestCount += 1
        previousPendingRefresh = session.record.pendingRefresh
        draft = session.record
        draft.pendingRefresh = .init(
            attemptID: "\(attemptID).\(requestCount)",
            sentAt: now,
            isRetry: previousPendingRefresh != nil
        )
        phase = .savingPendingRefresh
        return .save(draft, replacing: session.version)
    }

    mutating func sendRequest() -> Action {
        guard let refreshToken = session.record.refreshToken else { return fail(.noRefreshToken) }
        phase = .awaitingResponse
        return .sendRequest(refreshToken: refreshToken)
    }
}
