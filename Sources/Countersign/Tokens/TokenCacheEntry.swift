import CountersignHTTP

/// The cache entry of one token identity: its token, its fetch and the callers that wait for it.
///
/// It owns the lock, the clock and the fetch task. ``TokenState`` decides what to do.
package final class TokenCacheEntry: Sendable {
    /// A function that makes one attempt to obtain a token.
    package typealias Fetch = @Sendable () async -> Result<AccessToken, TokenError>

    private typealias Waiter = CheckedContinuation<TokenState.FetchOutcome, Never>

    private let state: Locked<TokenCacheEntryState<Waiter>>
    private let clock: any RuntimeClock
    private let jitter: @Sendable () -> Double
    private let retryWindow: Duration
    private let fetch: Fetch
    private let telemetry: TelemetryFanOut?
    /// The client and the authorization server, for events.
    private let subject: TokenSubject?

    /// Creates an entry without a token.
    ///
    /// - Parameter retryWindow: The time from the first attempt of a fetch in which it makes further attempts.
    package init(
        policy: RenewalPolicy,
        clock: any RuntimeClock,
        jitter: @escaping @Sendable () -> Double,
        retryWindow: Duration = .seconds(10),
        telemetry: TelemetryFanOut? = nil,
        subject: TokenSubject? = nil,
        fetch: @escaping Fetch
    ) {
        state = Locked(TokenCacheEntryState(policy: policy))
        self.clock = clock
        self.jitter = jitter
        self.retryWindow = retryWindow
        self.telemetry = telemetry
        self.subject = subject
        self.fetch = fetch
    }

    // MARK: Tokens

    /// Returns the cached token if it needs no renewal, without suspension or allocation.
    package func cachedToken() -> AccessToken? {
        let now = clock.now()
        return state.withLock { $0.token.fresh(at: now) }
    }

    /// Returns the cached token, or fetches one.
    ///
    /// - Parameter deadline: The time at which this caller stops waiting. The fetch continues for other callers.
    package nonisolated(nonsending) func token(deadline: MonotonicInstant?) async throws(TokenError) -> AccessToken {
        if let token = cachedToken() { return token }
        return try await token(for: .current, deadline: deadline)
    }

    /// Returns a token that is newer than the cached one.
    package nonisolated(nonsending) func renewed(deadline: MonotonicInstant?) async throws(TokenError) -> AccessToken {
        try await token(for: .renewed, deadline: deadline)
    }

    /// Returns a token to use after an API rejected `token` with 401: the cached one if it is newer, else a new one.
    package nonisolated(nonsending) func replacement(
        for token: AccessToken,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> AccessToken {
        try await self.token(for: .replacement(token), deadline: deadline)
    }

    /// Invalidates a token that an API rejected with 401, and starts a renewal in the background.
    func renewAfterRejection(of token: AccessToken) {
        let now = clock.now()
        let (action, sharedFetch) = state.withLock { state in
            let action = state.token.replace(token, at: now)
            return (action, telemetry == nil ? nil : state.sharedFetch(for: action))
        }
        switch action {
        case .useAndRenew, .fetchAndWait:
            telemetry?.record(.renewalStarted, "rejected", about: subject)
            startFetch(sharedFetch)
        case .use, .wait, .fail: break
        }
    }

    /// Caches a token that was obtained without this entry's fetch, at sign-in or from a store.
    package func adopt(_ token: AccessToken) {
        let now = clock.now()
        let jitter = jitter()
        state.withLock { $0.token.adopt(token, at: now, jitter: jitter) }
    }

    /// Ends the backoff after a failure: the next call that needs a token starts a fetch.
    package func clearFailure() {
        state.withLock { $0.token.clearFailure() }
    }

    /// Indicates whether the entry has a token that can be used, even if it is due for renewal.
    package var hasUsableToken: Bool {
        let now = clock.now()
        return state.withLock { $0.token.hasUsableToken(at: now) }
    }

    /// Reports that a caller used the cached token.
    ///
    /// - Parameter client: The name of the API client, if no call is running.
    func recordHit(client: String? = nil) {
        telemetry?.record(.tokenLookup, "hit", about: subject, client: client)
    }

    /// Invalidates the cached token: the next call requests a new one.
    package func invalidate() {
        state.withLock { $0.token.invalidate() }
    }

    /// Indicates whether no fetch is running and no caller waits.
    var isIdle: Bool {
        state.withLock { $0.isIdle }
    }

    // MARK: Fetching

    private nonisolated(nonsending) func token(
        for requirement: TokenRequirement,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> AccessToken {
        var requirement = requirement
        var isFirstLookup = true
        while true {
            let now = clock.now()
            let (action, completedFetches, sharedFetch) = state.withLock { state in
                let action = state.token.step(for: requirement, at: now)
                let sharedFetch = telemetry == nil ? nil : state.sharedFetch(for: action)
                return (action, state.flight.completedFetches, sharedFetch)
            }
            // Starting over after a wait is still the same lookup.
            if isFirstLookup { telemetry?.record(action, about: subject) }
            isFirstLookup = false
            switch action {
            case .use(let token):
                return token
            case .useAndRenew(let token):
                startFetch(sharedFetch)
                return token
            case .fetchAndWait:
                startFetch(sharedFetch)
            case .wait:
                sharedFetch?.join(telemetry?.currentContext)
            case .fail(let error):
                throw error
            }
            switch await wait(after: completedFetches, deadline: deadline) {
            case .use(let token): return token
            case .fail(let error): throw error
            case .startOver: break
            }
            // The fetch completed before this caller was registered, or its token was invalidated. If the fetch succeeded,
            // its token is new enough, and another fetch could spend another refresh token.
            if case .renewed = requirement, state.withLock({ $0.token.failure == nil }) { requirement = .current }
        }
    }

    /// Runs the fetch in a detached task, since it belongs to no caller and no caller's cancellation may end it.
    ///
    /// - Parameter sharedFetch: The links from its spans to the calls that wait; nil without telemetry.
    private func startFetch(_ sharedFetch: SharedFetch?) {
        sharedFetch?.join(telemetry?.currentContext)
        Task.detached { [self] in
            if let earliest = state.withLock({ $0.token.earliestFetch }) {
                // Nothing cancels this task. If it were cancelled, an early request would do no harm.
                try? await clock.sleep(until: earliest)
            }
            let limit = clock.now().advanced(by: retryWindow)
            while let retry = await attempt(sharedFetch, retryingUntil: limit) {
                try? await clock.sleep(until: retry)
            }
        }
    }

    /// Makes one attempt of a fetch.
    ///
    /// - Returns: The time of the next attempt; nil if the fetch has ended.
    private func attempt(
        _ sharedFetch: SharedFetch?,
        retryingUntil limit: MonotonicInstant
    ) async -> MonotonicInstant? {
        let start = clock.now()
        let result = if let sharedFetch { await sharedFetch.run { await fetch() } } else { await fetch() }
        let now = clock.now()
        let jitter = jitter()
        let completion = state.withLock { state in
            state.complete(result, requestedAt: start, at: now, retryingUntil: limit, jitter: jitter)
        }
        switch completion {
        case .ended(let outcome, let waiters):
            for waiter in waiters { waiter.resume(returning: outcome) }
            return nil
        case .retries(let retry, let leaving):
            for waiter in leaving { waiter.resume(returning: .fail(retry.error)) }
            let status = retry.error.status
            telemetry?.record(
                .requestRetried,
                status == nil ? "transport" : "status",
                about: subject,
                client: sharedFetch?.client,
                status: status,
                duration: retry.at - now
            )
            return retry.at
        }
    }

    // MARK: Waiting

    /// Waits for the fetch that was running when `completedFetches` was read.
    private nonisolated(nonsending) func wait(
        after completedFetches: UInt64,
        deadline: MonotonicInstant?
    ) async -> TokenState.FetchOutcome {
        let id = state.withLock { $0.flight.newID() }
        let timer = deadline.map { deadline in
            Task.detached { [self] in
                do {
                    try await clock.sleep(until: deadline)
                    leave(id, Self.timedOut)
                } catch {}
            }
        }
        defer { timer?.cancel() }
        #if COUNTERSIGN_TSAN
        // ThreadSanitizer reports a false race between the fetch, which initialized the token, and a caller that reads it.
        // The fetch writes before it resumes the continuation, and the caller reads after its `await` returns. If the
        // caller has suspended meanwhile, ThreadSanitizer sees the order, since the runtime annotates how a task is
        // enqueued and run. If the continuation was resumed first, `swift_continuation_await` returns without suspending.
        // Its acquiring load of the continuation's status reads the releasing store of `swift_continuation_resume`, which
        // orders the two, but that store and load are in a library without instrumentation. Acquiring the lock that the
        // fetch has released before it resumed the caller makes the same order visible.
        defer { state.withLock { _ in } }
        #endif
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let admission = state.withLock { state in
                    // Checked under the lock: a later cancellation, or the timer, finds the registered waiter.
                    let now = clock.now()
                    let error =
                        Task.isCancelled
                        ? Self.cancelled
                        : deadline.flatMap { $0 <= now ? Self.timedOut : state.token.retryError(deadline: $0, at: now) }
                    return state.flight.wait(
                        continuation,
                        id: id,
                        after: completedFetches,
                        until: deadline,
                        unless: error
                    )
                }
                switch admission {
                case .waiting: break
                case .alreadyCompleted: continuation.resume(returning: .startOver)
                case .rejected(let error): continuation.resume(returning: .fail(error))
                }
            }
        } onCancel: {
            leave(id, Self.cancelled)
        }
    }

    private func leave(_ id: UInt64, _ error: TokenError) {
        state.withLock { $0.flight.leave(id) }?.resume(returning: .fail(error))
    }

    private static let timedOut = TokenError(.timedOut, "the call's deadline passed before a token arrived")
    private static let cancelled = TokenError(.cancelled, "the waiting task was cancelled")
}
