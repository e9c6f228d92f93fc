/// The DPoP nonce retry and the clock retry: a new proof for the same token (RFC 9449 sections 8, 9 and 11.1).
extension SendStateMachine {
    /// Takes the one resend with the nonce of the response from the budget (P45).
    ///
    /// - Returns: False if it was taken before, or the body cannot be sent again.
    mutating func takeNonceResend() -> Bool {
        guard canResendForNonce, isBodyResendable else { return false }
        canResendForNonce = false
        return true
    }

    /// Takes the one resend with the server's time in the proof or the assertion from the budget (P48).
    ///
    /// - Returns: False if it was taken before, or the body cannot be sent again.
    mutating func takeClockResend() -> Bool {
        guard canResendForClock, isBodyResendable else { return false }
        canResendForClock = false
        return true
    }
}
