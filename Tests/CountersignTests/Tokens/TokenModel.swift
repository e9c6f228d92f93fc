@_spi(Testing) @testable @_spi(Generated) import Countersign

/// A model of one token cache entry with several callers, as a value.
///
/// It contains the real ``TokenCacheEntryState``, repeats step by step how ``TokenCacheEntry`` uses it, and keeps its own
/// record of what must hold. Wherever the entry releases its lock, another event may happen: between the decision to wait
/// and the wait, between the start of a fetch and its request, between the request and its completion.
struct TokenModel {
    enum Caller {
        case idle
        /// The caller was told to wait and is not registered yet: it has released the lock.
        case deciding(TokenRequirement, after: UInt64, isCancelled: Bool)
        case waiting(TokenRequirement, id: UInt64)
        /// The caller has sent a token; the response has not arrived.
        case holding(AccessToken)
    }

    enum Fetch {
        case none
        /// The fetch task has not run yet.
        case starting
        case sleeping(until: MonotonicInstant)
        /// An attempt has failed, and the next one follows.
        case retrying(at: MonotonicInstant)
        case requested(at: MonotonicInstant)
    }

    enum Event: CustomStringConvertible {
        case calls(Int, TokenRequirement), rejected(Int), accepted(Int), waits(Int), cancelled(Int)
        case fetchContinues, fetchSucceeds, fetchFails, fetchIsRejected
        case invalidated, timePasses, suspended

        var description: String {
            switch self {
            case .calls(let caller, let requirement): "\(caller) requires a \(requirement.code == 0 ? "" : "new ")token"
            case .rejected(let caller): "\(caller) receives 401"
            case .accepted(let caller): "\(caller) receives 200"
            case .waits(let caller): "\(caller) waits"
            case .cancelled(let caller): "\(caller) is cancelled"
            case .fetchContinues: "the fetch continues"
            case .fetchSucceeds: "the fetch succeeds"
            case .fetchFails: "the fetch fails"
            case .fetchIsRejected: "the fetch is rejected"
            case .invalidated: "the token is invalidated"
            case .timePasses: "time passes"
            case .suspended: "the machine is suspended"
            }
        }
    }

    /// A broken rule.
    struct Violation: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private static let policy = RenewalPolicy()
    private static let jitter = 0.5
    private let lifetime: Duration
    /// The caller whose deadline ends before any retry of a fetch.
    private let impatientCaller: Int?

    private(set) var now = MonotonicInstant(nanoseconds: 0)
    private(set) var entry = TokenCacheEntryState<Int>(policy: policy)
    private(set) var callers: [Caller]
    private(set) var fetch = Fetch.none

    // The model's own record, independent of the state machine.
    private var valid: (token: AccessToken, until: MonotonicInstant)?
    private var isFetchInvalidated = false
    /// The time after which the running fetch makes no other attempt.
    private var fetchLimit = MonotonicInstant(nanoseconds: 0)
    private var failedAttempts = 0
    private var quietUntil: MonotonicInstant?
    private var unauthorizedRenewals: [MonotonicInstant] = []

    init(callers: Int, lifetime: Duration, impatientCaller: Int? = nil) {
        self.callers = Array(repeating: .idle, count: callers)
        self.lifetime = lifetime
        self.impatientCaller = impatientCaller
    }

    // MARK: Events

    /// Every event that can happen now.
    var events: [Event] {
        var events: [Event] = [.invalidated, .suspended]
        if nextBoundary != nil { events.append(.timePasses) }
        switch fetch {
        case .none: break
        case .starting: events.append(.fetchContinues)
        case .sleeping(let end), .retrying(let end): if now >= end { events.append(.fetchContinues) }
        case .requested: events += [.fetchSucceeds, .fetchFails, .fetchIsRejected]
        }
        for (index, caller) in callers.enumerated() {
            switch caller {
            case .idle: events += [.calls(index, .current), .calls(index, .renewed)]
            case .deciding(_, _, let isCancelled):
                events.append(.waits(index))
                if !isCancelled { events.append(.cancelled(index)) }
            case .waiting: events.append(.cancelled(index))
            case .holding: events += [.accepted(index), .rejected(index)]
            }
        }
        return events
    }

