/// The 401 budget: one token renewal for a call, separate from nonces and retries (P26).
extension SendStateMachine {
    mutating func afterTokenRejection() -> Action {
        // The call cannot use another token, but the next call must not use this one.
        guard isBodyReplayable else { return .invalidateTokenAndFinish }
        guard canRenewToken else { return .finish }
        canRenewToken = false
        return .renewToken
    }
}
