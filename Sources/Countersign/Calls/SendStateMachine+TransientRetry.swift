/// The resend after a closed connection, and the retry with backoff after a transient failure.
extension SendStateMachine {
    /// Takes the one resend after a closed connection from the budget.
    ///
    /// A server may close a pooled connection just before a request is sent on it.
    ///
    /// - Returns: False if it was taken before, or the request cannot be repeated.
    mutating func takeConnectionResend(requestMayHaveBeenProcessed: Bool) -> Bool {
        guard canResendForConnection, isBodyResendable,
            repeatability == .idempotent || !requestMayHaveBeenProcessed
        else { return false }
        canResendForConnection = false
        return true
    }

    /// Takes a retry, if the policy and the deadline permit one and the request can be repeated.
    mutating func retry(retryAfter: Duration?, timeLeft: Duration?, jitter: Double) -> Action {
        let number = retries + 1
        guard isBodyResendable, repeatability == .idempotent,
            let delay = retryPolicy.delay(beforeRetry: number, retryAfter: retryAfter, jitter: jitter),
            // A wait beyond the deadline would end without an attempt.
            timeLeft.map({ delay < $0 }) ?? true
        else { return .finish }
        retries = number
        return .retry(after: delay)
    }
}