    mutating func apply(_ event: Event) throws(Violation) {
        switch event {
        case .calls(let caller, let requirement): try call(caller, requirement)
        case .rejected(let caller):
            guard case .holding(let token) = callers[caller] else { return }
            try call(caller, .replacement(token))
        case .accepted(let caller): callers[caller] = .idle
        case .waits(let caller): try wait(caller)
        case .cancelled(let caller): try cancel(caller)
        case .fetchContinues:
            if case .starting = fetch, let earliest = entry.token.earliestFetch, earliest > now {
                fetch = .sleeping(until: earliest)
            } else {
                if case .retrying = fetch {} else { fetchLimit = now.advanced(by: .seconds(10)) }
                fetch = .requested(at: now)
            }
        case .fetchSucceeds: try succeed()
        case .fetchFails: try fail(TokenError(.unreachable, "down"))
        case .fetchIsRejected: try fail(TokenError(.rejected, "no"))
        case .invalidated:
            entry.token.invalidate()
            valid = nil
            quietUntil = nil
            unauthorizedRenewals = []
            if case .none = fetch {} else { isFetchInvalidated = true }
        case .timePasses: if let boundary = nextBoundary { now = boundary }
        case .suspended: now = now.advanced(by: .seconds(7200))
        }
    }

    private mutating func call(_ caller: Int, _ requirement: TokenRequirement) throws(Violation) {
        let previous = validToken
        // As in the entry: the hot path first.
        if case .current = requirement, let token = entry.token.fresh(at: now) { return try use(token, by: caller) }
        let action = entry.token.step(for: requirement, at: now)
        if case .replacement(let rejected) = requirement { try record(rejected, action) }
        switch action {
        case .use(let token):
            try use(token, by: caller)
        case .useAndRenew(let token):
            try use(token, by: caller)
            try startFetch()
        case .fetchAndWait:
            try startFetch()
            callers[caller] = .deciding(requirement, after: entry.flight.completedFetches, isCancelled: false)
        case .wait:
            callers[caller] = .deciding(requirement, after: entry.flight.completedFetches, isCancelled: false)
        case .fail:
            if case .current = requirement, previous != nil {
                throw Violation("a call failed although a valid token was cached")
            }
            callers[caller] = .idle
        }
    }

    /// Records a 401: the token must not be used again, unless the 401 budget is used up.
    private mutating func record(_ rejected: AccessToken, _ action: TokenState.Action) throws(Violation) {
        guard let token = validToken, token.isIdentical(to: rejected) else {
            if let token = validToken {
                guard let used = action.token, used.isIdentical(to: token) else {
                    throw Violation("a 401 for an older token did not lead to the newer one")
                }
            }
            return
        }
        unauthorizedRenewals.removeAll { now - $0 > .seconds(30) }
        if case .fail(let error) = action, error.kind == .tooManyRejections {
            if unauthorizedRenewals.count < 5 { throw Violation("a renewal failed that the 401 budget allows") }
            return
        }
        unauthorizedRenewals.append(now)
        if unauthorizedRenewals.count > 5 { throw Violation("more than five renewals in 30 s after 401s") }
        valid = nil
        if action.token != nil { throw Violation("a rejected token was used again") }
    }

    private mutating func use(_ token: AccessToken, by caller: Int) throws(Violation) {
        guard let valid = validToken else {
            throw Violation("a token was returned that is expired, rejected or invalidated")
        }
        guard valid.isIdentical(to: token) else { throw Violation("a token was returned that is not the newest") }
        callers[caller] = .holding(token)
    }

    private mutating func startFetch() throws(Violation) {
        guard case .none = fetch else { throw Violation("two fetches are running") }
        if let quietUntil, now < quietUntil { throw Violation("a rejected request was sent again within a minute") }
        fetch = .starting
        isFetchInvalidated = false
        failedAttempts = 0
    }

    private mutating func wait(_ caller: Int) throws(Violation) {
        guard case .deciding(let requirement, let completed, let isCancelled) = callers[caller] else { return }
        let id = entry.flight.newID()
        let deadline = caller == impatientCaller ? now.advanced(by: .milliseconds(50)) : nil
        let early = deadline.flatMap { entry.token.retryError(deadline: $0, at: now) }
        let error = isCancelled ? TokenError(.cancelled, "") : early
        switch entry.flight.wait(caller, id: id, after: completed, until: deadline, unless: error) {
        case .waiting:
            if isCancelled { throw Violation("a cancelled caller was registered as a waiter") }
            callers[caller] = .waiting(requirement, id: id)
        case .rejected: callers[caller] = .idle
        case .alreadyCompleted: try call(caller, requirement)
        }
    }

    private mutating func cancel(_ caller: Int) throws(Violation) {
        switch callers[caller] {
        case .deciding(let requirement, let completed, _):
            callers[caller] = .deciding(requirement, after: completed, isCancelled: true)
        case .waiting(_, let id):
            guard entry.flight.leave(id) == caller else { throw Violation("a cancelled waiter was not registered") }
            callers[caller] = .idle
        default: break
        }
    }

