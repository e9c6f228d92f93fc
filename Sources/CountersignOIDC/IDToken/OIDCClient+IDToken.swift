extension OIDCClient {
    /// Validates the ID token that came with a refresh (OpenID Connect Core section 12.2).
    ///
    /// - Parameters:
    ///   - idToken: The new token.
    ///   - original: The one from the sign-in, or from the refresh before.
    package func refreshed(_ idToken: String, after original: IDToken) async throws(SignInError) -> IDToken {
        throw SignInError(.configuration, "not there yet")
    }
}
