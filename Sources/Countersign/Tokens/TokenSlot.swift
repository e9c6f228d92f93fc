import CountersignHTTP

/// The place of one token identity: its token, its fetch, those who wait.
///
/// It owns the lock, the clock and the task; what is to be done is decided by ``TokenState``.
package final class TokenSlot: Sendable {
    /// Asks the authorization server for a token; one call is one token, however many requests that takes.
    package typealias Fetch = @Sendable () async -> Result<AccessToken, TokenError>

    private struct Guarded {
        var state: TokenState
        var waiters = Waiters<AccessToken>()
        /// Counts landings, so that a waiter that comes late sees that what it waits for has happened.
        var landings: UInt64 = 0
        var landed: Result<AccessToken, TokenError>?
    }

    private let guarded: Locked<Guarded>
    private let clock: any RuntimeClock
    private let jitter: @Sendable () -> Double
    private let fetch: Fetch
    private let observers: Observers?

    package init(
        policy: RenewalPolicy,
        clock: any RuntimeClock,
        jitter: @escaping @Sendable () -> Double,
        observers: Observers? = nil,
        fetch: @escaping Fetch
    ) {
        guarded = Locked(Guarded(state: TokenState(policy: policy)))
        self.clock = clock
        self.jitter = jitter
        self.observers = observers
        self.fetch = fetch
    }

    /// The token, if using it is all that is to be done: no suspension, no allocation.
    package func cached() -> AccessToken? {
        let now = clock.now()
        return guarded.withLock { $0.state.fresh(at: now) }
    }

    /// The token, fetched if need be.
    ///
    /// - Parameter deadline: When this caller stops waiting; the fetch goes on for the others.
    package nonisolated(nonsending) func token(deadline: Instant?) async throws(TokenError) -> AccessToken {
        if let token = cached() { return token }
        return try await follow({ $0.call(at: $1) }, deadline: deadline)
    }

    /// A token that is newer than the one held.
    package nonisolated(nonsending) func renewed(deadline: Instant?) async throws(TokenError) -> AccessToken {
        try await follow({ $0.renew(at: $1) }, deadline: deadline)
    }

    /// A token to use after an API refused `token` with 401: the one held if that is another already, else a new one.
    package nonisolated(nonsending) func replacement(
        for token: AccessToken,
        deadline: Instant?
    ) async throws(TokenError) -> AccessToken {
        try await follow({ $0.refused(token, at: $1) }, deadline: deadline)
    }

    /// Gives up a token that an API refused with 401, and starts to get another, without waiting for it.
    func refuse(_ token: AccessToken) {
        let now = clock.now()
        switch guarded.withLock({ $0.state.refused(token, at: now) }) {
        case .useAndFetch, .fetchAndWait:
            observers?.record(.renewalStarted, "refused")
            startFetch()
        default: break
        }
    }

    /// Forgets the token; the next call asks for a new one.
    package func remove() {
        guarded.withLock { $0.state.remove() }
    }

    private nonisolated(nonsending) func follow(
        _ step: (inout TokenState, Instant) -> TokenState.Action,
        deadline: Instant?
    ) async throws(TokenError) -> AccessToken {
        let now = clock.now()
        let (action, landings) = guarded.withLock { (step(&$0.state, now), $0.landings) }
        observers?.record(action)
        switch action {
        case .use(let token):
            return token
        case .useAndFetch(let token):
            startFetch()
            return token
        case .fetchAndWait:
            startFetch()
            return try await wait(after: landings, deadline: deadline)
        case .wait:
            return try await wait(after: landings, deadline: deadline)
        case .fail(let error):
            throw error
        }
    }

    /// Runs the fetch in a task of its own: it belongs to no caller, and nobody's cancellation ends it.
    private func startFetch() {
        Task.detached { [self] in
            if let earliest = guarded.withLock({ $0.state.earliestFetch }) {
                // Nobody cancels this task; and if somebody could, asking at once would do no harm.
                try? await clock.sleep(until: earliest)
            }
            let start = clock.now()
            let outcome = await fetch()
            land(outcome, askedAt: start)
        }
    }

    private func land(_ outcome: Result<AccessToken, TokenError>, askedAt start: Instant) {
        let now = clock.now()
        let jitter = jitter()
        let (result, waiters) = guarded.withLock { guarded in
            let result =
                switch outcome {
                case .success(let token):
                    guarded.state.succeeded(with: token, askedAt: start, at: now, jitter: jitter)
                case .failure(let error):
                    guarded.state.failed(with: error, at: now, jitter: jitter)
                }
            guarded.landings += 1
            guarded.landed = result
            return (result, guarded.waiters.releaseAll())
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    /// Waits for the landing of the fetch that was under way when `landings` were counted.
    private nonisolated(nonsending) func wait(
        after landings: UInt64,
        deadline: Instant?
    ) async throws(TokenError) -> AccessToken {
        let id = guarded.withLock { $0.waiters.newID() }
        let timer = deadline.map { deadline in
            Task.detached { [self] in
                do {
                    try await clock.sleep(until: deadline)
                    leave(id, Self.late)
                } catch {}
            }
        }
        defer { timer?.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                // In this order, under the lock: what has landed, whether we are cancelled or late, then the list. What
                // comes later (a landing, a cancellation, the timer) finds us in it.
                let immediate: Result<AccessToken, TokenError>? = guarded.withLock { guarded in
                    if guarded.landings != landings, let landed = guarded.landed { return landed }
                    if Task.isCancelled { return .failure(Self.cancelled) }
                    if let deadline, clock.now() >= deadline { return .failure(Self.late) }
                    guarded.waiters.register(id, continuation)
                    return nil
                }
                if let immediate { continuation.resume(returning: immediate) }
            }
        } onCancel: {
            leave(id, Self.cancelled)
        }
        return try result.get()
    }

    private func leave(_ id: UInt64, _ reason: TokenError) {
        guarded.withLock { $0.waiters.leave(id) }?.resume(returning: .failure(reason))
    }

    /// Whether nothing is under way here and nobody waits.
    var isIdle: Bool {
        guarded.withLock { $0.state.isIdle && $0.waiters.isEmpty }
    }

    private static let late = TokenError(.timedOut, "the call's time was up before a token came")
    private static let cancelled = TokenError(.cancelled, "the waiting task was cancelled")
}
