public import Countersign

/// Token endpoint requests for programs that keep tokens themselves.
extension OIDCClient {
    /// Requests new tokens with a refresh token (RFC 6749 section 6).
    ///
    /// Sessions refresh on their own; use this only for tokens that you store yourself. The refresh token is sent once. If
    /// no response arrives, the error has the kind `TokenError.Kind.outcomeUnknown`: the server may have used the token.
    /// If the response has a new refresh token and its access token cannot be used, the refresh token is
    /// `TokenError.newRefreshToken`.
    ///
    /// - Parameters:
    ///   - refreshToken: The refresh token.
    ///   - scopes: A subset of the granted scopes; nil for all of them.
    ///   - resources: The resource indicators of the APIs that the new access token is for (RFC 8707).
    /// - Throws: ``SignInError``.
    public func refresh(
        _ refreshToken: SecretValue,
        scopes: [String]? = nil,
        resources: [String] = []
    ) async throws(SignInError) -> TokenResponse {
        try await mappingTokenErrors { () async throws(TokenError) in
            var parameters = [
                (name: "grant_type", value: "refresh_token"), ("refresh_token", try refreshToken.reveal()),
            ]
            if let scopes { parameters.append(("scope", scopes.joined(separator: " "))) }
            for resource in resources { parameters.append(("resource", resource)) }
            parameters += try additionalTokenParameters()
            return try await tokenResponse(parameters, isOneTimeGrant: true)
        }
    }

    /// Requests tokens with an extension grant (RFC 6749 section 4.5), for example a JWT authorization grant (RFC 7523
    /// section 2.1).
    ///
    /// ```swift
    /// let response = try await client.token(
    ///     grantType: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ///     parameters: ["assertion": assertion],
    ///     scopes: ["notes.read"]
    /// )
    /// ```
    ///
    /// - Parameters:
    ///   - grantType: The name of the grant type.
    ///   - parameters: The parameters of the grant.
    ///   - scopes: The requested scopes.
    ///   - resources: The resource indicators of the APIs that the token is for (RFC 8707).
    ///   - isOneTimeGrant: False if the grant can be used more than once: the request is then resent if a kept connection
    ///     turns out to be closed.
    /// - Throws: ``SignInError``.
    public func token(
        grantType: String,
        parameters: [String: SecretValue] = [:],
        scopes: [String] = [],
        resources: [String] = [],
        isOneTimeGrant: Bool = true
    ) async throws(SignInError) -> TokenResponse {
        try await mappingTokenErrors { () async throws(TokenError) in
            var sent = [(name: "grant_type", value: grantType)]
            if !scopes.isEmpty { sent.append(("scope", scopes.joined(separator: " "))) }
            for resource in resources { sent.append(("resource", resource)) }
            try Self.add(parameters, to: &sent)
            return try await tokenResponse(sent, isOneTimeGrant: isOneTimeGrant)
        }
    }

    /// Adds the caller's parameters, which must not override those that the client sets.
    static func add(
        _ parameters: [String: SecretValue],
        to sent: inout [(name: String, value: String)]
    ) throws(TokenError) {
        let reserved = Set(sent.map(\.name)).union(TokenEndpointRequest.reservedParameters)
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            guard !reserved.contains(name) else {
                throw TokenError(.configuration, "the parameter '\(name)' is set by the client; remove it")
            }
            sent.append((name, try value.reveal()))
        }
    }

    /// Sends a token request and returns the response.
    func tokenResponse(
        _ parameters: [(name: String, value: String)],
        isOneTimeGrant: Bool
    ) async throws(TokenError) -> TokenResponse {
        TokenResponse(try await runtime.token(for: try request(.token, parameters, isOneTimeGrant: isOneTimeGrant)))
    }
}
