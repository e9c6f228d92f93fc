import Countersign

extension SignInError {
    /// Creates the error for a failure of the store that keeps pending sign-ins.
    init(_ error: TokenStoreError) {
        self.init(.tokenError, "the store failed during the sign-in", tokenError: TokenError(error))
    }
}
