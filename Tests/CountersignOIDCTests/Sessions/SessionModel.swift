import Countersign

@testable import CountersignOIDC

/// Two processes with one session, as a value: the real ``RefreshStateMachine``, and what surrounds it, step by step.
///
/// Every place at which a process waits for the store or the server is a place at which the other may go on, and at
/// which either may die, pause until its lease is over, or sign the user out.
struct SessionModel: Hashable {
    /// How often things may happen that could happen without end.
    struct Limits: Hashable {
        var turns = 2
        var crashes = 1
        var pauses = 1
        var signOuts = 1
        var revocations = 1
        var losses = 1
        var storeFailures = 0
        var mayReplay = false
        /// Whether calls have a valid token meanwhile.
        var areServed = false
    }

    struct Process: Hashable {
        var memory: SessionMemory
        /// The access token that it has, and wants another for.
        var token: String?
        var turn: RefreshStateMachine?
        var step: RefreshStateMachine.Step?
        var steps = 0
        var isDead = false
        var isSignedOut = false
    }

    enum Event: Hashable, CustomStringConvertible {
        case begins(Int), goesOn(Int), storeFails(Int)
        case answered(Int), unavailable(Int), lostAfter(Int), lostBefore(Int)
        case dies(Int), restarts(Int), pauses(Int), signsOut(Int)
        case revoked

        var description: String {
            switch self {
            case .begins(let process): "\(process) begins"
            case .goesOn(let process): "\(process) goes on"
            case .storeFails(let process): "the store fails \(process)"
            case .answered(let process): "the server answers \(process)"
            case .unavailable(let process): "the server answers \(process) with 503"
            case .lostAfter(let process): "the answer to \(process) is lost"
            case .lostBefore(let process): "the request of \(process) is lost"
            case .dies(let process): "\(process) dies"
            case .restarts(let process): "\(process) restarts"
            case .pauses(let process): "\(process) pauses until its lease is over"
            case .signsOut(let process): "the user signs out at \(process)"
            case .revoked: "the server revokes the grant"
            }
        }
    }

    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    static let now = Duration.seconds(1_750_000_000)

    var limits: Limits
    var processes: [Process] = []
    // The store.
    var record: SessionRecord?
    var version = 0
    var leaseHolder: Int?
    // The server.
    var current = 0
    var isAlive = true
    var reuses = 0
    var issued = 0
    // What has happened.
    var wasSignedOut = false
    var sawInvalidGrant = false

    init(_ limits: Limits) {
        self.limits = limits
        let first = SessionRecord(
            id: "s",
            signIn: "x",
            issuer: "i",
            clientID: "c",
            claims: UserClaims(["sub": "u1"]),
            refreshToken: "r0",
            grantedScopes: ["a"],
            signedInAt: Self.now
        )
        record = first
        processes = [0, 1].map { _ in
            Process(memory: SessionMemory(record: first, version: StoreVersion("0")))
        }
    }

    private var storeVersion: StoreVersion { StoreVersion("\(version)") }

    // MARK: What can happen

    var events: [Event] {
        var events: [Event] = isAlive && limits.revocations > 0 ? [.revoked] : []
        for (index, process) in processes.enumerated() {
            if process.isDead {
                if record != nil { events.append(.restarts(index)) }
                continue
            }
            if limits.signOuts > 0, !process.isSignedOut { events.append(.signsOut(index)) }
            guard let step = process.step else {
                if limits.turns > 0, leaseHolder == nil, !process.isSignedOut { events.append(.begins(index)) }
                continue
            }
            if limits.crashes > 0 { events.append(.dies(index)) }
            if limits.pauses > 0, leaseHolder == index { events.append(.pauses(index)) }
            switch step {
            case .send:
                events += [.answered(index), .unavailable(index)]
                if limits.losses > 0 { events += [.lostAfter(index), .lostBefore(index)] }
            case .load, .save:
                events.append(.goesOn(index))
                if limits.storeFailures > 0 { events.append(.storeFails(index)) }
            default: events.append(.goesOn(index))
            }
        }
        return events
    }

    mutating func apply(_ event: Event) throws(Violation) {
        switch event {
        case .begins(let index): begin(index)
        case .goesOn(let index): try goOn(index, storeFails: false)
        case .storeFails(let index):
            limits.storeFailures -= 1
            try goOn(index, storeFails: true)
        case .answered(let index): answer(index, isLost: false)
        case .lostAfter(let index):
            limits.losses -= 1
            answer(index, isLost: true)
        case .lostBefore(let index):
            limits.losses -= 1
            processes[index].step = processes[index].turn?.answered(.lost, at: Self.now)
        case .unavailable(let index):
            processes[index].step = processes[index].turn?.answered(.refused, at: Self.now)
        case .dies(let index):
            limits.crashes -= 1
            processes[index].turn = nil
            processes[index].step = nil
            processes[index].isDead = true
            if leaseHolder == index { leaseHolder = nil }
        case .restarts(let index):
            guard let record else { return }
            processes[index] = Process(memory: SessionMemory(record: record, version: storeVersion))
        case .pauses(let index):
            limits.pauses -= 1
            leaseHolder = nil
            _ = index
        case .signsOut(let index):
            limits.signOuts -= 1
            processes[index].isSignedOut = true
            record = nil
            wasSignedOut = true
        case .revoked:
            limits.revocations -= 1
            isAlive = false
        }
    }

