@_spi(Testing) @testable @_spi(Generated) import Countersign

/// One token slot with three callers, as a value: the real ``TokenDesk`` with what surrounds it in ``TokenCacheEntry``, step by
/// step, and beside it what must be true.
///
/// Every place at which the slot lets go of its lock is a place at which something else may happen: between being told
/// to wait and waiting, between the start of a fetch and its request, between the request and its landing.
struct TokenModel {
    typealias Demand = TokenState.Demand

    enum Caller {
        case idle
        /// Has been told to wait and does not yet: it has let go of the lock.
        case deciding(Demand, after: UInt64, isCancelled: Bool)
        case waiting(Demand, id: UInt64)
        /// Has a token and uses it; the answer has not come.
        case holding(AccessToken)
    }

    enum Fetch {
        case none
        /// Its task has not run yet.
        case starting
        case sleeping(until: MonotonicInstant)
        case asked(at: MonotonicInstant)
    }

    enum Event: CustomStringConvertible {
        case calls(Int, Demand), refused(Int), accepted(Int), waits(Int), cancelled(Int)
        case fetchGoesOn, succeeds, failsTransiently, isRejected
        case removed, timePasses, suspended

        var description: String {
            switch self {
            case .calls(let caller, let demand): "\(caller) wants a \(demand.code == 0 ? "" : "new ")token"
            case .refused(let caller): "\(caller) gets a 401"
            case .accepted(let caller): "\(caller) gets a 200"
            case .waits(let caller): "\(caller) waits"
            case .cancelled(let caller): "\(caller) is cancelled"
            case .fetchGoesOn: "the fetch goes on"
            case .succeeds: "the fetch succeeds"
            case .failsTransiently: "the fetch fails"
            case .isRejected: "the fetch is rejected"
            case .removed: "the token is removed"
            case .timePasses: "time passes"
            case .suspended: "the machine is suspended"
            }
        }
    }

    /// What must never be.
    struct Violation: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    private static let policy = RenewalPolicy()
    private static let jitter = 0.5
    private let lifetime: Duration

    private(set) var now = MonotonicInstant(nanoseconds: 0)
    private(set) var desk = TokenDesk<Int>(policy: policy)
    private(set) var callers: [Caller]
    private(set) var fetch = Fetch.none

    // What must be true, reckoned apart from the machine.
    private var valid: (token: AccessToken, until: MonotonicInstant)?
    private var isFetchOutdated = false
    private var quietUntil: MonotonicInstant?
    private var renewalsForRefusals: [MonotonicInstant] = []
    private var cancelled: Set<Int> = []

    init(callers: Int, lifetime: Duration) {
        self.callers = Array(repeating: .idle, count: callers)
        self.lifetime = lifetime
    }

    // MARK: What can happen

    /// Every event that can happen now.
    var events: [Event] {
        var events: [Event] = [.removed, .suspended]
        if nextBoundary != nil { events.append(.timePasses) }
        switch fetch {
        case .none: break
        case .starting: events.append(.fetchGoesOn)
        case .sleeping(let end): if now >= end { events.append(.fetchGoesOn) }
        case .asked: events += [.succeeds, .failsTransiently, .isRejected]
        }
        for (index, caller) in callers.enumerated() {
            switch caller {
            case .idle: events += [.calls(index, .token), .calls(index, .newToken)]
            case .deciding(_, _, let isCancelled):
                events.append(.waits(index))
                if !isCancelled { events.append(.cancelled(index)) }
            case .waiting: events.append(.cancelled(index))
            case .holding: events += [.accepted(index), .refused(index)]
            }
        }
        return events
    }

    /// Lets something happen.
    mutating func apply(_ event: Event) throws(Violation) {
        switch event {
        case .calls(let caller, let demand): try ask(caller, demand)
        case .refused(let caller):
            guard case .holding(let token) = callers[caller] else { return }
            try ask(caller, .replacement(token))
        case .accepted(let caller): callers[caller] = .idle
        case .waits(let caller): try wait(caller)
        case .cancelled(let caller): try cancel(caller)
        case .fetchGoesOn:
            if case .starting = fetch, let earliest = desk.state.earliestFetch, earliest > now {
                fetch = .sleeping(until: earliest)
            } else {
                fetch = .asked(at: now)
            }
        case .succeeds: try succeed()
        case .failsTransiently: try fail(TokenError(.unreachable, "down"))
        case .isRejected: try fail(TokenError(.rejected, "no"))
        case .removed:
            desk.state.remove()
            valid = nil
            quietUntil = nil
            renewalsForRefusals = []
            if case .none = fetch {} else { isFetchOutdated = true }
        case .timePasses: if let boundary = nextBoundary { now = boundary }
        case .suspended: now = now.advanced(by: .seconds(7200))
        }
    }

