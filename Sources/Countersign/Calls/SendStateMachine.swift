/// The state machine that decides what follows an attempt that did not succeed: a resend, a new token, a retry, or the end.
///
/// API calls (``CallPipeline``) and token endpoint requests (``TokenEndpointClient``) both use it. It is a pure value
/// without clock, lock and I/O: its owner reports an ``Event`` and performs the returned ``Action``.
///
/// Each reason to send again has its own budget: one resend for a DPoP nonce, one for a clock that differs, one for a new
/// token, one for a closed connection, and the retries of the ``RetryPolicy``. The number of attempts is therefore
/// bounded.
struct SendStateMachine: Hashable, Sendable {
    /// The effect of sending a request twice.
    enum Repeatability: Hashable, Sendable, CaseIterable {
        /// The same effect as sending it once (RFC 9110 section 9.2.2).
        case idempotent
        /// Possibly twice the effect of sending it once.
        case nonIdempotent
        /// The second use of a one-time grant, such as a refresh token (P24).
        case oneTimeGrant
    }

    /// The result of an attempt that did not succeed.
    enum Event: Hashable, Sendable {
        /// The server rejected the request without acting on it.
        ///
        /// - Parameters:
        ///   - receivedNonce: The response carries a usable `DPoP-Nonce`.
        ///   - clockDiffers: The `Date` of the response differs from the time in the request's proof or assertion.
        case rejected(ChallengeOutcome, receivedNonce: Bool, clockDiffers: Bool)
        /// The response has a status that the retry policy lists.
        case retryableStatus(retryAfter: Duration?)
        /// The response has a status that causes no other attempt.
        case finalStatus
        /// A gateway reported that the server did not respond in time (504). The server may have processed the request.
        case gatewayTimeout
        /// No response was received.
        case transportFailure(HTTP.TransportError.Kind, requestMayHaveBeenProcessed: Bool)
    }

    /// The action that follows an attempt.
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
    let isBodyResendable: Bool
    let retryPolicy: RetryPolicy

    var canResendForNonce = true
    var canResendForClock = true
    var canResendForConnection = true
    var canRenewToken = true
    var retries = 0

    init(_ repeatability: Repeatability, isBodyResendable: Bool = true, retryPolicy: RetryPolicy = .none) {
        self.repeatability = repeatability
        self.isBodyResendable = isBodyResendable
        self.retryPolicy = retryPolicy
    }

    /// Returns the action that follows an attempt, and takes it from its budget.
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
            // If the clocks differ, the proof is the likely reason, and a new proof costs less than a new token.
            return clockDiffers && takeClockResend() ? .resend(.clock) : afterTokenRejection()
        }
    }
}
