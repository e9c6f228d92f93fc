/// What the lock of a ``TokenCacheEntry`` guards: the state of its token, and those who wait for a fetch to land.
///
/// It is as pure as the state: a waiter is whatever the owner resumes, and the owner resumes it after it has let go of
/// the lock. So tests explore the order of steps with waiters that are numbers.
struct TokenDesk<Waiter: Sendable>: Sendable {
    /// What comes of an attempt to wait.
    enum Entry: Sendable {
        /// The waiter is on the list: a landing, or whoever calls ``leave(_:)``, takes it off.
        case waits
        /// What was to be waited for has happened meanwhile: ask the state again, which knows what is true now.
        case askAgain
        case refused(TokenError)
    }

    var state: TokenState
    /// Counts landings, so that a waiter that comes late sees that what it waits for has happened.
    private(set) var landings: UInt64 = 0
    private var waiters = Waiters<Waiter>()

    init(policy: RenewalPolicy) {
        state = TokenState(policy: policy)
    }

    /// Whether nothing is under way and nobody waits.
    var isIdle: Bool { !state.isFetching && waiters.isEmpty }

    mutating func newID() -> UInt64 { waiters.newID() }

    /// Lets somebody wait for the landing of the fetch that was under way when `landings` were counted.
    ///
    /// - Parameter reason: Why the waiter must not wait, if it must not: it is cancelled, or late.
    mutating func wait(
        _ waiter: Waiter,
        as id: UInt64,
        after landings: UInt64,
        unless reason: TokenError?
    ) -> Entry {
        if let reason { return .refused(reason) }
        if landings != self.landings { return .askAgain }
        waiters.register(id, waiter)
        return .waits
    }

    /// Takes one waiter off the list; the others do not notice.
    mutating func leave(_ id: UInt64) -> Waiter? { waiters.leave(id) }

    /// A fetch has ended.
    ///
    /// - Returns: Who waited for it, and what they get; nil: they are to ask the state again.
    mutating func land(
        _ outcome: Result<AccessToken, TokenError>,
        askedAt start: MonotonicInstant,
        at now: MonotonicInstant,
        jitter: Double
    ) -> (result: Result<AccessToken, TokenError>?, waiters: [Waiter]) {
        landings += 1
        let result =
            switch outcome {
            case .success(let token): state.succeeded(with: token, askedAt: start, at: now, jitter: jitter)
            case .failure(let error): state.failed(with: error, at: now, jitter: jitter)
            }
        return (result, waiters.releaseAll())
    }
}