    private mutating func ask(_ caller: Int, _ demand: Demand) throws(Violation) {
        let wasValid = validToken
        // As the slot does: the hot path first.
        if case .token = demand, let token = desk.state.fresh(at: now) { return try use(token, by: caller) }
        let action = desk.state.step(for: demand, at: now)
        if case .replacement(let refused) = demand { try note(refused, action) }
        switch action {
        case .use(let token):
            try use(token, by: caller)
        case .useAndFetch(let token):
            try use(token, by: caller)
            try startFetch()
        case .fetchAndWait:
            try startFetch()
            callers[caller] = .deciding(demand, after: desk.landings, isCancelled: false)
        case .wait:
            callers[caller] = .deciding(demand, after: desk.landings, isCancelled: false)
        case .fail:
            if case .token = demand, wasValid != nil {
                throw Violation("a call failed that a valid token was there for")
            }
            callers[caller] = .idle
        }
    }

    /// Reckons with a refusal: the token is no longer one to be used, unless new ones were refused too often.
    private mutating func note(_ refused: AccessToken, _ action: TokenState.Action) throws(Violation) {
        guard let token = validToken, token.isIdentical(to: refused) else {
            if let token = validToken {
                guard let used = action.token, used.isIdentical(to: token) else {
                    throw Violation("a 401 for an older token did not lead to the newer one")
                }
            }
            return
        }
        renewalsForRefusals.removeAll { now - $0 > .seconds(30) }
        if case .fail(let error) = action, error.kind == .tooManyRejections {
            if renewalsForRefusals.count < 5 { throw Violation("a renewal was refused that was due") }
            return
        }
        renewalsForRefusals.append(now)
        if renewalsForRefusals.count > 5 { throw Violation("more than five renewals in 30 s for refusals") }
        valid = nil
        if action.token != nil { throw Violation("a refused token was used again") }
    }

    private mutating func use(_ token: AccessToken, by caller: Int) throws(Violation) {
        guard let valid = validToken else {
            throw Violation("a token was handed out that is expired, or not to be used")
        }
        guard valid.isIdentical(to: token) else { throw Violation("another token was handed out than the newest") }
        callers[caller] = .holding(token)
    }

    private mutating func startFetch() throws(Violation) {
        guard case .none = fetch else { throw Violation("two fetches are under way") }
        if let quietUntil, now < quietUntil { throw Violation("a rejected request was repeated within a minute") }
        fetch = .starting
        isFetchOutdated = false
    }

    private mutating func wait(_ caller: Int) throws(Violation) {
        guard case .deciding(let demand, let landings, let isCancelled) = callers[caller] else { return }
        let id = desk.newID()
        let reason = isCancelled ? TokenError(.cancelled, "") : nil
        switch desk.wait(caller, as: id, after: landings, unless: reason) {
        case .waits:
            if isCancelled { throw Violation("a cancelled caller was made to wait") }
            callers[caller] = .waiting(demand, id: id)
        case .refused: callers[caller] = .idle
        case .askAgain: try ask(caller, demand)
        }
    }

    private mutating func cancel(_ caller: Int) throws(Violation) {
        switch callers[caller] {
        case .deciding(let demand, let landings, _):
            callers[caller] = .deciding(demand, after: landings, isCancelled: true)
        case .waiting(_, let id):
            guard desk.leave(id) == caller else { throw Violation("a cancelled waiter was not on the list") }
            callers[caller] = .idle
        default: break
        }
    }

    private mutating func succeed() throws(Violation) {
        guard case .asked(let start) = fetch else { return }
        let token: AccessToken
        do {
            token = try AccessToken("t", lifetime: lifetime)
        } catch {
            throw Violation("\(error)")
        }
        let end = start.advanced(by: lifetime - min(.seconds(10), lifetime / 10))
        if !isFetchOutdated, now < end {
            valid = (token, end)
            quietUntil = nil
        }
        let wasOutdated = isFetchOutdated
        fetch = .none
        let (result, waiters) = desk.land(.success(token), askedAt: start, at: now, jitter: Self.jitter)
        try release(waiters) { (model, caller, demand) throws(Violation) in
            switch result {
            case .success(let token): try model.use(token, by: caller)
            case .failure(let error):
                if error.kind != .expiredWhenReceived { throw Violation("a success became \(error.kind)") }
                model.callers[caller] = .idle
            case nil:
                if !wasOutdated { throw Violation("a token was thrown away") }
                try model.ask(caller, demand)
            }
        }
    }

    private mutating func fail(_ error: TokenError) throws(Violation) {
        fetch = .none
        let (result, waiters) = desk.land(.failure(error), askedAt: now, at: now, jitter: Self.jitter)
        if error.kind == .rejected { quietUntil = now.advanced(by: .seconds(60)) }
        try release(waiters) { (model, caller, _) throws(Violation) in
            guard case .failure(let got) = result, got.kind == error.kind else {
                throw Violation("a waiter did not get the error")
            }
            model.callers[caller] = .idle
        }
    }

    /// Every caller on the list, and nobody else, is released, once.
    private mutating func release(
        _ released: [Int],
        _ resume: (inout TokenModel, Int, Demand) throws(Violation) -> Void
    ) throws(Violation) {
        let waiting = callers.indices.filter { if case .waiting = callers[$0] { true } else { false } }
        guard released.sorted() == waiting else { throw Violation("\(waiting) waited, \(released) were released") }
        for caller in waiting {
            guard case .waiting(let demand, _) = callers[caller] else { continue }
            try resume(&self, caller, demand)
        }
    }

