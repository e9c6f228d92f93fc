public import Countersign
import CountersignHTTP

extension OIDCClient {
    /// Requests the state of a token from the authorization server (RFC 7662).
    ///
    /// - Parameters:
    ///   - token: The token.
    ///   - type: The type of the token, as a hint; the server finds it without, too.
    /// - Throws: ``SignInError``, also for a response that is not JSON.
    public func introspect(
        _ token: SecretValue,
        type: TokenTypeIdentifier? = nil
    ) async throws(SignInError) -> IntrospectionResponse {
        try await mappingTokenErrors { () async throws(TokenError) in
            let request = try request(.introspection, Self.parameters(token, type), isOneTimeGrant: false)
            let response = try await runtime.post(request)
            return try IntrospectionResponse(
                response.jsonMembers(from: "the introspection endpoint", requiring: "active")
            )
        }
    }

    /// Requests the state of an access token from the authorization server (RFC 7662).
    public func introspect(_ token: AccessToken) async throws(SignInError) -> IntrospectionResponse {
        try await introspect(SecretValue(token.value), type: .accessToken)
    }

    /// Returns the parameters of an introspection or revocation request (RFC 7662 and RFC 7009, both section 2.1).
    static func parameters(
        _ token: SecretValue,
        _ type: TokenTypeIdentifier?
    ) throws(TokenError) -> [(name: String, value: String)] {
        var parameters = [(name: "token", value: try token.reveal())]
        if let hint = type?.hint { parameters.append(("token_type_hint", hint)) }
        return parameters
    }
}
