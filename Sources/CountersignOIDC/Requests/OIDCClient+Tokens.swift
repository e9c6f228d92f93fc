public import Countersign

extension OIDCClient {
    /// Spends a refresh token (RFC 6749 section 6).
    ///
    /// Sessions do this by themselves; this is for programs that keep tokens otherwise. The request is never repeated: when
    /// no answer came, nobody knows whether the token was spent (`TokenError.Kind.outcomeUnknown`).
    ///
    /// - Parameters:
    ///   - refreshToken: The token.
    ///   - scopes: Fewer scopes than were granted; nil for all of them.
    ///   - resources: What the new access token is for (RFC 8707).
    public func refresh(
        _ refreshToken: Secret,
        scopes: [String]? = nil,
        resources: [String] = []
    ) async throws(SignInError) -> IssuedTokens {
        try await asking { () async throws(TokenError) in
            var parameters = [
                (name: "grant_type", value: "refresh_token"), ("refresh_token", try refreshToken.reveal()),
            ]
            if let scopes { parameters.append(("scope", scopes.joined(separator: " "))) }
            for resource in resources { parameters.append(("resource", resource)) }
            parameters += try furtherTokenParameters()
            return try await issued(parameters, mayBeRepeated: false)
        }
    }

    /// Exchanges a token for another (RFC 8693): to call an API on behalf of the subject.
    ///
    /// - Parameters:
    ///   - subject: The token of whom it is about.
    ///   - subjectType: What that is.
    ///   - actor: The token of who acts, where that is another.
    ///   - actorType: What that is.
    ///   - requested: What is wanted; nil leaves it to the server.
    ///   - scopes: The scopes that are wanted.
    ///   - resources: What the token is for (RFC 8707).
    ///   - audiences: Whom it is for, by name.
    ///   - parameters: Further parameters.
    public func exchange(
        _ subject: Secret,
        type subjectType: TokenType = .accessToken,
        actor: Secret? = nil,
        actorType: TokenType = .accessToken,
        for requested: TokenType? = nil,
        scopes: [String] = [],
        resources: [String] = [],
        audiences: [String] = [],
        parameters: [String: String] = [:]
    ) async throws(SignInError) -> IssuedTokens {
        try await asking { () async throws(TokenError) in
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
            let taken = Set(sent.map(\.name)).union(EndpointRequest.reservedParameters)
            if let reserved = parameters.keys.sorted().first(where: taken.contains) {
                throw TokenError(.configuration, "the parameter '\(reserved)' is set by the client")
            }
            for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { sent.append((name, value)) }
            return try await issued(sent, mayBeRepeated: true)
        }
    }

    private func issued(
        _ parameters: [(name: String, value: String)],
        mayBeRepeated: Bool
    ) async throws(TokenError) -> IssuedTokens {
        IssuedTokens(try await runtime.token(for: try request(.token, parameters, mayBeRepeated: mayBeRepeated)))
    }
}
