import CountersignHTTP

/// The place of one token identity: its token, its fetch, those who wait.
///
/// It owns the lock, the clock and the task; what is to be done is decided by ``TokenState``.
package final class TokenCacheEntry: Sendable {
    /// Asks the authorization server for a token; one call is one token, however many requests that takes.
    package typealias Fetch = @Sendable () async -> Result<AccessToken, TokenError>

    /// Those who wait are resumed with the outcome; with nil they are to ask again.
    private typealias Waiter = CheckedContinuation<Result<AccessToken, TokenError>?, Never>

    private let desk: Locked<TokenDesk<Waiter>>
    private let clock: any RuntimeClock
    private let jitter: @Sendable () -> Double
    private let fetch: Fetch
    private let observers: TelemetryFanOut?

    package init(
        policy: RenewalPolicy,
        clock: any RuntimeClock,
        jitter: @escaping @Sendable () -> Double,
        observers: TelemetryFanOut? = nil,
        fetch: @escaping Fetch
    ) {
        desk = Locked(TokenDesk(policy: policy))
        self.clock = clock
        self.jitter = jitter
        self.observers = observers
        self.fetch = fetch
    }

    /// The token, if using it is all that is to be done: no suspension, no allocation.
    package func cached() -> AccessToken? {
        let now = clock.now()
        return desk.withLock { $0.state.fresh(at: now) }
    }

    /// The token, fetched if need be.
    ///
    /// - Parameter deadline: When this caller stops waiting; the fetch goes on for the others.
    package nonisolated(nonsending) func token(deadline: MonotonicInstant?) async throws(TokenError) -> AccessToken {
        if let token = cached() { return token }
        return try await follow(.token, deadline: deadline)
    }

    /// A token that is newer than the one held.
    package nonisolated(nonsending) func renewed(deadline: MonotonicInstant?) async throws(TokenError) -> AccessToken {
        try await follow(.newToken, deadline: deadline)
    }

    /// A token to use after an API refused `token` with 401: the one held if that is another already, else a new one.
    package nonisolated(nonsending) func replacement(
        for token: AccessToken,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> AccessToken {
        try await follow(.replacement(token), deadline: deadline)
    }

    /// Gives up a token that an API refused with 401, and starts to get another, without waiting for it.
    func refuse(_ token: AccessToken) {
        let now = clock.now()
        switch desk.withLock({ $0.state.refused(token, at: now) }) {
        case .useAndFetch, .fetchAndWait:
            observers?.record(.renewalStarted, "refused")
            startFetch()
        default: break
        }
    }

    /// Keeps a token that came by another way than this slot's fetch: at sign-in, or from a store.
    package func adopt(_ token: AccessToken) {
        let now = clock.now()
        let jitter = jitter()
        desk.withLock { $0.state.adopt(token, at: now, jitter: jitter) }
    }

    /// Lets the next call that needs a token start a fetch, whatever failed before.
    package func forgive() {
        desk.withLock { $0.state.forgive() }
    }

    /// Whether callers are given a token now, though it may be one that is to be renewed.
    package var isServing: Bool {
        let now = clock.now()
        return desk.withLock { $0.state.isServing(at: now) }
    }

    /// Forgets the token; the next call asks for a new one.
    package func remove() {
        desk.withLock { $0.state.remove() }
    }

    private nonisolated(nonsending) func follow(
        _ demand: TokenState.Demand,
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> AccessToken {
        var demand = demand
        var isFirst = true
        while true {
            let now = clock.now()
            let (action, landings) = desk.withLock { ($0.state.step(for: demand, at: now), $0.landings) }
            // What is asked again after a wait is the same lookup.
            if isFirst { observers?.record(action) }
            isFirst = false
            switch action {
            case .use(let token):
                return token
            case .useAndFetch(let token):
                startFetch()
                return token
            case .fetchAndWait:
                startFetch()
            case .wait:
                break
            case .fail(let error):
                throw error
            }
            if let result = await wait(after: landings, deadline: deadline) { return try result.get() }
            // It landed before this caller was on the list. A token that it brought is new enough: another fetch would
            // spend another refresh token.
            if case .newToken = demand, desk.withLock({ $0.state.failure == nil }) { demand = .token }
        }
    }

    /// Runs the fetch in a task of its own: it belongs to no caller, and nobody's cancellation ends it.
    private func startFetch() {
        Task.detached { [self] in
            if let earliest = desk.withLock({ $0.state.earliestFetch }) {
                // Nobody cancels this task; and if somebody could, asking at once would do no harm.
                try? await clock.sleep(until: earliest)
            }
            let start = clock.now()
            let outcome = await fetch()
            land(outcome, askedAt: start)
        }
    }

    private func land(_ outcome: Result<AccessToken, TokenError>, askedAt start: MonotonicInstant) {
        let now = clock.now()
        let jitter = jitter()
        let (result, waiters) = desk.withLock { $0.land(outcome, askedAt: start, at: now, jitter: jitter) }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    /// Waits for the landing of the fetch that was under way when `landings` were counted.
    ///
    /// - Returns: What came of it; nil: ask again.
    private nonisolated(nonsending) func wait(
        after landings: UInt64,
        deadline: MonotonicInstant?
    ) async -> Result<AccessToken, TokenError>? {
        let id = desk.withLock { $0.newID() }
        let timer = deadline.map { deadline in
            Task.detached { [self] in
                do {
                    try await clock.sleep(until: deadline)
                    leave(id, Self.late)
                } catch {}
            }
        }
        defer { timer?.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let entry = desk.withLock { desk in
                    // Asked under the lock: a cancellation, or the timer, that comes later finds us on the list.
                    let isLate = deadline.map { clock.now() >= $0 } ?? false
                    let reason = Task.isCancelled ? Self.cancelled : isLate ? Self.late : nil
                    return desk.wait(continuation, as: id, after: landings, unless: reason)
                }
                switch entry {
                case .waits: break
                case .askAgain: continuation.resume(returning: nil)
                case .refused(let reason): continuation.resume(returning: .failure(reason))
                }
            }
        } onCancel: {
            leave(id, Self.cancelled)
        }
    }

    private func leave(_ id: UInt64, _ reason: TokenError) {
        desk.withLock { $0.leave(id) }?.resume(returning: .failure(reason))
    }

    /// Whether nothing is under way here and nobody waits.
    var isIdle: Bool {
        desk.withLock { $0.isIdle }
    }

    private static let late = TokenError(.timedOut, "the call's time was up before a token came")
    private static let cancelled = TokenError(.cancelled, "the waiting task was cancelled")
}
