/// The 401 budget: one token renewal for a call, separate from nonces and retries (P26).
extension SendStateMachine {
    /// Takes the one token renewal of a call from the budget.
    mutating func afterTokenRejection() -> Action {
        // This request cannot be sent with another token. But later calls must not use the rejected one.
        guard isBodyResendable else { return .invalidateTokenAndFinish }
        guard canRenewToken else { return .finish }
        canRenewToken = false
        return .renewToken
    }
}
