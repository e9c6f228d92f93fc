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

    /// Records a completed fetch.
    ///
    /// - Returns: The result for the callers that waited for the fetch, and these callers.
    mutating func complete(
        _ result: Result<AccessToken, TokenError>,
        requestedAt start: MonotonicInstant,
        at now: MonotonicInstant,
        jitter: Double
    ) -> (outcome: TokenState.FetchOutcome, waiters: [Waiter]) {
        let outcome =
            switch result {
            case .success(let new): token.fetchSucceeded(with: new, requestedAt: start, at: now, jitter: jitter)
            case .failure(let error): token.fetchFailed(with: error, at: now, jitter: jitter)
            }
        sharedFetch = nil
        return (outcome, flight.complete())
    }
}
