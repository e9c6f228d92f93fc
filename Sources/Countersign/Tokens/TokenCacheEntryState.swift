/// The state that the lock of a ``TokenCacheEntry`` guards: the token, and the callers that wait for a fetch.
///
/// It is a pure value. The owner resumes waiters after it has released the lock, so that tests can explore the order of
/// steps with numbers as waiters.
struct TokenCacheEntryState<Waiter: Sendable>: Sendable {
    var token: TokenState
    var flight = SingleFlight<Waiter>()
    /// The running fetch, for the spans of telemetry; nil without telemetry.
    private var sharedFetch: SharedFetch?

    init(policy: RenewalPolicy) {
        token = TokenState(policy: policy)
    }

    /// Indicates whether no fetch is running and no caller waits.
    var isIdle: Bool { !token.isFetching && flight.isEmpty }

    /// Returns the fetch that an action starts or waits for, for the spans of telemetry.
    mutating func sharedFetch(for action: TokenState.Action) -> SharedFetch? {
        switch action {
        case .useAndRenew, .fetchAndWait: sharedFetch = SharedFetch()
        case .wait: break
        case .use, .fail: return nil
        }
        return sharedFetch
    }

    /// The result of one attempt of a fetch.
    enum Completion: Sendable {
        /// The fetch has ended with this outcome for the callers that waited for it.
        case ended(TokenState.FetchOutcome, waiters: [Waiter])
        /// Another attempt follows. The callers whose deadlines end before it leave with the error of this attempt.
        case retries(TokenState.Retry, leaving: [Waiter])
    }

    /// Records the result of an attempt.
    ///
    /// - Parameter limit: The time after which the fetch makes no other attempt.
    mutating func complete(
        _ result: Result<AccessToken, TokenError>,
        requestedAt start: MonotonicInstant,
        at now: MonotonicInstant,
        retryingUntil limit: MonotonicInstant,
        jitter: Double
    ) -> Completion {
        let outcome: TokenState.FetchOutcome
        switch result {
        case .success(let new):
            outcome = token.fetchSucceeded(with: new, requestedAt: start, at: now, jitter: jitter)
        case .failure(let error):
            let latest = min(limit, flight.latestDeadline ?? limit)
            if let retry = token.retryFetch(after: error, at: now, before: latest, jitter: jitter) {
                return .retries(retry, leaving: flight.leave(notWaitingBeyond: retry.at))
            }
            outcome = token.fetchFailed(with: error, at: now, jitter: jitter)
        }
        sharedFetch = nil
        return .ended(outcome, waiters: flight.complete())
    }
}