    private mutating func begin(_ index: Int) {
        limits.turns -= 1
        leaseHolder = index
        var rules = RefreshStateMachine.Rules()
        rules.replayLimit = limits.mayReplay ? .seconds(30) : nil
        var turn = RefreshStateMachine(
            processes[index].memory,
            .init(key: .usual, scopes: ["a"], handedOut: processes[index].token, isServed: limits.areServed),
            rules,
            attempt: "\(index).\(limits.turns)"
        )
        processes[index].step = turn.start()
        processes[index].turn = turn
        processes[index].steps = 0
    }

    private mutating func goOn(_ index: Int, storeFails: Bool) throws(Violation) {
        guard var turn = processes[index].turn, let step = processes[index].step else { return }
        processes[index].steps += 1
        if processes[index].steps > 40 { throw Violation(description: "a turn does not end") }
        let next: RefreshStateMachine.Step
        switch step {
        case .load:
            let found: RefreshStateMachine.Found = record.map { .entry($0, storeVersion) } ?? .nothing
            next = turn.loaded(storeFails ? .failed : found, at: Self.now)
        case .save(let draft, let replaced):
            if processes[index].isSignedOut {
                next = turn.signedOut()
            } else if storeFails {
                next = turn.saved(.failed)
            } else if record == nil ? replaced == nil : replaced == storeVersion {
                version += 1
                record = draft
                next = turn.saved(.saved(storeVersion))
            } else {
                next = turn.saved(.conflict)
            }
        case .checkLease:
            next = turn.leaseChecked(isHeld: leaseHolder == index)
        case .send:
            return
        case .finish(let outcome):
            if leaseHolder == index { leaseHolder = nil }
            processes[index].turn = nil
            processes[index].step = nil
            if processes[index].isSignedOut {
                // As the runner does when the sign-out came last.
                if turn.issued != nil { record = nil }
                return
            }
            switch outcome {
            case .token(let token):
                processes[index].token = token.value
                processes[index].memory = turn.memory
            case .failed(.gone), .failed(.replaced):
                processes[index].isSignedOut = true
            case .failed:
                processes[index].memory = turn.memory
            }
            return
        }
        processes[index].turn = turn
        processes[index].step = next
        if case .send = next, processes[index].isSignedOut {
            processes[index].step = processes[index].turn?.signedOut()
        }
    }

    /// A server that rotates refresh tokens, and ends the session when one comes twice.
    private mutating func answer(_ index: Int, isLost: Bool) {
        guard case .send(let refreshToken) = processes[index].step else { return }
        let answer: RefreshStateMachine.Answer
        if isAlive, refreshToken == "r\(current)" {
            current += 1
            issued += 1
            let token = SessionToken(
                key: .usual,
                value: "a\(issued)",
                askedAt: Self.now,
                lifetime: .seconds(3600),
                scopes: nil
            )
            answer = .tokens(RefreshedTokens(token: token, refreshToken: "r\(current)", identity: nil))
        } else {
            if isAlive {
                reuses += 1
                isAlive = false
            }
            sawInvalidGrant = true
            answer = .invalidGrant
        }
        processes[index].step = processes[index].turn?.answered(isLost ? .lost : answer, at: Self.now)
    }

    // MARK: What must be true

    func check(isStrict: Bool) throws(Violation) {
        if wasSignedOut, record != nil, processes.allSatisfy({ $0.step == nil }) {
            throw Violation(description: "a sign-out did not last")
        }
        for process in processes where process.memory.record.state != .active && !sawInvalidGrant {
            throw Violation(description: "a session ended that the server did not end")
        }
        if let record, record.state != .active, !sawInvalidGrant {
            throw Violation(description: "a session was stored as ended that the server did not end")
        }
        guard isStrict else { return }
        if reuses > 0 { throw Violation(description: "a refresh token was spent twice") }
        if let record, record.state == .active, isAlive, !processes.contains(where: { $0.step != nil }),
            record.refreshToken != "r\(current)", record.pending == nil
        {
            throw Violation(description: "the newest refresh token was lost")
        }
    }
}
