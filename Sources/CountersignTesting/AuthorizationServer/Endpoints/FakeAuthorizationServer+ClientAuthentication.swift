import Countersign
import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON

extension FakeAuthorizationServer {
    /// The client credentials in a request (RFC 6749 section 2.3, RFC 7523 section 2.2).
    private enum PresentedCredentials {
        case nothing
        case basic(id: [UInt8], secret: [UInt8])
        case secret(String)
        case assertion(SignedToken)

        var method: String {
            switch self {
            case .nothing: "none"
            case .basic: "client_secret_basic"
            case .secret: "client_secret_post"
            case .assertion: "client_secret_jwt or private_key_jwt"
            }
        }
    }

    /// Authenticates the client of a request with the method that it is registered with, or one that the metadata lists for
    /// the endpoint, and returns the client.
    func authenticateClient(
        of request: HTTP.Request,
        at endpoint: Endpoint,
        form: FormParameters
    ) throws(OAuthErrorResponse) -> Client {
        let presented = try Self.presented(in: request, form: form)
        func error(_ message: String) -> OAuthErrorResponse {
            var error = OAuthErrorResponse.invalidClient(message)
            if case .basic = presented {
                error.fields.append(name: .wwwAuthenticate, value: "Basic realm=\"token endpoint\"")
            }
            return error
        }
        let claimed: [String] =
            switch presented {
            case .nothing, .secret: []
            case .basic(let id, _): [String(decoding: id, as: UTF8.self), FormParameters.decode(id)].compactMap { $0 }
            case .assertion(let token): [token.claims["sub"]?.string].compactMap { $0 }
            }
        let ids = claimed.isEmpty ? [form["client_id"]].compactMap { $0 } : claimed
        guard !ids.isEmpty else { throw error("client_id is missing") }
        guard let client = ids.lazy.compactMap({ id in self.state.withLock { $0.clients[id] } }).first else {
            throw error("the client ID is unknown")
        }
        if let id = form["client_id"], id != client.id {
            throw .invalidRequest("client_id is not the authenticated client")
        }
        let authentication = client.authentication.supported(by: configuration.authenticationMethods(at: endpoint))
        switch (authentication, presented) {
        case (.none, .nothing):
            return client
        case (.clientSecretPost(let expected), .secret(let secret)):
            guard constantTimeEqual(Array(expected.utf8), Array(secret.utf8)) else { throw error("wrong secret") }
        case (.clientSecretBasic(let expected, let isFormEncoded), .basic(let id, let secret)):
            let (id, secret) =
                isFormEncoded
                ? (FormParameters.decode(id), FormParameters.decode(secret))
                : (String(validating: id, as: UTF8.self), String(validating: secret, as: UTF8.self))
            guard id == client.id, let secret, constantTimeEqual(Array(expected.utf8), Array(secret.utf8)) else {
                throw error("wrong client ID or secret, or wrong encoding")
            }
        case (.clientSecretJWT(let secret), .assertion(let token)):
            guard token.isAuthenticated(bySecret: secret) else {
                throw error("the signature of the assertion is wrong")
            }
            if let message = validationError(of: token, client: client, at: request.url.withoutQuery) {
                throw error(message)
            }
        case (.privateKeyJWT(let keys), .assertion(let token)):
            let candidates = keys.filter { key in
                token.header["kid"].map { key.keyID == nil || $0.string == key.keyID } ?? true
            }
            guard candidates.contains(where: { token.isSigned(by: $0.key) }) else {
                throw error("the assertion is not signed with a registered key")
            }
            if let message = validationError(of: token, client: client, at: request.url.withoutQuery) {
                throw error(message)
            }
        default:
            throw error("the client must authenticate by \(authentication), not by \(presented.method)")
        }
        return client
    }

