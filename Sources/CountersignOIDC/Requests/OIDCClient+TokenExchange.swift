public import Countersign

extension OIDCClient {
    /// Exchanges a token for another one, to call an API on behalf of the subject (RFC 8693).
    ///
    /// - Parameters:
    ///   - subject: The token of the subject, usually the user's access token.
    ///   - subjectType: The type of the subject token.
    ///   - actor: The token of the party that acts for the subject; nil if it is the client itself.
    ///   - actorType: The type of the actor token.
    ///   - requested: The type of the requested token; nil for the server's default.
    ///   - scopes: The requested scopes.
    ///   - resources: The resource indicators of the APIs that the token is for (RFC 8707).
    ///   - audiences: The names of the services that the token is for.
    ///   - parameters: Additional parameters.
    /// - Throws: ``SignInError``.
    public func exchange(
        _ subject: SecretValue,
        type subjectType: TokenTypeIdentifier = .accessToken,
        actor: SecretValue? = nil,
        actorType: TokenTypeIdentifier = .accessToken,
        for requested: TokenTypeIdentifier? = nil,
        scopes: [String] = [],
        resources: [String] = [],
        audiences: [String] = [],
        parameters: [String: String] = [:]
    ) async throws(SignInError) -> TokenResponse {
        try await mappingTokenErrors { () async throws(TokenError) in
            var sent: [(name: String, value: String)] = [
                ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
                ("subject_token", try subject.reveal()), ("subject_token_type", subjectType.identifier),
            ]
            if let actor {
                sent += [("actor_token", try actor.reveal()), ("actor_token_type", actorType.identifier)]
            }
            if let requested { sent.append(("requested_token_type", requested.identifier)) }
            if !scopes.isEmpty { sent.append(("scope", scopes.joined(separator: " "))) }
            for resource in resources { sent.append(("resource", resource)) }
            for audience in audiences { sent.append(("audience", audience)) }
            try Self.add(parameters.mapValues { SecretValue($0) }, to: &sent)
            return try await tokenResponse(sent, isOneTimeGrant: false)
        }
    }
}
