import Countersign
import Foundation

@testable import CountersignOIDC

/// A model of two processes that share a session: the real ``RefreshStateMachine``, with a simulated store and server.
///
/// Whenever a process waits for the store or the server, the other process may continue, and each may crash, pause
/// until its lease has expired, or sign the user out.
struct SessionModel: Hashable {
    /// The number of times that each unlimited event may happen.
    struct Limits: Hashable {
        var refreshes = 2
        var crashes = 1
        var pauses = 1
        var signOuts = 1
        var revocations = 1
        var losses = 1
        var storeFailures = 0
        /// The number of times that the age passes from which a pending refresh is sent again; nil without retries.
        var waits: Int?
        /// True if callers have a valid token during each refresh.
        var callersHaveValidToken = false
    }

    struct Process: Hashable {
        var session: CachedSession
        /// The access token that the process has and wants to replace.
        var token: String?
        var machine: RefreshStateMachine?
        var action: RefreshStateMachine.Action?
        var steps = 0
        var hasCrashed = false
        var isSignedOut = false
    }

    enum Event: Hashable, CustomStringConvertible {
        case refreshStarts(Int), actionSucceeds(Int), storeFails(Int)
        case responseArrives(Int), serverIsUnavailable(Int), responseIsLost(Int), requestIsLost(Int)
        case crash(Int), restart(Int), pause(Int), signOut(Int)
        case grantRevoked, timePasses

        var description: String {
            switch self {
            case .refreshStarts(let process): "process \(process) starts a refresh"
            case .actionSucceeds(let process): "the action of process \(process) succeeds"
            case .storeFails(let process): "the store fails for process \(process)"
            case .responseArrives(let process): "the server responds to process \(process)"
            case .serverIsUnavailable(let process): "the server responds to process \(process) with 503"
            case .responseIsLost(let process): "the response to process \(process) is lost"
            case .requestIsLost(let process): "the request of process \(process) is lost"
            case .crash(let process): "process \(process) crashes"
            case .restart(let process): "process \(process) restarts"
            case .pause(let process): "process \(process) pauses until its lease has expired"
            case .signOut(let process): "the user signs out in process \(process)"
            case .grantRevoked: "the server revokes the grant"
            case .timePasses: "pending refreshes become so old that they are sent again"
            }
        }
    }

    struct Violation: Error, CustomStringConvertible {
        let description: String
    }

    private static let start = Date(timeIntervalSince1970: 1_750_000_000)
    private static let pendingRefreshLifetime = Duration.seconds(70)
    private static let maximumSteps = 40

    var limits: Limits
    var processes: [Process] = []
    // The store.
    var record: SessionRecord?
    var version = 0
    var leaseHolder: Int?
    // The server.
    var currentRefreshToken = 0
    var isGrantValid = true
    var reuseCount = 0
    var issuedTokenCount = 0
    /// True if a new refresh token was lost: its response did not arrive, or its process crashed before storing it.
    var hasLostRotation = false
    // The history.
    var now = start
    var wasSignedOut = false
    var wasInvalidGrantReturned = false

    init(_ limits: Limits) {
        self.limits = limits
        let first = SessionRecord(
            id: "s",
            signInID: "x",
            issuer: "i",
            clientID: "c",
            claims: UserClaims(["sub": "u1"]),
            refreshToken: "r0",
            grantedScopes: ["a"],
            signedInAt: Self.start
        )
        record = first
        processes = [0, 1].map { _ in
            Process(session: CachedSession(record: first, version: StoreVersion("0")))
        }
    }

    private var storeVersion: StoreVersion { StoreVersion("\(version)") }

    // MARK: Events

    /// The events that are possible in this state.
    var events: [Event] {
        var events: [Event] = isGrantValid && limits.revocations > 0 ? [.grantRevoked] : []
        if canTimePass { events.append(.timePasses) }
        for (index, process) in processes.enumerated() {
            if process.hasCrashed {
                if record != nil { events.append(.restart(index)) }
                continue
            }
            if limits.signOuts > 0, !process.isSignedOut { events.append(.signOut(index)) }
            guard let action = process.action else {
                if limits.refreshes > 0, leaseHolder == nil, !process.isSignedOut {
                    events.append(.refreshStarts(index))
                }
                continue
            }
            if limits.crashes > 0 { events.append(.crash(index)) }
            if limits.pauses > 0, leaseHolder == index { events.append(.pause(index)) }
            switch action {
            case .sendRequest:
                events += [.responseArrives(index), .serverIsUnavailable(index)]
                if limits.losses > 0 { events += [.responseIsLost(index), .requestIsLost(index)] }
            case .load, .save:
                events.append(.actionSucceeds(index))
                if limits.storeFailures > 0 { events.append(.storeFails(index)) }
            case .checkLease, .finish:
                events.append(.actionSucceeds(index))
            }
        }
        return events
    }

