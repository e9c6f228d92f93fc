public import Countersign
import CountersignHTTP

extension OIDCClient {
    /// Asks the authorization server about a token (RFC 7662).
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - type: What it probably is; it is found without, too.
    /// - Throws: ``SignInError``, also for an answer that is not JSON.
    public func introspect(_ token: Secret, type: TokenTypeIdentifier? = nil) async throws(SignInError) -> IntrospectionResponse {
        try await asking { () async throws(TokenError) in
            let request = try request(.introspection, Self.parameters(token, type), mayBeRepeated: true)
            return try IntrospectionResponse(try await runtime.post(request).object(from: "the introspection endpoint"))
        }
    }

    /// Asks the authorization server about an access token (RFC 7662).
    public func introspect(_ token: AccessToken) async throws(SignInError) -> IntrospectionResponse {
        try await introspect(Secret(token.value), type: .accessToken)
    }

    /// Revokes a token (RFC 7009).
    ///
    /// A token that is unknown, or revoked already, is no error.
    ///
    /// - Parameters:
    ///   - token: The token; with a refresh token, what was issued by it ends as well.
    ///   - type: What it probably is.
    /// - Throws: ``SignInError``; its ``SignInError/oauthError`` is `unsupported_token_type` when the server cannot revoke
    ///   tokens of that kind.
    public func revoke(_ token: Secret, type: TokenTypeIdentifier? = nil) async throws(SignInError) {
        try await asking { () async throws(TokenError) in
            _ = try await runtime.post(try request(.revocation, Self.parameters(token, type), mayBeRepeated: true))
        }
    }

    /// Revokes an access token (RFC 7009).
    public func revoke(_ token: AccessToken) async throws(SignInError) {
        try await revoke(Secret(token.value), type: .accessToken)
    }

    private static func parameters(
        _ token: Secret,
        _ type: TokenTypeIdentifier?
    ) throws(TokenError) -> [(name: String, value: String)] {
        var parameters = [(name: "token", value: try token.reveal())]
        if let hint = type?.hint { parameters.append(("token_type_hint", hint)) }
        return parameters
    }
}
