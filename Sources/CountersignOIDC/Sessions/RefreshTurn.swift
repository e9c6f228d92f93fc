import Countersign

/// One refresh of a session, from reading the store to having the answer stored: which step follows which.
///
/// It has no clock, no lock and does no I/O: whoever runs it does what it says and tells it what came of that.
/// A refresh token may be good for one use only, and processes die, pause and share a store; so the order is all:
///
/// 1. read the store, and take the token that another process left there (P34);
/// 2. write down that the refresh token is about to be sent (P24, P32);
/// 3. make sure that the lease is still held (P35), and send;
/// 4. store the answer before anybody has the token (P32), or take back what was written down.
///
/// Whoever finds it written down that a refresh token was sent does not send it: nobody knows whether it was spent.
struct RefreshTurn: Hashable, Sendable {
    /// What is wanted.
    struct Demand: Hashable, Sendable {
        var key: SessionTokenKey
        /// What the operation needs.
        var scopes: [String] = []
        /// The token that the caller has, and wants another for.
        var handedOut: String?
        /// Whether calls go on with a valid token meanwhile.
        var isServed = false
    }

    /// What is the same for all refreshes of a session.
    struct Rules: Hashable, Sendable {
        /// The key of this process; nil for none.
        var keyThumbprint: String?
        var renewal = RenewalPolicy()
        /// How long after it was sent a refresh token whose answer was lost is sent once more; nil: never.
        var replayLimit: Duration?
    }

    enum Step: Hashable, Sendable {
        case load
        case save(SessionRecord, replacing: StoreVersion?)
        case checkLease
        case send(refreshToken: String)
        case finish(Outcome)
    }

    enum Outcome: Hashable, Sendable {
        case token(SessionToken)
        case failed(Failure)
    }

    enum Failure: Hashable, Sendable {
        /// The store has no such session any more: somebody signed out, or its time was over.
        case gone
        /// Somebody else has signed in under the session's id.
        case replaced
        case wrongKey
        case ended(String)
        case missingScope([String])
        case noRefreshToken
        case outcomeUnknown
        /// The store failed, and there was no need to go on without it.
        case storage
        /// Others change the session all the time.
        case busy
        case leaseLost
        /// The authorization server's answer is the failure.
        case answered
    }

    /// Whether this process alone refreshes the session.
    enum Lease: Hashable, Sendable {
        case held
        /// Somebody else has it, and goes on having it.
        case taken
        /// The store is down, and none is to be had.
        case unavailable
    }

    enum Found: Hashable, Sendable {
        case entry(SessionRecord, StoreVersion)
        case nothing
        case failed
    }

    enum Saved: Hashable, Sendable {
        case saved(StoreVersion)
        case conflict
        case failed
    }

    enum Answer: Hashable, Sendable {
        case tokens(RefreshedTokens)
        /// `invalid_grant`.
        case invalidGrant
        /// Any other error, or an answer that is not to be believed: the refresh token was not spent, or is no worse.
        case refused
        /// The refresh token was sent, and whether it was spent nobody knows.
        case lost
    }

    private enum Phase: Hashable {
        case reading, marking, checking, sending
        case saving(RefreshedTokens), merging(RefreshedTokens)
        case unmarking(Failure)
        case recovering, ending
        case finished
    }

    private(set) var memory: SessionMemory
    /// What was issued in this turn.
    private(set) var issued: RefreshedTokens?
    /// What was issued and is nobody's: to be revoked.
    private(set) var discarded: RefreshedTokens?
    /// Whether the store is of no help: what is done is done within this process alone (C10).
    private(set) var isDegraded: Bool
    private let demand: Demand
    private let rules: Rules
    private let attempt: String
    private var mayRetry: Bool
    private let maySend: Bool
    private var hasRecovered = false
    private var conflicts = 0
    private var sends = 0
    private var phase = Phase.reading
    /// What is being saved, or is in the memory alone.
    private var draft: SessionRecord
    /// What was pending before this turn's own mark.
    private var previous: SessionRecord.Pending?

    private static let maximumConflicts = 5

    /// - Parameters:
    ///   - attempt: What no other turn is called.
    ///   - mayRetry: Whether the program has decided to send a refresh token whose outcome is unknown again.
    ///   - lease: What came of the attempt to be the only one.
    init(
        _ memory: SessionMemory,
        _ demand: Demand,
        _ rules: Rules,
        attempt: String,
        mayRetry: Bool = false,
        lease: Lease = .held
    ) {
        self.memory = memory
        self.demand = demand
        self.rules = rules
        self.attempt = attempt
        self.mayRetry = mayRetry
        isDegraded = lease == .unavailable
        maySend = lease != .taken
        draft = memory.record
    }

