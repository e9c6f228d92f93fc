import Countersign
import CountersignHTTP

extension OIDCClient {
    /// Creates an authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1).
    ///
    /// State, nonce and the PKCE code verifier are 256 random bits each, new for every request (RFC 7636, S256). If the
    /// server supports it, the request is pushed and does not pass through the browser (RFC 9126).
    ///
    /// - Parameters:
    ///   - redirectURI: The URI that the browser returns to; nil for the configuration's.
    ///   - loginHint: The user who is expected to sign in (`login_hint`).
    ///   - idTokenHint: An ID token of the user who is expected to sign in (`id_token_hint`), for example with the prompt
    ///     `none`. It may have expired.
    ///   - prompt: Overrides ``SignInConfiguration/prompt``.
    ///   - maxAge: Overrides ``SignInConfiguration/maxAge``.
    ///   - acrValues: Overrides ``SignInConfiguration/acrValues``.
    ///   - parameters: Additional parameters; they override the configuration's parameters of the same name.
    /// - Throws: ``SignInError`` if the metadata is unavailable, the server does not support PKCE with S256 or requires
    ///   signed requests, the redirect URI is invalid, a parameter is reserved, or the server rejects the pushed request.
    public func authorizationRequest(
        redirectURI: String? = nil,
        loginHint: String? = nil,
        idTokenHint: IDToken? = nil,
        prompt: [String]? = nil,
        maxAge: Duration? = nil,
        acrValues: [String]? = nil,
        parameters: [String: String] = [:]
    ) async throws(SignInError) -> AuthorizationRequest {
        let acrValues = acrValues ?? configuration.acrValues
        let maxAge = (maxAge ?? configuration.maxAge).map { Duration.seconds($0.clampedToPositive.components.seconds) }
        return try await mappingTokenErrors { () async throws(TokenError) in
            guard let redirectURI = redirectURI ?? configuration.redirectURI else {
                throw TokenError(.configuration, "the redirect URI is missing; pass one or set it in the configuration")
            }
            let metadata = try await serverMetadata()
            try PKCE.requireS256(metadata)
            if let algorithm = configuration.dpop { try metadata.nameForProofs(algorithm) }
            try Self.checkRequestObject(metadata)
            let transaction = SignInTransaction(
                state: try Base64URL.random256Bits(),
                issuer: metadata.issuer,
                clientID: try clientID(),
                redirectURI: try RedirectURI(redirectURI).text,
                codeVerifier: try PKCE().codeVerifier,
                nonce: configuration.scopes.contains("openid") ? try Base64URL.random256Bits() : nil,
                scopes: configuration.scopes,
                resources: configuration.resources,
                jkt: try dpopKey()?.thumbprint,
                maxAge: maxAge,
                requiredACRValues: configuration.requiresACR ? acrValues : [],
                createdAt: runtime.clock.date()
            )
            var sent = transaction.requestParameters
            if configuration.responseMode != .query {
                sent.append(("response_mode", configuration.responseMode.rawValue))
            }
            let prompt = prompt ?? configuration.prompt
            if !prompt.isEmpty { sent.append(("prompt", prompt.joined(separator: " "))) }
            if !acrValues.isEmpty { sent.append(("acr_values", acrValues.joined(separator: " "))) }
            if let loginHint { sent.append(("login_hint", loginHint)) }
            if let idTokenHint { sent.append(("id_token_hint", idTokenHint.text)) }
            sent += try additionalParameters(parameters)
            let endpoint = try metadata.url("authorization_endpoint")
            if try pushesAuthorizationRequest(metadata) { sent = try await pushAuthorizationRequest(sent) }
            let url = try Self.url(endpoint, adding: [("client_id", transaction.clientID)] + sent)
            return AuthorizationRequest(url: url, transaction: transaction)
        }
    }

    /// Rejects a server that would reject the request, before the user's browser is sent there.
    private static func checkRequestObject(_ metadata: AuthorizationServerMetadata) throws(TokenError) {
        guard metadata.flag("require_signed_request_object") else { return }
        throw TokenError(
            .metadata,
            "\(metadata.issuer) requires signed authorization requests (require_signed_request_object, RFC 9101), which "
                + "are not supported"
        )
    }

    /// Returns the additional parameters of an authorization request: the configuration's, merged with those of the request.
    ///
    /// - Throws: `TokenError` of kind `configuration` for a reserved parameter.
    func additionalParameters(_ parameters: [String: String]) throws(TokenError) -> [(name: String, value: String)] {
        var all = configuration.parameters.merging(parameters) { $1 }
        // No parameter may occur twice (RFC 6749 section 3.1): an explicit `audience` overrides the configuration's.
        if all["audience"] == nil { all["audience"] = configuration.audience }
        return try Self.checked(all)
    }

    /// Returns the configuration's additional parameters for a token request.
    ///
    /// - Throws: `TokenError` of kind `configuration` for a reserved parameter.
    func additionalTokenParameters() throws(TokenError) -> [(name: String, value: String)] {
        try Self.checked(configuration.parameters)
    }

    private static func checked(
        _ parameters: [String: String]
    ) throws(TokenError) -> [(name: String, value: String)] {
        if let reserved = parameters.keys.sorted().first(where: reservedParameters.contains) {
            throw TokenError(.configuration, "the parameter '\(reserved)' is set by the client; remove it")
        }
        return parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static let reservedParameters = TokenEndpointRequest.reservedParameters.union([
        "response_type", "redirect_uri", "state", "nonce", "code_challenge", "code_challenge_method", "dpop_jkt",
        "response_mode", "prompt", "max_age", "acr_values", "login_hint", "id_token_hint", "request", "request_uri",
        "code",
        "code_verifier", "device_code",
    ])

    /// Returns the URL of an endpoint with parameters added to its own query (RFC 6749 section 3.1).
    static func url(
        _ endpoint: HTTP.URL,
        adding parameters: [(name: String, value: String)]
    ) throws(TokenError) -> String {
        let own = FormURLEncoded.decode((endpoint.query ?? "").utf8)
        guard let own, !own.contains(where: { name, _ in parameters.contains { $0.name == name } }) else {
            throw TokenError(.metadata, "the query of \(endpoint) contains a parameter that the request must set")
        }
        let separator =
            switch endpoint.query {
            case nil: "?"
            case ""?: ""
            default: "&"
            }
        return endpoint.string + separator + String(decoding: FormURLEncoded.encode(parameters), as: UTF8.self)
    }
}

extension SignInTransaction {
    /// The parameters of the authorization request that the transaction keeps.
    fileprivate var requestParameters: [(name: String, value: String)] {
        var parameters = [
            (name: "response_type", value: "code"), ("redirect_uri", redirectURI), ("state", state),
        ]
        parameters += PKCE(codeVerifier: codeVerifier).requestParameters
        if !scopes.isEmpty { parameters.append(("scope", scopes.joined(separator: " "))) }
        if let nonce { parameters.append(("nonce", nonce)) }
        for resource in resources { parameters.append(("resource", resource)) }
        if let jkt { parameters.append(("dpop_jkt", jkt)) }
        if let maxAge { parameters.append(("max_age", String(maxAge.components.seconds))) }
        return parameters
    }
}