    // Requests and leases end in that time. A longer pause of a process in the middle of a refresh is not excluded, but
    // reported (P35).
    private var canTimePass: Bool {
        (limits.waits ?? 0) > 0 && processes.allSatisfy { $0.action == nil }
    }

    mutating func apply(_ event: Event) throws(Violation) {
        switch event {
        case .refreshStarts(let index): startRefresh(index)
        case .actionSucceeds(let index): try perform(index, storeFails: false)
        case .storeFails(let index):
            limits.storeFailures -= 1
            try perform(index, storeFails: true)
        case .responseArrives(let index): respond(to: index, isLost: false)
        case .responseIsLost(let index):
            limits.losses -= 1
            respond(to: index, isLost: true)
        case .requestIsLost(let index):
            limits.losses -= 1
            processes[index].action = processes[index].machine?.received(.outcomeUnknown)
        case .serverIsUnavailable(let index):
            processes[index].action = processes[index].machine?.received(.failed)
        case .timePasses:
            limits.waits = limits.waits.map { $0 - 1 }
            now = now.adding(Self.pendingRefreshLifetime)
        case .crash(let index):
            limits.crashes -= 1
            if processes[index].machine?.receivedTokens != nil, record?.refreshToken != "r\(currentRefreshToken)" {
                hasLostRotation = true
            }
            processes[index].machine = nil
            processes[index].action = nil
            processes[index].hasCrashed = true
            if leaseHolder == index { leaseHolder = nil }
        case .restart(let index):
            guard let record else { return }
            processes[index] = Process(session: CachedSession(record: record, version: storeVersion))
        case .pause:
            limits.pauses -= 1
            leaseHolder = nil
        case .signOut(let index):
            limits.signOuts -= 1
            processes[index].isSignedOut = true
            record = nil
            wasSignedOut = true
        case .grantRevoked:
            limits.revocations -= 1
            isGrantValid = false
        }
    }

    private mutating func startRefresh(_ index: Int) {
        limits.refreshes -= 1
        leaseHolder = index
        // The time between two attempts of one process.
        if limits.waits != nil { now = now.adding(.seconds(1)) }
        var machine = RefreshStateMachine(
            session: processes[index].session,
            requirement: .init(
                key: .signIn,
                scopes: ["a"],
                replacedToken: processes[index].token,
                callersHaveValidToken: limits.callersHaveValidToken
            ),
            policy: .init(pendingRefreshLifetime: limits.waits == nil ? nil : Self.pendingRefreshLifetime),
            attemptID: "\(index).\(limits.refreshes)"
        )
        processes[index].action = machine.start()
        processes[index].machine = machine
        processes[index].steps = 0
    }

    /// Performs the action of a process, except for a request.
    private mutating func perform(_ index: Int, storeFails: Bool) throws(Violation) {
        guard var machine = processes[index].machine, let action = processes[index].action else { return }
        processes[index].steps += 1
        if processes[index].steps > Self.maximumSteps { throw Violation(description: "a refresh does not end") }
        let next: RefreshStateMachine.Action
        switch action {
        case .load:
            let result: RefreshStateMachine.LoadResult = record.map { .loaded($0, storeVersion) } ?? .notFound
            next = machine.loaded(storeFails ? .failed : result, at: now)
        case .save(let draft, let replacedVersion):
            if processes[index].isSignedOut {
                next = machine.signedOut()
            } else if storeFails {
                next = machine.saved(.failed)
            } else if record == nil ? replacedVersion == nil : replacedVersion == storeVersion {
                version += 1
                record = draft
                next = machine.saved(.saved(storeVersion))
            } else {
                next = machine.saved(.conflict)
            }
        case .checkLease:
            next = machine.leaseChecked(isHeld: leaseHolder == index)
        case .sendRequest:
            return
        case .finish(let outcome):
            finish(index, machine, outcome)
            return
        }
        processes[index].machine = machine
        processes[index].action = next
        if case .sendRequest = next, processes[index].isSignedOut {
            processes[index].action = processes[index].machine?.signedOut()
        }
    }