    private static func presented(
        in request: HTTP.Request,
        form: FormParameters
    ) throws(OAuthErrorResponse) -> PresentedCredentials {
        var found: [PresentedCredentials] = []
        let authorizations = request.fields.values(for: .authorization)
        if let authorization = authorizations.first {
            guard authorizations.count == 1, let (id, secret) = basicCredentials(authorization) else {
                throw OAuthErrorResponse(
                    status: 401,
                    code: "invalid_client",
                    description: "the Authorization field does not contain Basic credentials",
                    fields: ["WWW-Authenticate": "Basic realm=\"token endpoint\""]
                )
            }
            found.append(.basic(id: id, secret: secret))
        }
        if let secret = form["client_secret"] { found.append(.secret(secret)) }
        if let assertion = form["client_assertion"] {
            guard form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" else {
                throw .invalidRequest("client_assertion_type is not jwt-bearer")
            }
            guard let token = SignedToken(assertion) else { throw .invalidClient("the assertion is not a compact JWT") }
            found.append(.assertion(token))
        }
        // RFC 6749 section 2.3: one method per request.
        guard found.count <= 1 else { throw .invalidRequest("the request uses more than one authentication method") }
        return found.first ?? .nothing
    }

    /// Parses `Basic` credentials (RFC 7617 section 2), without decoding ID and secret.
    private static func basicCredentials(_ field: String) -> (id: [UInt8], secret: [UInt8])? {
        let parts = field.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "basic" else { return nil }
        // The standard base64 alphabet, padded to a multiple of four.
        let text = parts[1].utf8
        let padding = text.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard text.count % 4 == 0, padding <= 2,
            !text.contains(where: { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") })
        else { return nil }
        let digits = text.dropLast(padding).map { digit in
            switch digit {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: digit
            }
        }
        guard let bytes = Base64URLText.decode(String(decoding: digits, as: UTF8.self)),
            let colon = bytes.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return (Array(bytes[..<colon]), Array(bytes[(colon + 1)...]))
    }

    /// Validates the claims of an assertion (RFC 7523 section 3) and returns an error message; nil if they are valid.
    private func validationError(of token: SignedToken, client: Client, at endpoint: String) -> String? {
        let configuration = configuration
        let now = time()
        let window = configuration.proofWindow.seconds
        guard token.claims["iss"]?.string == client.id, token.claims["sub"]?.string == client.id else {
            return "iss and sub are not both the client id"
        }
        let audience: [String] =
            switch token.claims["aud"] {
            case .string(let one): [one]
            case .array(let several): several.compactMap(\.string)
            default: []
            }
        let accepted: [String] =
            switch configuration.assertionAudience {
            case .issuer: [issuer]
            // RFC 9126 section 2: the URL of the called endpoint is valid too.
            case .tokenEndpoint: [url(of: .token), endpoint]
            case .issuerOrTokenEndpoint: [issuer, url(of: .token), endpoint]
            }
        guard audience.contains(where: accepted.contains) else { return "aud is not this server" }
        guard let expiry = token.claims["exp"]?.seconds else { return "exp is missing" }
        guard expiry > now else { return "the assertion expired" }
        for name in ["iat", "nbf"] {
            guard let value = token.claims[name] else { continue }
            guard let time = value.seconds, time <= now + window else { return "\(name) is in the future" }
        }
        guard let identifier = token.claims["jti"]?.string, !identifier.isEmpty else { return "jti is missing" }
        let isNew = state.withLock {
            $0.assertions.insert(client.id + " " + identifier, until: expiry, now: now)
        }
        return isNew ? nil : "jti was already used"
    }
}

extension FakeAuthorizationServer.Configuration {
    /// Returns the methods that ``metadata`` lists for the introspection or revocation endpoint (RFC 8414 section 2).
    fileprivate func authenticationMethods(at endpoint: FakeAuthorizationServer.Endpoint) -> [String]? {
        guard endpoint == .revocation || endpoint == .introspection,
            case .array(let methods) = metadata["\(endpoint.rawValue)_endpoint_auth_methods_supported"]
        else { return nil }
        return methods.compactMap(\.string)
    }
}

extension FakeAuthorizationServer.ClientAuthentication {
    /// Returns this method, or another one for the same secret if a list contains only that.
    fileprivate func supported(by methods: [String]?) -> FakeAuthorizationServer.ClientAuthentication {
        let secret: String
        switch self {
        case .clientSecretBasic(let own, _), .clientSecretPost(let own), .clientSecretJWT(let own): secret = own
        case .none, .privateKeyJWT: return self
        }
        guard let methods, !methods.contains(method) else { return self }
        let others: [FakeAuthorizationServer.ClientAuthentication] = [
            .clientSecretBasic(secret: secret), .clientSecretPost(secret: secret), .clientSecretJWT(secret: secret),
        ]
        return others.first { methods.contains($0.method) } ?? self
    }
}
