import Testing

@testable import Countersign

/// Explores each sequence of events of the send state machine, from each configuration of a request.
@Suite("The send state machine, explored")
struct SendStateMachineExplorationTests {
    @Test("P24, P26, P45: in every order of events, attempts are bounded and no request is sent once too often")
    func exploration() {
        var exploration = Exploration()
        for start in Self.configurations {
            exploration.run(from: SendModel(start))
            if let violation = exploration.violation {
                Issue.record("\(violation)")
                return
            }
        }
        print("send machine: \(exploration.states) states, \(exploration.transitions) transitions explored")
        #expect(exploration.states > 100)
        #expect(exploration.longestCall == 1 + 4 + 2, "all budgets can be used up in one call")
    }

    /// Each kind of request and body, with and without retries.
    private static var configurations: [SendStateMachine] {
        SendStateMachine.Repeatability.allCases.flatMap { repeatability in
            [true, false].flatMap { isBodyResendable in
                [RetryPolicy.none, RetryPolicy()].map { policy in
                    SendStateMachine(repeatability, isBodyResendable: isBodyResendable, retryPolicy: policy)
                }
            }
        }
    }
}

/// A call that the machine decides about, and what has happened in it.
private struct SendModel: Hashable {
    private(set) var machine: SendStateMachine
    private(set) var attempts = 1
    private(set) var renewals = 0
    private(set) var nonceResends = 0
    private(set) var clockResends = 0
    private(set) var connectionResends = 0
    private(set) var retries = 0
    private(set) var isFinished = false

    init(_ machine: SendStateMachine) {
        self.machine = machine
    }

    /// Each event that a pipeline can report.
    static let events: [SendStateMachine.Event] = {
        var events: [SendStateMachine.Event] = [.finalStatus, .gatewayTimeout]
        for outcome in ChallengeOutcome.allCases {
            for (nonce, clock) in [(false, false), (false, true), (true, false), (true, true)] {
                events.append(.rejected(outcome, receivedNonce: nonce, clockDiffers: clock))
            }
        }
        for retryAfter in [nil, .seconds(1), .seconds(3600)] as [Duration?] {
            events.append(.retryableStatus(retryAfter: retryAfter))
        }
        for kind in [.closed, .connect, .timedOut, .tls, .cancelled] as [HTTP.TransportError.Kind] {
            for mayHaveBeenProcessed in [true, false] {
                events.append(.transportFailure(kind, requestMayHaveBeenProcessed: mayHaveBeenProcessed))
            }
        }
        return events
    }()

    /// Applies an event, and returns the rule that the action breaks, if it breaks one.
    mutating func apply(_ event: SendStateMachine.Event) -> String? {
        let action = machine.next(after: event, timeLeft: .seconds(100), jitter: 0.5)
        switch action {
        case .resend(.nonce):
            nonceResends += 1
            if !event.receivedNonce { return "a resend for a nonce that was not received" }
            if !event.isAboutProof { return "a resend for a nonce that nobody asked for" }
        case .resend(.clock):
            clockResends += 1
            if !event.clockDiffers { return "a resend for a clock that does not differ" }
        case .resend(.connection): connectionResends += 1
        case .renewToken:
            renewals += 1
            if !event.isAboutToken { return "a token renewed without a reason" }
            if case .rejected(.unexplained, _, true) = event, clockResends == 0 {
                return "a token renewed although the clock differs (P28)"
            }
        case .retry(let delay):
            retries += 1
            if delay < .zero || delay > .seconds(65) { return "a wait of \(delay)" }
        case .finish, .invalidateTokenAndFinish, .finishWithUnknownOutcome:
            isFinished = true
            return violationAtEnd(event, action)
        }
        attempts += 1
        return violation(after: event)
    }

    private func violation(after event: SendStateMachine.Event) -> String? {
        if !machine.isBodyResendable { return "a body that can be sent once was sent again" }
        if event.mayHaveBeenProcessed, machine.repeatability != .idempotent {
            return "a request that may have been processed was sent again"
        }
        if nonceResends > 1 || clockResends > 1 || connectionResends > 1 { return "a second resend for one reason" }
        if renewals > 1 { return "a second renewal" }
        if retries >= max(1, machine.retryPolicy.maximumAttempts) { return "too many retries" }
        if attempts > 5 + retries { return "too many attempts" }
        return nil
    }

    private func violationAtEnd(_ event: SendStateMachine.Event, _ action: SendStateMachine.Action) -> String? {
        let isUnknown = machine.repeatability == .oneTimeGrant && event.leavesOutcomeUnknown
        if isUnknown != (action == .finishWithUnknownOutcome) { return "a wrong report about a one-time grant" }
        if action == .invalidateTokenAndFinish, !event.isAboutToken { return "a token invalidated without a reason" }
        return nil
    }
}

extension SendStateMachine.Event {
    fileprivate var receivedNonce: Bool {
        if case .rejected(_, receivedNonce: true, _) = self { true } else { false }
    }

    fileprivate var clockDiffers: Bool {
        if case .rejected(_, _, clockDiffers: true) = self { true } else { false }
    }

    fileprivate var isAboutProof: Bool {
        switch self {
        case .rejected(.nonceRequired, _, _), .rejected(.proofRejected, _, _): true
        default: false
        }
    }

    fileprivate var isAboutToken: Bool {
        switch self {
        case .rejected(.tokenRejected, _, _), .rejected(.unexplained, _, _): true
        default: false
        }
    }

    /// True if the server may have acted on the request.
    fileprivate var mayHaveBeenProcessed: Bool {
        switch self {
        case .rejected: false
        case .retryableStatus, .finalStatus, .gatewayTimeout: true
        case .transportFailure(_, let mayHaveBeenProcessed): mayHaveBeenProcessed
        }
    }

    /// True if it is unknown whether the server processed the request.
    fileprivate var leavesOutcomeUnknown: Bool {
        switch self {
        case .gatewayTimeout: true
        case .transportFailure(_, let mayHaveBeenProcessed): mayHaveBeenProcessed
        case .rejected, .retryableStatus, .finalStatus: false
        }
    }
}

/// A depth-first walk through all states of a model.
///
/// It ends, since each step uses up a budget.
private struct Exploration {
    private var seen: Set<SendModel> = []
    private(set) var transitions = 0
    private(set) var longestCall = 0
    private(set) var violation: String?

    var states: Int { seen.count }

    mutating func run(from start: SendModel) {
        var open: [(model: SendModel, trail: [SendStateMachine.Event])] = [(start, [])]
        while let (model, trail) = open.popLast() {
            guard seen.insert(model).inserted else { continue }
            longestCall = max(longestCall, model.attempts)
            if model.isFinished { continue }
            for event in SendModel.events {
                var successor = model
                transitions += 1
                let broken = successor.apply(event)
                if let broken {
                    violation = "\(broken), after \(trail + [event]) of \(start.machine)"
                    return
                }
                open.append((successor, trail + [event]))
            }
        }
    }
}
