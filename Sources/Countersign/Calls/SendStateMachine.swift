/// Decides what follows an attempt that did not succeed: another attempt, a new token, a wait, or the end.
///
/// API calls (``CallPipeline``) and token endpoint requests (``TokenEndpointClient``) both run it. It is a value without
/// clock, lock and I/O: a pipeline reports an ``Event``, and carries out the ``Action`` that it gets.
///
/// Each reason to send again has its own budget: one resend for a DPoP nonce, one for a clock that differs, one for a new
/// token, one for a closed connection, and the retries of the ``RetryPolicy``. The number of attempts is therefore
/// bounded. A request that succeeds at once never creates a machine.
struct SendStateMachine: Hashable, Sendable {
    /// The effect of sending a request twice.
    enum Repeatability: Hashable, Sendable, CaseIterable {
        /// The same as of sending it once (RFC 9110 section 9.2.2).
        case idempotent
        /// Possibly twice the effect of sending it once.
        case nonIdempotent
        /// A grant that is valid once, such as a refresh token, is spent twice (P24).
        case oneTimeGrant
    }

    /// The result of an attempt that did not succeed.
    enum Event: Hashable, Sendable {
        /// The server rejected the request without acting on it.
        ///
        /// - Parameters:
        ///   - receivedNonce: The response carries a usable `DPoP-Nonce`.
        ///   - clockDiffers: By the response, the server's clock differs from the time that the request was made with.
        case rejected(ChallengeOutcome, receivedNonce: Bool, clockDiffers: Bool)
        /// The response has a status that the retry policy lists.
        case retryableStatus(retryAfter: Duration?)
        /// The response has a status that nothing can be done about.
        case finalStatus
        /// A gateway did not wait for the server (504). The server may have acted on the request.
        case gatewayTimeout
        /// No response was received.
        case transportFailure(HTTP.TransportError.Kind, requestMayHaveBeenProcessed: Bool)
    }

    /// The next step of a pipeline.
    enum Action: Hashable, Sendable {
        /// Send the request again at once, with the same token and a new proof.
        case resend(ResendReason)
        /// Get a token other than the rejected one and send the request again; finish if there is no other.
        case renewToken
        /// Wait, then send the request again with a token that is valid at that time.
        case retry(after: Duration)
        /// Return the response, or throw the transport's error.
        case finish
        /// Stop using the token, without waiting for another, and return the response.
        case invalidateTokenAndFinish
        /// Throw an error which says that a one-time grant may have been spent.
        case finishWithUnknownOutcome
    }

    /// The reason for sending a request again with the same token.
    ///
    /// The raw value is the reason of the telemetry event.
    enum ResendReason: String, Hashable, Sendable {
        case nonce, clock, connection
    }

    let repeatability: Repeatability
    /// False for a body that can be sent only once.
    let isBodyReplayable: Bool
    let retryPolicy: RetryPolicy

    var canResendForNonce = true
    var canResendForClock = true
    var canResendForConnection = true
    var canRenewToken = true
    var retries = 0

    init(_ repeatability: Repeatability, isBodyReplayable: Bool = true, retryPolicy: RetryPolicy = .none) {
        self.repeatability = repeatability
        self.isBodyReplayable = isBodyReplayable
        self.retryPolicy = retryPolicy
    }

    /// Takes the result of an attempt and returns the next step.
    ///
    /// - Parameters:
    ///   - timeLeft: The time until the deadline of the call; nil if it has none.
    ///   - jitter: A random number from 0 ..< 1 that spreads retries.
    mutating func next(after event: Event, timeLeft: Duration? = nil, jitter: Double = 0) -> Action {
        switch event {
        case .rejected(let outcome, let receivedNonce, let clockDiffers):
            return afterRejection(outcome, receivedNonce: receivedNonce, clockDiffers: clockDiffers)
        case .retryableStatus(let retryAfter):
            return retry(retryAfter: retryAfter, timeLeft: timeLeft, jitter: jitter)
        case .finalStatus:
            return .finish
        case .gatewayTimeout:
            return repeatability == .oneTimeGrant ? .finishWithUnknownOutcome : .finish
        case .transportFailure(let kind, let mayHaveBeenProcessed):
            if kind == .closed, takeConnectionResend(requestMayHaveBeenProcessed: mayHaveBeenProcessed) {
                return .resend(.connection)
            }
            if repeatability == .oneTimeGrant, mayHaveBeenProcessed { return .finishWithUnknownOutcome }
            guard retryPolicy.isTransient(kind) else { return .finish }
            return retry(retryAfter: nil, timeLeft: timeLeft, jitter: jitter)
        }
    }

    private mutating func afterRejection(
        _ outcome: ChallengeOutcome,
        receivedNonce: Bool,
        clockDiffers: Bool
    ) -> Action {
        switch outcome {
        case .unrelated:
            return .finish
        case .nonceRequired:
            return receivedNonce && takeNonceResend() ? .resend(.nonce) : .finish
        case .proofRejected:
            // Some servers send a nonce with each response without asking for it: a new nonce is tried first (P28).
            if receivedNonce, takeNonceResend() { return .resend(.nonce) }
            return clockDiffers && takeClockResend() ? .resend(.clock) : .finish
        case .assertionRejected:
            return clockDiffers && takeClockResend() ? .resend(.clock) : .finish
        case .tokenRejected:
            return afterTokenRejection()
        case .unexplained:
            // A new proof costs less than a new token, and a clock that differs suggests the proof.
            return clockDiffers && takeClockResend() ? .resend(.clock) : afterTokenRejection()
        }
    }
}
