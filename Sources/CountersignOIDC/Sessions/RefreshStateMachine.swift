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
struct RefreshStateMachine: Hashable, Sendable {
    enum Phase: Hashable {
        case reading, marking, checking, sending
        case saving(RefreshedTokens), merging(RefreshedTokens)
        case unmarking(Failure)
        case recovering, ending
        case finished
    }

    var memory: SessionMemory
    /// What was issued in this turn.
    var issued: RefreshedTokens?
    /// What was issued and is nobody's: to be revoked.
    var discarded: RefreshedTokens?
    /// Whether the store is of no help: what is done is done within this process alone (C10).
    var isDegraded: Bool
    let demand: Demand
    let rules: Rules
    let attempt: String
    var mayRetry: Bool
    let maySend: Bool
    var hasRecovered = false
    var conflicts = 0
    var sends = 0
    var phase = Phase.reading
    /// What is being saved, or is in the memory alone.
    var draft: SessionRecord
    /// What was pending before this turn's own mark.
    var previous: SessionRecord.Pending?

    static let maximumConflicts = 5

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