    private mutating func succeed() throws(Violation) {
        guard case .requested(let start) = fetch else { return }
        let token: AccessToken
        do {
            token = try AccessToken("t", lifetime: lifetime)
        } catch {
            throw Violation("\(error)")
        }
        let end = start.advanced(by: lifetime - min(.seconds(10), lifetime / 10))
        if !isFetchInvalidated, now < end {
            valid = (token, end)
            quietUntil = nil
        }
        let wasInvalidated = isFetchInvalidated
        fetch = .none
        guard case .ended(let outcome, let waiters) = complete(.success(token), requestedAt: start) else {
            throw Violation("a successful fetch is retried")
        }
        try release(waiters) { (model, caller, requirement) throws(Violation) in
            switch outcome {
            case .use(let token): try model.use(token, by: caller)
            case .fail(let error):
                if error.kind != .expiredWhenReceived { throw Violation("a successful fetch became \(error.kind)") }
                model.callers[caller] = .idle
            case .startOver:
                if !wasInvalidated { throw Violation("a token was discarded") }
                try model.call(caller, requirement)
            }
        }
    }

    private mutating func fail(_ error: TokenError) throws(Violation) {
        let waiting = waitingCallers
        let hasTime = waiting.isEmpty || waiting != [impatientCaller]
        let mayRetry = error.isTransient && validToken == nil && failedAttempts < 2 && hasTime
        fetch = .none
        switch complete(.failure(error), requestedAt: now) {
        case .retries(let retry, let leaving):
            guard mayRetry, retry.at > now, retry.at < fetchLimit else {
                throw Violation("a fetch is retried that must not be, or too late")
            }
            failedAttempts += 1
            isFetchInvalidated = false
            fetch = .retrying(at: retry.at)
            guard leaving == waiting.filter({ $0 == impatientCaller }) else {
                throw Violation("\(leaving) left before a retry")
            }
            for caller in leaving { callers[caller] = .idle }
        case .ended(let outcome, let waiters):
            if mayRetry, now.advanced(by: .seconds(1)) < fetchLimit {
                throw Violation("a transient failure was not retried although callers have no token")
            }
            if error.kind == .rejected { quietUntil = now.advanced(by: .seconds(60)) }
            try release(waiters) { (model, caller, _) throws(Violation) in
                guard case .fail(let received) = outcome, received.kind == error.kind else {
                    throw Violation("a waiter did not receive the error")
                }
                model.callers[caller] = .idle
            }
        }
    }

    private mutating func complete(
        _ result: Result<AccessToken, TokenError>,
        requestedAt start: MonotonicInstant
    ) -> TokenCacheEntryState<Int>.Completion {
        entry.complete(result, requestedAt: start, at: now, retryingUntil: fetchLimit, jitter: Self.jitter)
    }

    private var waitingCallers: [Int] {
        callers.indices.filter { if case .waiting = callers[$0] { true } else { false } }
    }

    /// Checks that exactly the waiting callers are released, and resumes each of them once.
    private mutating func release(
        _ released: [Int],
        _ resume: (inout TokenModel, Int, TokenRequirement) throws(Violation) -> Void
    ) throws(Violation) {
        let waiting = waitingCallers
        guard released.sorted() == waiting else { throw Violation("\(waiting) waited, \(released) were released") }
        for caller in waiting {
            guard case .waiting(let requirement, _) = callers[caller] else { continue }
            try resume(&self, caller, requirement)
        }
    }

    // MARK: Rules

    private var validToken: AccessToken? { valid.flatMap { now < $0.until ? $0.token : nil } }

    /// Indicates whether a caller waits, or is about to.
    private var hasWaiters: Bool {
        callers.contains { if case .idle = $0 { false } else if case .holding = $0 { false } else { true } }
    }

    /// Checks the state against the model's own record.
    func check() throws(Violation) {
        guard entry.token.isFetching == isFetching else { throw Violation("the machine has lost track of its fetch") }
        var probe = entry.token
        let fresh = probe.fresh(at: now)
        let action = probe.current(at: now)
        switch (validToken, action.token) {
        case (.some(let valid), .some(let used)) where used.isIdentical(to: valid): break
        case (.some, _): throw Violation("a valid token is not used")
        case (nil, .some): throw Violation("a token is used that is expired, rejected or invalidated")
        case (nil, nil): break
        }
        if let fresh, action.token.map(fresh.isIdentical) != true {
            throw Violation("the hot path returns another token than a call")
        }
        try checkThatWaitsEnd()
    }