    // MARK: What must be true

    private var validToken: AccessToken? { valid.flatMap { now < $0.until ? $0.token : nil } }

    /// Whether somebody waits, or is about to.
    private var hasWaiters: Bool {
        callers.contains { if case .idle = $0 { false } else if case .holding = $0 { false } else { true } }
    }

    /// Looks at the state as it is.
    func check() throws(Violation) {
        let isFetching = if case .none = fetch { false } else { true }
        guard desk.state.isFetching == isFetching else { throw Violation("the machine lost count of its fetch") }
        var probe = desk.state
        let fresh = probe.fresh(at: now)
        let action = probe.call(at: now)
        switch (validToken, action.token) {
        case (.some(let valid), .some(let used)) where used.isIdentical(to: valid): break
        case (.some, _): throw Violation("a valid token is not used")
        case (nil, .some): throw Violation("a token is used that is expired, refused or removed")
        case (nil, nil): break
        }
        if let fresh, action.token.map(fresh.isIdentical) != true {
            throw Violation("the hot path has another token than a call")
        }
        try checkThatNobodyWaitsForEver()
    }

    /// Plays on to the end: callers wait, fetches succeed; soon nobody waits any more.
    private func checkThatNobodyWaitsForEver() throws(Violation) {
        var future = self
        var steps = 0
        while future.hasWaiters {
            steps += 1
            if steps > 20 { throw Violation("somebody waits for ever") }
            for caller in future.callers.indices {
                if case .deciding = future.callers[caller] { try future.wait(caller) }
            }
            switch future.fetch {
            case .none: if future.hasWaiters { throw Violation("somebody waits, and nothing is under way") }
            case .starting: try future.apply(.fetchGoesOn)
            case .sleeping(let end):
                future.now = max(future.now, end)
                try future.apply(.fetchGoesOn)
            case .asked: try future.succeed()
            }
        }
    }

    // MARK: Telling states apart

    /// The next moment at which time alone changes something.
    private var nextBoundary: MonotonicInstant? {
        var boundaries = [desk.state.earliestFetch, desk.state.held?.renewal, desk.state.held?.deadline]
        boundaries += [desk.state.failure?.renewal, desk.state.failure?.until]
        boundaries += desk.state.refusals.map { $0.advanced(by: .seconds(30) + .nanoseconds(1)) }
        switch fetch {
        case .sleeping(let end): boundaries.append(end)
        case .asked(let start): boundaries += [start.advanced(by: lifetime * 0.8), start.advanced(by: lifetime)]
        default: break
        }
        return boundaries.compactMap { $0 }.filter { $0 > now }.min()
    }

    /// The same for two states if and only if the same can happen from then on: times are relative to now and those that
    /// are over are alike, callers have no names.
    var fingerprint: [Int64] {
        let state = desk.state
        func ahead(_ instant: MonotonicInstant?) -> Int64 {
            instant.map { max(0, $0.nanoseconds - now.nanoseconds) } ?? -1
        }
        var print: [Int64] = [state.isFetching ? 1 : 0, state.isOutdated ? 1 : 0, ahead(state.earliestFetch)]
        let isHeld = state.held.map { now < $0.deadline } ?? false
        print += isHeld ? [ahead(state.held?.renewal), ahead(state.held?.deadline)] : [-1, -1]
        if let failure = state.failure {
            // From the fourth on attempts are spaced alike.
            print += [failure.error.kind == .rejected ? 1 : 0, Int64(min(failure.attempts, 4))]
            print += [ahead(failure.renewal), ahead(failure.until)]
        } else {
            print += [-1, -1, -1, -1]
        }
        switch fetch {
        case .none: print += [0, 0]
        case .starting: print += [1, 0]
        case .sleeping(let end): print += [2, ahead(end)]
        case .asked(let start): print += [3, min((now - start).wholeNanoseconds, lifetime.wholeNanoseconds)]
        }
        print += [validToken == nil ? 0 : 1, ahead(quietUntil), isFetchOutdated ? 1 : 0]
        let codes = callers.map { caller -> Int64 in
            switch caller {
            case .idle: 0
            case .deciding(let demand, let landings, let isCancelled):
                100 + demand.code * 4 + (landings == desk.landings ? 2 : 0) + (isCancelled ? 1 : 0)
            case .waiting(let demand, _): 200 + demand.code
            case .holding(let token): isHeld && state.held?.token.isIdentical(to: token) == true ? 300 : 301
            }
        }
        print += codes.sorted()
        // Machine and reckoning keep the same list.
        print += state.refusals.map { (now - $0).wholeNanoseconds }.filter { $0 <= 30_000_000_000 }
        return print
    }
}

extension TokenState.Demand {
    fileprivate var code: Int64 {
        switch self {
        case .token: 0
        case .newToken: 1
        case .replacement: 2
        }
    }
}

extension TokenState.Action {
    /// The token to go on with.
    fileprivate var token: AccessToken? {
        switch self {
        case .use(let token), .useAndFetch(let token): token
        case .wait, .fetchAndWait, .fail: nil
        }
    }
}
