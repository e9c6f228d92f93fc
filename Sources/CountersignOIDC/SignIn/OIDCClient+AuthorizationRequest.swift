import Countersign
import CountersignCrypto
import CountersignHTTP
import CountersignJSON

extension OIDCClient {
    /// Makes an authorization request (RFC 6749 section 4.1.1, OpenID Connect Core section 3.1.2.1).
    ///
    /// State, nonce and the PKCE verifier are 256 random bits each, made for this request (RFC 7636, S256). Where the
    /// server offers it, the request is pushed past the browser (RFC 9126).
    ///
    /// - Parameters:
    ///   - redirectURI: Where the browser comes back to; nil for the configuration's.
    ///   - loginHint: Who is probably going to sign in.
    ///   - prompt: What the user is asked, instead of the configuration's.
    ///   - maxAge: How long ago the user may have authenticated, instead of the configuration's.
    ///   - acrValues: The authentication contexts to ask for, instead of the configuration's.
    ///   - parameters: Further parameters; an equal name replaces one of the configuration's.
    /// - Throws: ``SignInError`` when the metadata cannot be had, or the server does not do PKCE with S256, the redirect
    ///   URI cannot be used, a parameter is not the program's to set, or the server refuses the pushed request.
    public func authorizationRequest(
        redirectURI: String? = nil,
        loginHint: String? = nil,
        prompt: [String]? = nil,
        maxAge: Duration? = nil,
        acrValues: [String]? = nil,
        parameters: [String: String] = [:]
    ) async throws(SignInError) -> AuthorizationRequest {
        let acrValues = acrValues ?? configuration.acrValues
        let maxAge = (maxAge ?? configuration.maxAge).map { Duration.seconds(max(0, $0.components.seconds)) }
        return try await asking { () async throws(TokenError) in
            guard let redirectURI = redirectURI ?? configuration.redirectURI else {
                throw TokenError(.configuration, "there is no redirect URI; give one, or set it in the configuration")
            }
            let metadata = try await runtime.metadata(of: issuer())
            try check(metadata)
            let transaction = SignInTransaction(
                state: try Self.random(),
                issuer: metadata.issuer,
                clientID: try clientID(),
                redirectURI: try RedirectURI(redirectURI).text,
                verifier: try Self.random(),
                nonce: configuration.scopes.contains("openid") ? try Self.random() : nil,
                scopes: configuration.scopes,
                resources: configuration.resources,
                jkt: try dpopKey()?.thumbprint,
                maxAge: maxAge,
                essentialACR: configuration.requiresACR ? acrValues : [],
                madeAt: runtime.clock.unixTime()
            )
            var sent = transaction.parameters
            if configuration.responseMode != .query {
                sent.append(("response_mode", configuration.responseMode.rawValue))
            }
            let prompt = prompt ?? configuration.prompt
            if !prompt.isEmpty { sent.append(("prompt", prompt.joined(separator: " "))) }
            if !acrValues.isEmpty { sent.append(("acr_values", acrValues.joined(separator: " "))) }
            if let loginHint { sent.append(("login_hint", loginHint)) }
            sent += try furtherParameters(parameters)
            let endpoint = try metadata.url("authorization_endpoint")
            if try isPushed(metadata) { sent = try await pushed(sent) }
            let url = try Self.url(endpoint, with: [("client_id", transaction.clientID)] + sent)
            return AuthorizationRequest(url: url, transaction: transaction)
        }
    }

    /// Refuses a server with which a sign-in would not be safe.
    private func check(_ metadata: AuthorizationServerMetadata) throws(TokenError) {
        if let methods = metadata.list("code_challenge_methods_supported"), !methods.contains("S256") {
            throw TokenError(.metadata, "\(metadata.issuer) does not do PKCE with S256 (RFC 7636)")
        }
        if let name = configuration.dpop?.rawValue, let offered = metadata.list("dpop_signing_alg_values_supported"),
            !offered.contains(name)
        {
            throw TokenError(.configuration, "\(metadata.issuer) does not take DPoP proofs signed with \(name)")
        }
    }

    /// The configuration's further parameters and those of one request to a user, none of which may be what the client
    /// sets.
    func furtherParameters(_ parameters: [String: String]) throws(TokenError) -> [(name: String, value: String)] {
        var all = configuration.parameters.merging(parameters) { $1 }
        // A parameter is never sent twice (RFC 6749 section 3.1): the more particular one counts.
        if all["audience"] == nil { all["audience"] = configuration.audience }
        return try Self.checked(all)
    }