    mutating func start() -> Step {
        // A refresh that can wait waits for the store: without it, other processes may refresh as well.
        if isDegraded, demand.isServed { return fail(.storage) }
        return read()
    }

    mutating func loaded(_ found: Found, at now: Duration) -> Step {
        switch phase {
        case .merging(let answer): merge(answer, into: found)
        case .recovering: recover(found, at: now)
        default: begin(found, at: now)
        }
    }

    mutating func saved(_ result: Saved) -> Step {
        switch (phase, result) {
        case (.saving(let answer), .conflict):
            // What is in the store now may be a sign-out, or another refresh.
            return retryAfterConflict { $0.phase = .merging(answer) } ?? keepInMemory(answer)
        case (.ending, .conflict):
            return retryAfterConflict { $0.phase = .recovering } ?? fail(.busy)
        case (.marking, .conflict):
            return retryAfterConflict { $0.phase = .reading } ?? fail(.busy)
        case (.marking, .failed) where demand.isServed:
            // The mark may be there all the same, but nothing is sent.
            memory.settledAttempt = draft.pending?.attempt
            return fail(.storage)
        case (.marking, .failed):
            isDegraded = true
            // What the store does not know is known here alone, now and later.
            memory.unsaved = memory.unsaved ?? .init(replaced: memory.record.refreshToken)
            memory.record = draft
            return send()
        case (.marking, .saved(let version)):
            remember(draft, version)
            if isDegraded { return send() }
            phase = .checking
            return .checkLease
        case (.saving(let answer), .saved(let version)):
            remember(draft, version)
            return finish(.token(answer.token))
        case (.saving(let answer), .failed):
            return keepInMemory(answer)
        case (.unmarking(let failure), .saved(let version)):
            remember(draft, version)
            return fail(failure)
        case (.unmarking(let failure), _):
            // The attempt is settled: whatever the store says, this process goes on.
            memory.record = draft
            return fail(failure)
        case (.ending, .saved(let version)):
            remember(draft, version)
            return failEnded()
        case (.ending, .failed):
            memory.unsaved = memory.unsaved ?? .init(replaced: memory.record.refreshToken)
            memory.record = draft
            return failEnded()
        default:
            return fail(.storage)
        }
    }

    mutating func leaseChecked(isHeld: Bool) -> Step {
        isHeld ? send() : unmark(.leaseLost, pending: previous)
    }

    mutating func answered(_ answer: Answer, at now: Duration) -> Step {
        if answer != .lost { memory.settledAttempt = memory.record.pending?.attempt ?? memory.settledAttempt }
        switch answer {
        case .tokens(let tokens):
            issued = tokens
            return save(tokens, in: memory.record)
        case .invalidGrant:
            phase = .recovering
            return .load
        case .refused:
            // What was unknown before this turn still is, and has been tried again.
            var pending = previous
            pending?.isReplay = true
            return unmark(.answered, pending: pending)
        case .lost:
            guard let pending = memory.record.pending, mayReplay(pending, at: now) else { return fail(.outcomeUnknown) }
            return mark(at: now)
        }
    }

    /// The user has signed out here meanwhile: nothing is stored any more.
    mutating func signedOut() -> Step {
        if case .saving(let answer) = phase { discarded = answer }
        if case .merging(let answer) = phase { discarded = answer }
        return fail(.gone)
    }
}

// MARK: - Deciding

extension RefreshTurn {
    private mutating func read() -> Step {
        phase = .reading
        return .load
    }

    private mutating func begin(_ found: Found, at now: Duration) -> Step {
        switch found {
        case .entry(let stored, let version):
            guard memory.learn(stored, version) else { return fail(.replaced) }
        case .nothing:
            // What was never saved cannot have been removed.
            guard memory.version == nil else { return fail(.gone) }
        case .failed:
            if demand.isServed { return fail(.storage) }
            isDegraded = true
        }
        return decide(at: now)
    }

    private mutating func decide(at now: Duration) -> Step {
        let record = memory.record
        // P50: never another key, and nothing is sent.
        guard record.keyThumbprint == rules.keyThumbprint else { return fail(.wrongKey) }
        if case .ended(let error) = record.state { return fail(.ended(error)) }
        if let end = record.expiresAt, now >= end { return fail(.gone) }
        let missing = demand.scopes.filter { !record.grantedScopes.contains($0) }
        guard missing.isEmpty else { return fail(.missingScope(missing)) }
        if let token = record[demand.key], token.value != demand.handedOut,
            token.isUsable(at: now, policy: rules.renewal)
        {
            return finish(.token(token))
        }
        guard record.refreshToken != nil else { return fail(.noRefreshToken) }
        guard maySend else { return fail(.busy) }
        if let pending = record.pending {
            guard mayRetry || mayReplay(pending, at: now) else { return fail(.outcomeUnknown) }
            mayRetry = false
        }
        return mark(at: now)
    }

