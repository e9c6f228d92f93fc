/// The state machine of one token identity: which token is cached, and whether a fetch is running.
///
/// It has no clock, no lock and does no I/O. Each step takes the current time and returns an action.
/// ``TokenCacheEntry`` performs the action.
struct TokenState: Sendable {
    /// The action for a caller that requires a token.
    enum Action: Sendable, Equatable {
        /// Use this token.
        case use(AccessToken)
        /// Use this token, and start a renewal in the background.
        case useAndRenew(AccessToken)
        /// A fetch is running: wait for it.
        case wait
        /// Start a fetch and wait for it.
        case fetchAndWait
        /// No token is available, and the backoff after the last failure has not ended.
        case fail(TokenError)
    }

    /// The result of a completed fetch for the callers that waited for it.
    enum FetchOutcome: Sendable, Equatable {
        /// Use this token.
        case use(AccessToken)
        case fail(TokenError)
        /// The token was invalidated during the fetch: start over.
        case startOver
    }

    struct CachedToken {
        let token: AccessToken
        let schedule: RenewalSchedule
    }

    /// The next attempt of a running fetch, after an attempt that failed.
    struct Retry: Sendable, Equatable {
        let at: MonotonicInstant
        /// The error of the failed attempt.
        let error: TokenError
    }

    struct Failure {
        let error: TokenError
        /// The number of consecutive failures.
        let attempts: Int
        /// The time from which a caller that has a valid token starts the next attempt.
        let renewalRetryAt: MonotonicInstant
        /// The time from which a caller without a token starts the next attempt.
        let retryAt: MonotonicInstant
    }

    private let policy: RenewalPolicy
    private(set) var cached: CachedToken?
    private(set) var isFetching = false
    /// Indicates whether the token was invalidated since the running fetch began.
    ///
    /// Its result is then discarded.
    private(set) var wasInvalidated = false
    private(set) var failure: Failure?
    /// The number of failed attempts of the running fetch.
    private(set) var failedAttempts = 0
    /// The last retry of the running fetch.
    private(set) var retry: Retry?
    private(set) var unauthorizedRenewals = UnauthorizedRenewalBudget()
    /// The time before which no fetch sends its request.
    ///
    /// It is set after a token with a lifetime of less than a second, so that there is at most one fetch a second (P15).
    private(set) var earliestFetch: MonotonicInstant?

    init(policy: RenewalPolicy) {
        self.policy = policy
    }

    /// Returns the cached token if it needs no renewal: the hot path.
    @inline(__always)
    func fresh(at now: MonotonicInstant) -> AccessToken? {
        guard let cached, now < cached.schedule.renewsAt, now < cached.schedule.usableUntil else { return nil }
        return cached.token
    }

    /// Indicates whether a cached token can be used, even if it is due for renewal.
    func hasUsableToken(at now: MonotonicInstant) -> Bool { usable(at: now) != nil }

    // MARK: Callers

    /// Returns the action for a requirement.
    mutating func step(for requirement: TokenRequirement, at now: MonotonicInstant) -> Action {
        switch requirement {
        case .current: current(at: now)
        case .renewed: renew(at: now)
        case .replacement(let rejected): replace(rejected, at: now)
        }
    }

    /// Returns the action for a caller that requires a usable token.
    mutating func current(at now: MonotonicInstant) -> Action {
        guard let cached = usable(at: now) else { return fetchOrWait(at: now) }
        if now < cached.schedule.renewsAt || isFetching { return .use(cached.token) }
        if let failure, now < failure.renewalRetryAt { return .use(cached.token) }
        isFetching = true
        return .useAndRenew(cached.token)
    }

    /// Returns the action for a caller that requires a newer token than the cached one.
    mutating func renew(at now: MonotonicInstant) -> Action {
        fetchOrWait(at: now)
    }

    /// Returns the action for a caller whose token an API rejected with 401.
    ///
    /// If that token is still cached, it is invalidated. If a newer token is cached, the caller uses that.
    mutating func replace(_ rejected: AccessToken, at now: MonotonicInstant) -> Action {
        guard let cached = usable(at: now), cached.token.isIdentical(to: rejected) else { return current(at: now) }
        guard unauthorizedRenewals.take(at: now) else {
            let (count, window) = (UnauthorizedRenewalBudget.maximumRenewals, UnauthorizedRenewalBudget.window)
            let message = "the API rejected \(count) new tokens with 401 within \(Int(window.seconds)) s"
            return .fail(TokenError(.tooManyRejections, message))
        }
        self.cached = nil
        earliestFetch = nil
        return fetchOrWait(at: now)
    }

    // MARK: Fetches

    /// Records the token of a fetch whose request was sent at `start`.
    mutating func fetchSucceeded(
        with token: AccessToken,
        requestedAt start: MonotonicInstant,
        at now: MonotonicInstant,
        jitter: Double
    ) -> FetchOutcome {
        if wasInvalidated {
            endFetch()
            return .startOver
        }
        let start = token.requestedAt ?? start
        let schedule = schedule(of: token, from: start, jitter: jitter)
        guard now < schedule.usableUntil else {
            let message = "the token had expired when its response arrived"
            return fetchFailed(
                with: TokenError(.expiredWhenReceived, message, retryAfter: .seconds(1)),
                at: now,
                jitter: jitter
            )
        }
        endFetch()
        failure = nil
        cached = CachedToken(token: token, schedule: schedule)
        let nextSecond = start.advanced(by: .seconds(1))
        earliestFetch = schedule.usableUntil < nextSecond ? nextSecond : nil
        return .use(token)
    }

