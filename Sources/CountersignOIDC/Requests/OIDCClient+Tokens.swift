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
    ) async throws(SignInError) -> TokenResponse {
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
        type subjectType: TokenTypeIdentifier = .accessToken,
        actor: Secret? = nil,
        actorType: TokenTypeIdentifier = .accessToken,
        for requested: TokenTypeIdentifier? = nil,
        scopes: [String] = [],
        resources: [String] = [],
        audiences: [String] = [],
        parameters: [String: String] = [:]
    ) async throws(SignInError) -> TokenResponse {
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
            try Self.add(parameters.mapValues { Secret($0) }, to: &sent)
            return try await issued(sent, mayBeRepeated: true)
        }
    }

    /// Asks for tokens by a grant of another kind (RFC 6749 section 4.5): a JWT as authorization grant (RFC 7523 section
    /// 2.1), or what a vendor has.
    ///
    /// ```swift
    /// let issued = try await client.token(
    ///     grantType: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ///     parameters: ["assertion": assertion],
    ///     scopes: ["notes.read"]
    /// )
    /// ```
    ///
    /// - Parameters:
    ///   - grantType: The grant's name.
    ///   - parameters: The grant's own parameters.
    ///   - scopes: The scopes that are wanted.
    ///   - resources: What the token is for (RFC 8707).
    ///   - mayBeRepeated: Whether the grant can be spent more than once: then a closed connection is no failure.
    public func token(
        grantType: String,
        parameters: [String: Secret] = [:],
        scopes: [String] = [],
        resources: [String] = [],
        mayBeRepeated: Bool = false
    ) async throws(SignInError) -> TokenResponse {
        try await asking { () async throws(TokenError) in
            var sent = [(name: "grant_type", value: grantType)]
            if !scopes.isEmpty { sent.append(("scope", scopes.joined(separator: " "))) }
            for resource in resources { sent.append(("resource", resource)) }
            try Self.add(parameters, to: &sent)
            return try await issued(sent, mayBeRepeated: mayBeRepeated)
        }
    }

    /// Adds parameters of the program's to those that are set here, which they may not replace.
    private static func add(
        _ parameters: [String: Secret],
        to sent: inout [(name: String, value: String)]
    ) throws(TokenError) {
        let taken = Set(sent.map(\.name)).union(EndpointRequest.reservedParameters)
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
            guard !taken.contains(name) else {
                throw TokenError(.configuration, "the parameter '\(name)' is set by the client")
            }
            sent.append((name, try value.reveal()))
        }
    }

    private func issued(
        _ parameters: [(name: String, value: String)],
        mayBeRepeated: Bool
    ) async throws(TokenError) -> TokenResponse {
        TokenResponse(try await runtime.token(for: try request(.token, parameters, mayBeRepeated: mayBeRepeated)))
    }
}
