/// What one token identity holds and does: a pure state machine.
///
/// It has no clock, no lock and does no I/O: every step takes the time and answers with what is to be done.
/// ``TokenCacheEntry`` owns those and does what the machine says.
struct TokenState: Sendable {
    /// What a caller wants.
    enum Demand: Sendable {
        /// A token.
        case token
        /// One that is newer than whatever is held.
        case newToken
        /// One to use after an API refused this one with 401.
        case replacement(AccessToken)
    }

    enum Action: Sendable {
        /// Go on with this token.
        case use(AccessToken)
        /// Go on with this token and start a renewal that nobody waits for.
        case useAndFetch(AccessToken)
        /// A fetch is under way: wait for it.
        case wait
        /// Start a fetch and wait for it.
        case fetchAndWait
        /// There is no token and none is to be asked for now.
        case fail(TokenError)
    }

    struct Held {
        let token: AccessToken
        let renewal: MonotonicInstant
        let deadline: MonotonicInstant
    }

    struct Failure {
        let error: TokenError
        let attempts: Int
        /// When callers that have a token meanwhile start the next attempt, and when those that have none do.
        let renewal: MonotonicInstant
        let until: MonotonicInstant
    }

    private let policy: RenewalPolicy
    private(set) var held: Held?
    private(set) var isFetching = false
    /// Whether the token was removed since the fetch under way began: what it brings is as old as what was removed.
    private(set) var isOutdated = false
    private(set) var failure: Failure?
    /// When APIs' refusals led to renewals, lately.
    private(set) var refusals: [MonotonicInstant] = []
    /// Before this, no fetch begins: set when a token's life was so short that fetches would follow each other in less
    /// than a second (P15).
    private(set) var earliestFetch: MonotonicInstant?

    /// P29: an API that refuses whatever it is given costs at most this many renewals in this time.
    private static let refusalLimit = 5
    private static let refusalWindow = Duration.seconds(30)

    init(policy: RenewalPolicy) {
        self.policy = policy
    }

    /// The token, while nothing but using it is to be done: the hot path.
    @inline(__always)
    func fresh(at now: MonotonicInstant) -> AccessToken? {
        guard let held, now < held.renewal, now < held.deadline else { return nil }
        return held.token
    }

    /// A caller wants something, for the first time or again.
    mutating func step(for demand: Demand, at now: MonotonicInstant) -> Action {
        switch demand {
        case .token: call(at: now)
        case .newToken: renew(at: now)
        case .replacement(let refused): self.refused(refused, at: now)
        }
    }

    /// A caller wants a token.
    mutating func call(at now: MonotonicInstant) -> Action {
        guard let held = usable(at: now) else { return fetchOrWait(at: now) }
        if now < held.renewal || isFetching { return .use(held.token) }
        if let failure, now < failure.renewal { return .use(held.token) }
        isFetching = true
        return .useAndFetch(held.token)
    }

    /// A caller wants a token that is newer than whatever is held.
    mutating func renew(at now: MonotonicInstant) -> Action {
        fetchOrWait(at: now)
    }

    /// An API refused `token` with 401: it is dropped if it is still the one held, and a newer one is used if there is one.
    mutating func refused(_ token: AccessToken, at now: MonotonicInstant) -> Action {
        guard let held = usable(at: now), held.token.isIdentical(to: token) else { return call(at: now) }
        refusals.removeAll { now - $0 > Self.refusalWindow }
        guard refusals.count < Self.refusalLimit else {
            let error = TokenError(.tooManyRejections, "\(refusals.count) new tokens were refused with 401 in a row")
            return .fail(error)
        }
        refusals.append(now)
        self.held = nil
        earliestFetch = nil
        return fetchOrWait(at: now)
    }

    /// A fetch brought a token that was asked for at `start`.
    ///
    /// - Returns: What those who waited get; nil: they are to call again.
    mutating func succeeded(
        with token: AccessToken,
        askedAt start: MonotonicInstant,
        at now: MonotonicInstant,
        jitter: Double
    ) -> Result<AccessToken, TokenError>? {
        if isOutdated {
            isFetching = false
            isOutdated = false
            return nil
        }
        let start = token.askedAt ?? start
        let (renewal, deadline) = policy.ages(of: token.lifetime ?? policy.defaultLifetime, from: start, jitter: jitter)
        guard now < deadline else {
            let error = TokenError(
                .expiredWhenReceived,
                "the token's life was over when it arrived",
                retryAfter: .seconds(1)
            )
            return failed(with: error, at: now, jitter: jitter)
        }
        isFetching = false
        failure = nil
        held = Held(token: token, renewal: renewal, deadline: deadline)
        let second = start.advanced(by: .seconds(1))
        earliestFetch = deadline < second ? second : nil
        return .success(token)
    }

    /// A token came by another way than a fetch, with its life counted from now if it does not say from when.
    ///
    /// One that is as good as over is not kept; what a fetch under way brings replaces it.
    mutating func adopt(_ token: AccessToken, at now: MonotonicInstant, jitter: Double) {
        let (renewal, deadline) = policy.ages(
            of: token.lifetime ?? policy.defaultLifetime,
            from: token.askedAt ?? now,
            jitter: jitter
        )
        guard now < deadline else { return }
        failure = nil
        held = Held(token: token, renewal: renewal, deadline: deadline)
    }

    /// A fetch failed.
    ///
    /// A token that is still valid stays (P23).
    ///
    /// - Returns: What those who waited get.
    mutating func failed(with error: TokenError, at now: MonotonicInstant, jitter: Double) -> Result<AccessToken, TokenError> {
        isFetching = false
        isOutdated = false
        let attempts = (failure?.attempts ?? 0) + 1
        let pause = policy.pause(after: error, attempt: attempts, served: false, jitter: jitter)
        let leisurely = policy.pause(after: error, attempt: attempts, served: true, jitter: jitter)
        var error = error
        error.retryAfter = error.isFinal ? nil : pause
        failure = Failure(
            error: error,
            attempts: attempts,
            renewal: now.advanced(by: leisurely),
            until: now.advanced(by: pause)
        )
        return .failure(error)
    }

    /// Forgets failures: the next caller who needs a token starts a fetch.
    mutating func forgive() {
        failure = nil
    }

    /// Whether callers are given a token now, though it may be one that is to be renewed.
    func isServing(at now: MonotonicInstant) -> Bool { usable(at: now) != nil }

    /// Forgets the token, and failures with it; a token that is being asked for now is not kept either.
    mutating func remove() {
        isOutdated = isFetching
        held = nil
        failure = nil
        refusals = []
        earliestFetch = nil
    }

    private func usable(at now: MonotonicInstant) -> Held? {
        guard let held, now < held.deadline else { return nil }
        return held
    }

    private mutating func fetchOrWait(at now: MonotonicInstant) -> Action {
        if isFetching { return .wait }
        if let failure, now < failure.until {
            var error = failure.error
            if !error.isFinal { error.retryAfter = failure.until - now }
            return .fail(error)
        }
        isFetching = true
        return .fetchAndWait
    }
}