    /// Plays the future in which callers register and fetches succeed, and checks that no caller waits forever.
    private func checkThatWaitsEnd() throws(Violation) {
        var future = self
        var steps = 0
        while future.hasWaiters {
            steps += 1
            if steps > 20 { throw Violation("a caller waits forever") }
            for caller in future.callers.indices {
                if case .deciding = future.callers[caller] { try future.wait(caller) }
            }
            switch future.fetch {
            case .none: if future.hasWaiters { throw Violation("a caller waits although no fetch is running") }
            case .starting: try future.apply(.fetchContinues)
            case .sleeping(let end), .retrying(let end):
                future.now = max(future.now, end)
                try future.apply(.fetchContinues)
            case .requested: try future.succeed()
            }
        }
    }

    // MARK: Fingerprint

    /// The next time at which a state changes without any other event.
    private var nextBoundary: MonotonicInstant? {
        let token = entry.token
        var boundaries = [token.earliestFetch, token.cached?.schedule.renewsAt, token.cached?.schedule.usableUntil]
        boundaries += [token.failure?.renewalRetryAt, token.failure?.retryAt]
        boundaries += token.unauthorizedRenewals.renewals.map { $0.advanced(by: .seconds(30) + .nanoseconds(1)) }
        switch fetch {
        case .sleeping(let end), .retrying(let end): boundaries.append(end)
        case .requested(let start):
            boundaries += [start.advanced(by: lifetime * 0.8), start.advanced(by: lifetime), fetchLimit]
        default: break
        }
        return boundaries.compactMap { $0 }.filter { $0 > now }.min()
    }

    /// Numbers that are equal for two states if and only if the same events can follow.
    ///
    /// Times are relative to now, all past times are equal, and callers are interchangeable.
    var fingerprint: [Int64] {
        let token = entry.token
        func ahead(_ instant: MonotonicInstant?) -> Int64 {
            instant.map { max(0, $0.nanoseconds - now.nanoseconds) } ?? -1
        }
        var print: [Int64] = [token.isFetching ? 1 : 0, token.wasInvalidated ? 1 : 0, ahead(token.earliestFetch)]
        let isUsable = token.hasUsableToken(at: now)
        let schedule = isUsable ? token.cached?.schedule : nil
        print += [ahead(schedule?.renewsAt), ahead(schedule?.usableUntil)]
        if let failure = token.failure {
            // From the fourth attempt on, all backoffs are alike.
            print += [failure.error.kind == .rejected ? 1 : 0, Int64(min(failure.attempts, 4))]
            print += [ahead(failure.renewalRetryAt), ahead(failure.retryAt)]
        } else {
            print += [-1, -1, -1, -1]
        }
        switch fetch {
        case .none: print += [0, 0]
        case .starting: print += [1, 0]
        case .sleeping(let end): print += [2, ahead(end)]
        case .retrying(let end): print += [4, ahead(end)]
        case .requested(let start): print += [3, min((now - start).wholeNanoseconds, lifetime.wholeNanoseconds)]
        }
        print += [validToken == nil ? 0 : 1, ahead(quietUntil), isFetchInvalidated ? 1 : 0]
        print += [Int64(failedAttempts), isFetching ? ahead(fetchLimit) : 0]
        let codes = callers.enumerated().map { index, caller -> Int64 in
            let isImpatient: Int64 = index == impatientCaller ? 1000 : 0
            return isImpatient + code(of: caller, isUsable: isUsable)
        }
        print += codes.sorted()
        // The machine and the model keep the same list.
        print += token.unauthorizedRenewals.renewals.map { (now - $0).wholeNanoseconds }.filter { $0 <= 30_000_000_000 }
        return print
    }

    private var isFetching: Bool { if case .none = fetch { false } else { true } }

    private func code(of caller: Caller, isUsable: Bool) -> Int64 {
        switch caller {
        case .idle: 0
        case .deciding(let requirement, let completed, let isCancelled):
            100 + requirement.code * 4 + (completed == entry.flight.completedFetches ? 2 : 0) + (isCancelled ? 1 : 0)
        case .waiting(let requirement, _): 200 + requirement.code
        case .holding(let held): isUsable && entry.token.cached?.token.isIdentical(to: held) == true ? 300 : 301
        }
    }
}

extension TokenRequirement {
    fileprivate var code: Int64 {
        switch self {
        case .current: 0
        case .renewed: 1
        case .replacement: 2
        }
    }
}

extension TokenState.Action {
    /// The token to use.
    fileprivate var token: AccessToken? {
        switch self {
        case .use(let token), .useAndRenew(let token): token
        case .wait, .fetchAndWait, .fail: nil
        }
    }
}