    /// P24: once more, soon, and only where the program has said so.
    private func mayReplay(_ pending: SessionRecord.Pending, at now: Duration) -> Bool {
        guard let limit = rules.replayLimit, !pending.isReplay else { return false }
        return pending.sentAt <= now && now - pending.sentAt <= limit
    }

    private mutating func mark(at now: Duration) -> Step {
        sends += 1
        previous = memory.record.pending
        draft = memory.record
        draft.pending = .init(
            attempt: "\(attempt).\(sends)",
            sentAt: previous?.sentAt ?? now,
            isReplay: previous != nil
        )
        phase = .marking
        return .save(draft, replacing: memory.version)
    }

    private mutating func send() -> Step {
        guard let refreshToken = memory.record.refreshToken else { return fail(.noRefreshToken) }
        phase = .sending
        return .send(refreshToken: refreshToken)
    }
}

// MARK: - Keeping what came of it

extension RefreshTurn {
    private mutating func save(_ answer: RefreshedTokens, in record: SessionRecord) -> Step {
        draft = record
        draft.apply(answer)
        phase = .saving(answer)
        return .save(draft, replacing: memory.version)
    }

    /// P37: the only copy of a refresh token is never dropped.
    private mutating func keepInMemory(_ answer: RefreshedTokens) -> Step {
        memory.unsaved = memory.unsaved ?? .init(replaced: memory.record.refreshToken)
        memory.record = draft
        return finish(.token(answer.token))
    }

    /// The entry has changed under a refresh.
    private mutating func merge(_ answer: RefreshedTokens, into found: Found) -> Step {
        switch found {
        case .failed:
            return keepInMemory(answer)
        case .nothing:
            // P38: signed out meanwhile, and out it stays.
            discarded = answer
            return fail(.gone)
        case .entry(let stored, let version):
            guard stored.signIn == memory.record.signIn else {
                discarded = answer
                return fail(.replaced)
            }
            memory.version = version
            if stored.refreshToken == nil || stored.refreshToken == memory.record.refreshToken
                || memory.isOutdated(stored.refreshToken)
            {
                var record = stored
                record.refreshToken = memory.record.refreshToken
                record.state = .active
                return save(answer, in: record)
            }
            // Somebody refreshed at the same time, and stored it first; the access token is good all the same.
            memory.record = stored
            memory.unsaved = nil
            return finish(.token(answer.token))
        }
    }

    /// P36: the refresh token is not good any more; perhaps there is a newer one.
    private mutating func recover(_ found: Found, at now: Duration) -> Step {
        switch found {
        case .failed:
            // Only who has read the store again may end a session.
            memory.record.pending = previous
            return fail(.answered)
        case .nothing:
            guard memory.version == nil else { return fail(.gone) }
            return end()
        case .entry(let stored, let version):
            let sent = memory.record.refreshToken
            if stored.signIn == memory.record.signIn, stored.state == .active,
                stored.refreshToken == sent || memory.isOutdated(stored.refreshToken)
            {
                memory.version = version
                return end()
            }
            memory.unsaved = nil
            guard memory.learn(stored, version) else { return fail(.replaced) }
            if case .ended(let error) = stored.state { return fail(.ended(error)) }
            guard !hasRecovered else { return fail(.busy) }
            hasRecovered = true
            return decide(at: now)
        }
    }

    private mutating func end() -> Step {
        draft = memory.record.ended(by: "invalid_grant")
        phase = .ending
        return .save(draft, replacing: memory.version)
    }

    private mutating func unmark(_ failure: Failure, pending: SessionRecord.Pending?) -> Step {
        memory.settledAttempt = memory.record.pending?.attempt
        draft = memory.record
        draft.pending = pending
        guard !isDegraded else {
            memory.record = draft
            return fail(failure)
        }
        phase = .unmarking(failure)
        return .save(draft, replacing: memory.version)
    }

    private mutating func retryAfterConflict(_ change: (inout RefreshTurn) -> Void) -> Step? {
        conflicts += 1
        guard conflicts <= Self.maximumConflicts else { return nil }
        change(&self)
        return .load
    }

    private mutating func remember(_ record: SessionRecord, _ version: StoreVersion) {
        memory.record = record
        memory.version = version
        memory.unsaved = nil
    }

    private mutating func failEnded() -> Step {
        guard case .ended(let error) = memory.record.state else { return fail(.storage) }
        return fail(.ended(error))
    }

    private mutating func fail(_ failure: Failure) -> Step {
        finish(.failed(failure))
    }

    private mutating func finish(_ outcome: Outcome) -> Step {
        phase = .finished
        return .finish(outcome)
    }
}
