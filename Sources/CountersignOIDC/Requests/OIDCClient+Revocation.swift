public import Countersign

extension OIDCClient {
    /// Revokes a token (RFC 7009).
    ///
    /// Revoking a token that is unknown or already revoked succeeds.
    ///
    /// - Parameters:
    ///   - token: The token. Revoking a refresh token also ends the tokens that were issued with it.
    ///   - type: The type of the token, as a hint; the server finds it without, too.
    /// - Throws: ``SignInError``; its ``SignInError/oauthError`` is `unsupported_token_type` if the server cannot revoke
    ///   tokens of this type.
    public func revoke(_ token: SecretValue, type: TokenTypeIdentifier? = nil) async throws(SignInError) {
        try await mappingTokenErrors { () async throws(TokenError) in
            _ = try await runtime.post(try request(.revocation, Self.parameters(token, type), isOneTimeGrant: false))
        }
    }

    /// Revokes an access token (RFC 7009).
    public func revoke(_ token: AccessToken) async throws(SignInError) {
        try await revoke(SecretValue(token.value), type: .accessToken)
    }
}
