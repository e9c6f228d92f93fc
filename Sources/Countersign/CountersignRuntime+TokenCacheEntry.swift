import CountersignCrypto

extension CountersignRuntime {
    /// Returns the cache entry for the tokens of a client, creating it if there is none.
    ///
    /// - Parameters:
    ///   - subject: The token of the user that the client acts for (RFC 8693); nil for the client's own tokens.
    ///   - issuer: The authorization server, if neither the scheme nor the credentials name one.
    func tokenCacheEntry(
        for scheme: OAuthConfiguration,
        _ credentials: ClientCredentials,
        onBehalfOf subject: AccessToken? = nil,
        issuer: String?,
        scopes: [String],
        options: TokenRequestParameters
    ) throws(TokenError) -> TokenCacheEntry {
        let key = try secretIdentityKey()
        guard let server = credentials.server ?? scheme.server(or: issuer) else {
            throw TokenError(
                .configuration,
                "the issuer is missing; name an issuer or a token endpoint in the schema or in the credentials"
            )
        }
        let scopes = options.scopes ?? scopes
        let resources = options.resources ?? scheme.resources
        let parameters = scheme.parameters.merging(options.parameters) { $1 }
        let grant = Self.grant(onBehalfOf: subject)
        let reservedParameters = TokenEndpointRequest.reservedParameters.union(grant.map(\.name))
        if let reserved = parameters.keys.sorted().first(where: reservedParameters.contains) {
            throw TokenError(.configuration, "the token parameter '\(reserved)' is set by the runtime; remove it")
        }
        // A parameter must not be sent twice (RFC 6749 section 3.2): an explicit audience takes precedence.
        let audience = parameters["audience"] == nil ? scheme.audience : nil
        let assertion = try options.assertion?.reveal()

        var sent = grant
        if !scopes.isEmpty { sent.append(("scope", scopes.joined(separator: " "))) }
        for resource in resources { sent.append(("resource", resource)) }
        if let audience { sent.append(("audience", audience)) }
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { sent.append((name, value)) }
        let dpopKey = try scheme.dpop.map { (algorithm) throws(TokenError) in
            try self.dpopKey(algorithm, of: credentials)
        }
        var request = TokenEndpointRequest(
            at: server,
            authentication: scheme.clientAuthentication,
            credentials: credentials,
            parameters: sent,
            dpopKey: dpopKey
        )
        request.assertion = assertion

        var identity = TokenIdentity()
        switch server {
        case .issuer(let issuer):
            identity.add("issuer")
            identity.add(issuer.name)
            identity.add(set: Array(issuer.endpointOrigins))
        case .tokenEndpoint(let url): identity.add("endpoint"); identity.add(url)
        }
        identity.add(subject == nil ? "client_credentials" : "token_exchange")
        if let subject { identity.add(secret: subject.value, key: key) }
        identity.add(scheme.clientAuthentication?.rawValue)
        try credentials.add(to: &identity, key: key)
        identity.add(set: scopes)
        identity.add(set: resources)
        identity.add(audience)
        identity.add(parameters)
        if let assertion { identity.add(secret: assertion, key: key) } else { identity.add(nil) }
        identity.add(dpopKey?.thumbprint)

        return cache.entry(for: identity) { [tokenEndpoint, work, request] in
            makeTokenCacheEntry(about: TokenSubject(request)) {
                await work.renewing { await tokenEndpoint.token(for: request).map(\.accessToken) }
            }
        }
    }

    /// Returns the first parameters of a token request with client credentials or a token exchange.
    ///
    /// - Parameter subject: The token of the user that the client acts for; nil for the client's own token.
    private static func grant(onBehalfOf subject: AccessToken?) -> [(name: String, value: String)] {
        guard let subject else { return [("grant_type", "client_credentials")] }
        return [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject.value),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ]
    }
}
