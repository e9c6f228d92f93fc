/// The resolution of security requirements: each scheme of the schema with its credentials.
extension ClientConfiguration {
    /// Combines a requirement with the credentials.
    ///
    /// - Returns: The authorization. `isCacheable` is false if a credential could not be read: the next attempt may succeed.
    func resolve(
        _ requirement: Int,
        options: TokenRequestParameters
    ) -> (authorization: Authorization, isCacheable: Bool) {
        var alternatives: [Authorization.Alternative] = []
        var isCacheable = true
        for combination in definition.requirements[requirement].alternatives {
            if combination.isEmpty, !alternatives.contains(where: \.actsForUser) { continue }
            let schemes = combination.map { use in
                do throws(TokenError) {
                    return try resolve(use, options: options)
                } catch {
                    isCacheable = false
                    return .unusable(error)
                }
            }
            let actsForUser = combination.contains { definition.schemes[$0.scheme].actsForUser }
            alternatives.append(Authorization.Alternative(schemes, actsForUser: actsForUser))
        }
        return (Authorization(alternatives: alternatives, telemetry: runtime.telemetry), isCacheable)
    }

    /// Combines one use of a scheme with its credentials.
    ///
    /// - Throws: ``TokenError`` if the credentials cannot be read or do not match the scheme.
    func resolve(
        _ use: SecurityRequirement.Use,
        options: TokenRequestParameters
    ) throws(TokenError) -> Authorization.Scheme {
        guard credentials.indices.contains(use.scheme) else {
            let message =
                credentials.isEmpty
                ? "a stub has no tokens" : "the client has fewer credentials than its schema has schemes"
            throw TokenError(.configuration, message)
        }
        switch (definition.schemes[use.scheme].kind, credentials[use.scheme]) {
        case (.clientCredentials(let scheme), .clientCredentials(let credentials)):
            return .entry(
                try runtime.tokenCacheEntry(
                    for: scheme,
                    credentials,
                    issuer: issuer,
                    scopes: use.scopes,
                    options: options
                )
            )
        case (.user, .user(nil)):
            return .unusable(TokenError(.notSignedIn, "no user is signed in"))
        case (.user(let scheme), .user(let session as any UserTokens)):
            return .entry(
                try session.tokenCacheEntry(
                    of: scheme.issuer ?? issuer,
                    scopes: options.scopes ?? use.scopes,
                    tokenPerScopes: scheme.tokenPerScopes || options.scopes != nil,
                    resources: options.resources ?? scheme.resources,
                    parameters: scheme.parameters.merging(options.parameters) { $1 }
                )
            )
        case (.user(let scheme), .user(let source?)):
            return try self.scheme(source, scopes: use.scopes, resources: scheme.resources, options: options)
        case (.tokenExchange(let scheme), .tokenExchange(let credentials, let subject)):
            return .exchange(
                TokenExchange(
                    of: subject,
                    entry: try entry(of: subject, scopes: [], resources: []),
                    clock: runtime.configuration.clock
                ) {
                    [runtime, issuer] (subject) throws(TokenError) in
                    try runtime.tokenCacheEntry(
                        for: scheme,
                        credentials,
                        onBehalfOf: subject,
                        issuer: issuer,
                        scopes: use.scopes,
                        options: options
                    )
                }
            )
        case (.token, .token(let source)):
            return try self.scheme(source, scopes: use.scopes, resources: [], options: options)
        case (.bearer, .bearer(let secret)):
            return .field(.authorization, value: try AccessToken(secret.reveal()).authorizationHeader)
        case (.basic, .basic(let basic)):
            return .field(.authorization, value: try basic.authorization())
        case (.apiKey(.header(let name)), .apiKey(let secret)):
            let value = try secret.reveal()
            guard HTTP.Field.isValidValue(value) else {
                throw TokenError(.configuration, "the API key contains characters that are invalid in a header field")
            }
            return .field(name, value: value)
        case (.apiKey(.query(let name)), .apiKey(let secret)):
            return .query(name: name, value: try secret.reveal())
        default:
            throw TokenError(.configuration, "the credentials do not match the scheme that the schema declares")
        }
    }

    private func scheme(
        _ source: any TokenSource,
        scopes: [String],
        resources: [String],
        options: TokenRequestParameters
    ) throws(TokenError) -> Authorization.Scheme {
        let entry = try entry(of: source, scopes: options.scopes ?? scopes, resources: options.resources ?? resources)
        if let entry {
            // They would have to be part of the identity, but the source is not asked with them.
            guard options.parameters.isEmpty, options.assertion == nil else {
                throw TokenError(
                    .configuration,
                    "the call has token request parameters or an assertion, which a TokenSource with a tokenIdentity cannot "
                        + "use; create a source for each set of parameters, with an identity that contains them"
                )
            }
            return .entry(entry)
        }
        return .source(source, scopes: scopes, resources: resources, clock: runtime.configuration.clock)
    }

    /// Returns the cache entry for the tokens of a source; nil if the source caches them itself.
    private func entry(
        of source: any TokenSource,
        scopes: [String],
        resources: [String]
    ) throws(TokenError) -> TokenCacheEntry? {
        guard let identity = source.tokenIdentity else { return nil }
        return try runtime.tokenCacheEntry(for: source, identity: identity, scopes: scopes, resources: resources)
    }
}
