import Testing

@testable import Countersign

@Suite("The send state machine")
struct SendStateMachineTests {
    typealias Event = SendStateMachine.Event
    typealias Action = SendStateMachine.Action

    /// A sequence of events, and the action that each of them must have.
    struct Scenario: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var machine = SendStateMachine(.idempotent, retryPolicy: RetryPolicy())
        let steps: [(event: Event, action: Action)]

        init(
            _ description: String,
            _ repeatability: SendStateMachine.Repeatability = .idempotent,
            isBodyResendable: Bool = true,
            retries: RetryPolicy = RetryPolicy(),
            steps: [(Event, Action)]
        ) {
            testDescription = description
            machine = SendStateMachine(repeatability, isBodyResendable: isBodyResendable, retryPolicy: retries)
            self.steps = steps.map { (event: $0.0, action: $0.1) }
        }
    }

    private static func rejected(
        _ outcome: ChallengeOutcome,
        nonce: Bool = false,
        clock: Bool = false
    ) -> Event {
        .rejected(outcome, receivedNonce: nonce, clockDiffers: clock)
    }

    private static let closed = Event.transportFailure(.closed, requestMayHaveBeenProcessed: true)
    private static let closedUnsent = Event.transportFailure(.closed, requestMayHaveBeenProcessed: false)
    private static let unavailable = Event.retryableStatus(retryAfter: nil)

    static let scenarios = [
        Scenario(
            "P45: a nonce is sent once, and a second demand ends the call",
            steps: [
                (rejected(.nonceRequired, nonce: true), .resend(.nonce)),
                (rejected(.nonceRequired, nonce: true), .finish),
            ]
        ),
        Scenario("A demand for a nonce without a nonce ends the call", steps: [(rejected(.nonceRequired), .finish)]),
        Scenario(
            "P28: a rejected proof is made again with the new nonce, then by the server's clock, then not",
            steps: [
                (rejected(.proofRejected, nonce: true, clock: true), .resend(.nonce)),
                (rejected(.proofRejected, nonce: true, clock: true), .resend(.clock)),
                (rejected(.proofRejected, nonce: true, clock: true), .finish),
            ]
        ),
        Scenario(
            "A rejected proof without a reason to make another ends the call",
            steps: [(rejected(.proofRejected), .finish)]
        ),
        Scenario(
            "P48: an assertion is made again by the server's clock once",
            .oneTimeGrant,
            retries: .none,
            steps: [
                (rejected(.assertionRejected, clock: true), .resend(.clock)),
                (rejected(.assertionRejected, clock: true), .finish),
            ]
        ),
        Scenario(
            "P26: a rejected token is renewed once, for any method",
            .nonIdempotent,
            steps: [(rejected(.tokenRejected), .renewToken), (rejected(.tokenRejected), .finish)]
        ),
        Scenario(
            "A 401 without a reason is the clock if that differs, then the token",
            steps: [
                (rejected(.unexplained, clock: true), .resend(.clock)),
                (rejected(.unexplained, clock: true), .renewToken),
                (rejected(.unexplained, clock: true), .finish),
            ]
        ),
        Scenario(
            "A 401 without a reason and with equal clocks is the token",
            steps: [(rejected(.unexplained), .renewToken)]
        ),
        Scenario("A rejection that is not about the token ends the call", steps: [(rejected(.unrelated), .finish)]),
        Scenario(
            "The budgets are separate: nonce, clock, token, connection and retries can all occur in one call",
            steps: [
                (rejected(.nonceRequired, nonce: true), .resend(.nonce)),
                (closed, .resend(.connection)),
                (unavailable, .retry(after: .milliseconds(250))),
                (rejected(.proofRejected, clock: true), .resend(.clock)),
                (rejected(.tokenRejected), .renewToken),
                (closed, .retry(after: .milliseconds(500))),
                (unavailable, .finish),
            ]
        ),
        Scenario(
            "P30: a body that can be sent once is not sent again; a rejected token is invalidated",
            isBodyResendable: false,
            steps: [
                (rejected(.tokenRejected), .invalidateTokenAndFinish), (rejected(.nonceRequired, nonce: true), .finish),
                (rejected(.proofRejected, nonce: true, clock: true), .finish), (closedUnsent, .finish),
                (unavailable, .finish),
            ]
        ),
        Scenario(
            "A request that is not idempotent is resent only if the server cannot have received it, and never retried",
            .nonIdempotent,
            steps: [
                (closed, .finish), (closedUnsent, .resend(.connection)), (closedUnsent, .finish),
                (unavailable, .finish),
            ]
        ),
        Scenario(
            "P24: a one-time grant that may have been spent is not sent again, and its outcome is unknown",
            .oneTimeGrant,
            steps: [
                (closed, .finishWithUnknownOutcome), (.gatewayTimeout, .finishWithUnknownOutcome),
                (.transportFailure(.timedOut, requestMayHaveBeenProcessed: true), .finishWithUnknownOutcome),
                (.transportFailure(.connect, requestMayHaveBeenProcessed: false), .finish),
                (closedUnsent, .resend(.connection)), (closedUnsent, .finish), (unavailable, .finish),
            ]
        ),
        Scenario("A gateway's timeout is the response to any other request", steps: [(.gatewayTimeout, .finish)]),
        Scenario("A final status ends the call", steps: [(.finalStatus, .finish)]),
        Scenario(
            "Retry-After is added to the backoff, and one beyond the limit ends the call",
            steps: [
                (.retryableStatus(retryAfter: .seconds(60)), .retry(after: .milliseconds(60_250))),
                (.retryableStatus(retryAfter: .seconds(61)), .finish),
            ]
        ),
        Scenario(
            "Transient transport failures are retried, others are not",
            steps: [
                (.transportFailure(.connect, requestMayHaveBeenProcessed: true), .retry(after: .milliseconds(250))),
                (.transportFailure(.tls, requestMayHaveBeenProcessed: false), .finish),
                (.transportFailure(.timedOut, requestMayHaveBeenProcessed: true), .retry(after: .milliseconds(500))),
                (.transportFailure(.connect, requestMayHaveBeenProcessed: true), .finish),
            ]
        ),
        Scenario("Without retries there is no retry", retries: .none, steps: [(unavailable, .finish)]),
    ]

    @Test("Each event leads to the expected action", arguments: scenarios)
    func actions(scenario: Scenario) {
        var machine = scenario.machine
        for (event, action) in scenario.steps {
            #expect(machine.next(after: event, jitter: 0.5) == action, "\(event)")
        }
    }

    @Test(
        "A wait that would not end before the deadline is not begun",
        arguments: [(250, Action.finish), (251, .retry(after: .milliseconds(250)))]
    )
    func deadline(milliseconds: Int, action: Action) {
        var machine = SendStateMachine(.idempotent, retryPolicy: RetryPolicy())
        #expect(machine.next(after: Self.unavailable, timeLeft: .milliseconds(milliseconds), jitter: 0.5) == action)
    }
}