    /// Returns the next attempt of the running fetch, after an attempt has failed; nil if there is none.
    ///
    /// P03: a transient failure is retried while callers have no token. If no attempt is left, or no time, the owner calls
    /// ``fetchFailed(with:at:jitter:)``.
    ///
    /// - Parameter latest: The time before which the attempt must begin.
    mutating func retryFetch(
        after error: TokenError,
        at now: MonotonicInstant,
        before latest: MonotonicInstant,
        jitter: Double
    ) -> Retry? {
        // P24: a grant whose outcome is unknown is not sent again before callers have got the error.
        guard error.isTransient, error.kind != .outcomeUnknown, failedAttempts + 1 < policy.maximumAttempts,
            usable(at: now) == nil
        else { return nil }
        let delay = policy.retryDelay(after: error, attempt: failedAttempts + 1, jitter: jitter)
        let next = now.advanced(by: delay)
        guard next < latest else { return nil }
        failedAttempts += 1
        // The next attempt begins after the invalidation, so its token can be used.
        wasInvalidated = false
        var error = error
        error.retryAfter = delay
        let retry = Retry(at: next, error: error)
        self.retry = retry
        return retry
    }

    /// Returns the error for a caller whose deadline ends before the next attempt of the running fetch; nil if it can wait.
    func retryError(deadline: MonotonicInstant, at now: MonotonicInstant) -> TokenError? {
        guard let retry, now < retry.at, deadline <= retry.at else { return nil }
        var error = retry.error
        error.retryAfter = retry.at - now
        return error
    }

    /// Records a failed fetch.
    ///
    /// A cached token that is still valid stays cached (P23).
    mutating func fetchFailed(with error: TokenError, at now: MonotonicInstant, jitter: Double) -> FetchOutcome {
        let attempts = (failure?.attempts ?? 0) + failedAttempts + 1
        endFetch()
        let backoff = policy.backoff(after: error, attempt: attempts, hasToken: false, jitter: jitter)
        let renewalBackoff = policy.backoff(after: error, attempt: attempts, hasToken: true, jitter: jitter)
        var error = error
        error.retryAfter = error.isFinal ? nil : backoff
        failure = Failure(
            error: error,
            attempts: attempts,
            renewalRetryAt: now.advanced(by: renewalBackoff),
            retryAt: now.advanced(by: backoff)
        )
        return .fail(error)
    }

    private mutating func endFetch() {
        isFetching = false
        wasInvalidated = false
        failedAttempts = 0
        retry = nil
    }

    // MARK: Other changes

    /// Caches a token that was obtained without a fetch.
    ///
    /// Its lifetime counts from now unless the token states when it was requested. An expired token is ignored, and the
    /// result of a running fetch replaces this token.
    mutating func adopt(_ token: AccessToken, at now: MonotonicInstant, jitter: Double) {
        let schedule = schedule(of: token, from: token.requestedAt ?? now, jitter: jitter)
        guard now < schedule.usableUntil else { return }
        failure = nil
        cached = CachedToken(token: token, schedule: schedule)
    }

    /// Clears the last failure, so that the next caller that requires a token starts a fetch.
    mutating func clearFailure() {
        failure = nil
    }

    /// Invalidates the cached token and clears the last failure.
    ///
    /// The result of a running fetch will be discarded.
    mutating func invalidate() {
        wasInvalidated = isFetching
        cached = nil
        failure = nil
        unauthorizedRenewals = UnauthorizedRenewalBudget()
        earliestFetch = nil
    }

    private func schedule(of token: AccessToken, from start: MonotonicInstant, jitter: Double) -> RenewalSchedule {
        policy.schedule(lifetime: token.lifetime ?? policy.defaultLifetime, from: start, jitter: jitter)
    }

    private func usable(at now: MonotonicInstant) -> CachedToken? {
        guard let cached, now < cached.schedule.usableUntil else { return nil }
        return cached
    }

    private mutating func fetchOrWait(at now: MonotonicInstant) -> Action {
        if isFetching { return .wait }
        if let failure, now < failure.retryAt {
            var error = failure.error
            if !error.isFinal { error.retryAfter = failure.retryAt - now }
            return .fail(error)
        }
        isFetching = true
        return .fetchAndWait
    }
}

// Two tokens are equal if they are the same object: tokens with equal values have different lifetimes.

extension TokenState.Action {
    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.use(let left), .use(let right)), (.useAndRenew(let left), .useAndRenew(let right)):
            left.isIdentical(to: right)
        case (.wait, .wait), (.fetchAndWait, .fetchAndWait): true
        case (.fail(let left), .fail(let right)): left == right
        default: false
        }
    }
}

extension TokenState.FetchOutcome {
    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.use(let left), .use(let right)): left.isIdentical(to: right)
        case (.fail(let left), .fail(let right)): left == right
        case (.startOver, .startOver): true
        default: false
        }
    }
}