    /// The configuration's further parameters, for the token request.
    func furtherTokenParameters() throws(TokenError) -> [(name: String, value: String)] {
        try Self.checked(configuration.parameters)
    }

    private static func checked(_ parameters: [String: String]) throws(TokenError) -> [(name: String, value: String)] {
        if let reserved = parameters.keys.sorted().first(where: reservedParameters.contains) {
            throw TokenError(.configuration, "the parameter '\(reserved)' is set by the client")
        }
        return parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static let reservedParameters = EndpointRequest.reservedParameters.union([
        "response_type", "redirect_uri", "state", "nonce", "code_challenge", "code_challenge_method", "dpop_jkt",
        "response_mode", "prompt", "max_age", "acr_values", "login_hint", "request", "request_uri", "code",
        "code_verifier", "device_code",
    ])

    private func isPushed(_ metadata: AuthorizationServerMetadata) throws(TokenError) -> Bool {
        let isRequired = metadata.says("require_pushed_authorization_requests")
        switch configuration.pushedAuthorizationRequests {
        case .always: return true
        case .whenOffered:
            return isRequired || metadata.document[EndpointRequest.Endpoint.pushedAuthorization.rawValue] != nil
        case .never:
            guard !isRequired else {
                throw TokenError(
                    .configuration,
                    "\(metadata.issuer) demands pushed authorization requests, which the configuration rules out"
                )
            }
            return false
        }
    }

    /// Sends the request past the browser.
    ///
    /// - Returns: What is left for the browser to carry.
    private func pushed(
        _ parameters: [(name: String, value: String)]
    ) async throws(TokenError) -> [(name: String, value: String)] {
        var request = try request(.pushedAuthorization, parameters, mayBeRepeated: true)
        // RFC 9126 section 2.1: it is a parameter of the authorization request, too. All other ways to authenticate add it.
        if request.authentication == .clientSecretBasic {
            request.parameters.append(("client_id", credentials.clientID))
        }
        let answer = try await runtime.post(request).object(from: "the pushed authorization request endpoint")
        guard let uri = answer["request_uri"]?.string, 1...2048 ~= uri.utf8.count,
            uri.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else {
            throw TokenError(.malformedResponse, "the pushed authorization request was answered without a request_uri")
        }
        return [("request_uri", uri)]
    }

    /// An endpoint's URL with parameters in addition to the query that it has (RFC 6749 section 3.1).
    static func url(
        _ endpoint: HTTP.URL,
        with parameters: [(name: String, value: String)]
    ) throws(TokenError) -> String {
        let own = FormURLEncoded.decode((endpoint.query ?? "").utf8)
        guard let own, !own.contains(where: { name, _ in parameters.contains { $0.name == name } }) else {
            throw TokenError(.metadata, "the query of \(endpoint) sets what is the request's to set")
        }
        let separator =
            switch endpoint.query {
            case nil: "?"
            case ""?: ""
            default: "&"
            }
        return endpoint.string + separator + String(decoding: FormURLEncoded.encode(parameters), as: UTF8.self)
    }

    /// 256 random bits in base64url.
    static func random() throws(TokenError) -> String {
        do {
            return Base64URL.encode(try SecureRandom.bytes(32))
        } catch {
            throw TokenError(.configuration, "the system gave no random bytes: \(error)")
        }
    }
}

extension SignInTransaction {
    /// What of the request is remembered, as parameters.
    fileprivate var parameters: [(name: String, value: String)] {
        var parameters: [(name: String, value: String)] = [
            ("response_type", "code"), ("redirect_uri", redirectURI), ("state", state),
            ("code_challenge", Base64URL.encode(SHA2.sha256(verifier.utf8))), ("code_challenge_method", "S256"),
        ]
        if !scopes.isEmpty { parameters.append(("scope", scopes.joined(separator: " "))) }
        if let nonce { parameters.append(("nonce", nonce)) }
        for resource in resources { parameters.append(("resource", resource)) }
        if let jkt { parameters.append(("dpop_jkt", jkt)) }
        if let maxAge { parameters.append(("max_age", String(maxAge.components.seconds))) }
        return parameters
    }
}