    private mutating func finish(
        _ index: Int,
        _ machine: RefreshStateMachine,
        _ outcome: RefreshStateMachine.Outcome
    ) {
        if leaseHolder == index { leaseHolder = nil }
        processes[index].machine = nil
        processes[index].action = nil
        if processes[index].isSignedOut {
            // `SessionCore` removes the record if the user signed out after the last save.
            if machine.receivedTokens != nil { record = nil }
            return
        }
        switch outcome {
        case .token(let token):
            processes[index].token = token.value
            processes[index].session = machine.session
        case .failure(.signedOutOrExpired), .failure(.replacedByAnotherUser):
            processes[index].isSignedOut = true
        case .failure:
            processes[index].session = machine.session
        }
    }

    /// Responds as a server with refresh token rotation, which ends the session when a refresh token is used twice.
    private mutating func respond(to index: Int, isLost: Bool) {
        guard case .sendRequest(let refreshToken) = processes[index].action else { return }
        let response: RefreshStateMachine.Response
        if isGrantValid, refreshToken == "r\(currentRefreshToken)" {
            currentRefreshToken += 1
            issuedTokenCount += 1
            if isLost { hasLostRotation = true }
            let token = SessionToken(
                key: .signIn,
                value: "a\(issuedTokenCount)",
                requestedAt: now,
                lifetime: .seconds(3600),
                scopes: nil
            )
            response = .tokens(
                RefreshedTokens(accessToken: token, refreshToken: "r\(currentRefreshToken)", identity: nil)
            )
        } else {
            if isGrantValid {
                reuseCount += 1
                isGrantValid = false
            }
            wasInvalidGrantReturned = true
            response = .rejectedRefreshToken(error: "invalid_grant")
        }
        processes[index].action = processes[index].machine?.received(isLost ? .outcomeUnknown : response)
    }

    // MARK: Invariants

    /// Checks the invariants of this state.
    ///
    /// - Parameter isStrict: true to check also that no refresh token is used twice or lost.
    func check(isStrict: Bool) throws(Violation) {
        if wasSignedOut, record != nil, processes.allSatisfy({ $0.action == nil }) {
            throw Violation(description: "the session came back after a sign-out")
        }
        for process in processes where process.session.record.state != .active && !wasInvalidGrantReturned {
            throw Violation(description: "a session ended without invalid_grant")
        }
        if let record, record.state != .active, !wasInvalidGrantReturned {
            throw Violation(description: "a session was stored as ended without invalid_grant")
        }
        guard isStrict else { return }
        let sending = processes.count { if case .sendRequest = $0.action { true } else { false } }
        if sending > 1 { throw Violation(description: "a refresh token is sent twice at a time") }
        if reuseCount > 0, limits.waits == nil || !hasLostRotation {
            throw Violation(description: "a refresh token was used twice")
        }
        if limits.waits != nil { try checkThatRefreshesContinue() }
        if let record, record.state == .active, isGrantValid, !processes.contains(where: { $0.action != nil }),
            record.refreshToken != "r\(currentRefreshToken)", record.pendingRefresh == nil
        {
            throw Violation(description: "the newest refresh token was lost")
        }
    }

    /// P24: plays the future in which pending refreshes become old and a process refreshes without faults, and checks that
    /// it gets a token, or learns that the session has ended.
    private func checkThatRefreshesContinue() throws(Violation) {
        guard record?.state == .active, processes.allSatisfy({ $0.action == nil }) else { return }
        for index in processes.indices where !processes[index].hasCrashed && !processes[index].isSignedOut {
            var future = self
            // A number of refreshes that no attempt has in its identifier.
            future.limits = Limits(refreshes: -1, waits: 1)
            try future.apply(.timePasses)
            try future.apply(.refreshStarts(index))
            while let action = future.processes[index].action {
                switch action {
                case .finish(.failure(.outcomeUnknown)), .finish(.failure(.storeUnavailable)):
                    throw Violation(description: "a session with a lost response does not continue")
                case .sendRequest: try future.apply(.responseArrives(index))
                default: try future.apply(.actionSucceeds(index))
                }
            }
        }
    }
}
