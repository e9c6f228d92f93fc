public import CountersignCrypto

/// The credentials of a client at an authorization server: its identifier, and a secret, a key or neither.
///
/// The schema declares the method of authentication (``ClientAuthentication``).
///
/// ```swift
/// let byName = ClientCredentials.secret(id: "worker", .environment("CATALOG_SECRET"))
/// let byKey = ClientCredentials.privateKey(id: "worker", try SigningKey(pem: pem), keyID: "2026-01")
/// let elsewhere = byName.issuer("https://login.staging.example.com")
/// ```
public struct ClientCredentials: Sendable {
    /// A request for a client assertion from the provider of ``assertion(id:_:)``.
    public struct AssertionRequest: Sendable {
        /// The client identifier: `iss` and `sub` of the assertion.
        public let clientID: String
        /// The audience of the assertion: its `aud`.
        public let audience: String
    }

    /// A closure that returns a new client assertion (RFC 7523) for each request.
    public typealias AssertionProvider = @Sendable (AssertionRequest) async throws -> String

    /// The `aud` of client assertions.
    public enum AssertionAudience: Sendable, Hashable {
        /// The issuer if it is known, otherwise the token endpoint. Current servers expect it.
        case issuer
        /// The URL of the token endpoint. RFC 7523 suggested it originally, and many servers require it.
        case tokenEndpoint
    }

    /// The encoding of the client identifier and the secret in the `Authorization` field.
    public enum BasicEncoding: Sendable, Hashable {
        /// Form-encoded, as RFC 6749 section 2.3.1 requires.
        case formEncoded
        /// Not encoded, for servers that do not decode them.
        case raw
    }

    enum Proof: Sendable {
        case none
        case secret(SecretValue)
        case key(SigningKey, keyID: String?)
        case provider(AssertionProvider)
    }

    /// The client identifier.
    public let clientID: String
    let proof: Proof
    package private(set) var server: AuthorizationServer?
    private(set) var assertionAudience = AssertionAudience.issuer
    private(set) var basicEncoding = BasicEncoding.formEncoded
    package private(set) var dpopKey: DPoPKey?

    private init(clientID: String, proof: Proof) {
        self.clientID = clientID
        self.proof = proof
    }

    /// Creates the credentials of a client with a secret, for `client_secret_basic`, `client_secret_post` and
    /// `client_secret_jwt`.
    public static func secret(id: String, _ secret: SecretValue) -> ClientCredentials {
        ClientCredentials(clientID: id, proof: .secret(secret))
    }

    /// Creates the credentials of a client with a private key, for `private_key_jwt`.
    ///
    /// - Parameters:
    ///   - id: The client identifier.
    ///   - key: The private key.
    ///   - keyID: The `kid` of the public key at the server.
    public static func privateKey(id: String, _ key: SigningKey, keyID: String? = nil) -> ClientCredentials {
        ClientCredentials(clientID: id, proof: .key(key, keyID: keyID))
    }

    /// Creates the credentials of a client whose assertions come from elsewhere, such as a key service or the workload
    /// identity of a platform.
    public static func assertion(id: String, _ provider: @escaping AssertionProvider) -> ClientCredentials {
        ClientCredentials(clientID: id, proof: .provider(provider))
    }

    /// Creates the credentials of a public client, for ``ClientAuthentication/none``.
    public static func publicClient(id: String) -> ClientCredentials {
        ClientCredentials(clientID: id, proof: .none)
    }

    /// Returns these credentials with an issuer that replaces the schema's authorization server.
    ///
    /// - Parameters:
    ///   - issuer: The issuer, exactly as its metadata names it.
    ///   - endpointOrigins: The origins (`https://host`) at which this issuer has endpoints besides its own origin. Those
    ///     of the schema apply only to the schema's issuer.
    public func issuer(_ issuer: String, endpointOrigins: Set<String> = []) -> ClientCredentials {
        with { $0.server = .issuer(TrustedIssuer(issuer, endpointOrigins: endpointOrigins)) }
    }

    /// Returns these credentials with a token endpoint that replaces the schema's authorization server.
    public func tokenEndpoint(_ url: String) -> ClientCredentials {
        with { $0.server = .tokenEndpoint(url) }
    }

    /// Returns these credentials with another audience of client assertions.
    ///
    /// Many servers accept only the URL of their token endpoint, and reject other assertions with `invalid_client`.
    ///
    /// ```swift
    /// let credentials = ClientCredentials.privateKey(id: "worker", key).assertionAudience(.tokenEndpoint)
    /// ```
    public func assertionAudience(_ audience: AssertionAudience) -> ClientCredentials {
        with { $0.assertionAudience = audience }
    }

    /// Returns these credentials with another encoding in the `Authorization` field.
    public func basicEncoding(_ encoding: BasicEncoding) -> ClientCredentials {
        with { $0.basicEncoding = encoding }
    }

    /// Returns these credentials with their own DPoP key instead of the runtime's.
    public func dpopKey(_ key: DPoPKey) -> ClientCredentials {
        with { $0.dpopKey = key }
    }

    /// The default authentication method for these credentials.
    package var usualAuthentication: ClientAuthentication {
        switch proof {
        case .none: .none
        case .secret: .clientSecretBasic
        case .key, .provider: .privateKeyJWT
        }
    }

    /// The authentication methods for these credentials, in order of preference.
    private var methods: [ClientAuthentication] {
        switch proof {
        case .none: [.none]
        case .secret: [.clientSecretBasic, .clientSecretPost, .clientSecretJWT]
        case .key: [.privateKeyJWT]
        case .provider: [.privateKeyJWT, .clientSecretJWT]
        }
    }

    /// Returns the authentication method for an endpoint (P67).
    ///
    /// Without a configured method, the default is used unless the metadata lists only others. Revocation and introspection
    /// can have lists of their own. A secret that is configured to authenticate assertions is never sent itself.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint that a request is sent to.
    ///   - configured: The configured method for the token endpoint; nil if there is none.
    ///   - metadata: The metadata of the server.
    func authentication(
        at endpoint: TokenEndpointRequest.Endpoint,
        configured: ClientAuthentication?,
        _ metadata: AuthorizationServerMetadata
    ) -> ClientAuthentication {
        func supported(by list: String, _ usual: ClientAuthentication, or others: [ClientAuthentication])
            -> ClientAuthentication
        {
            guard let names = metadata.list(list) else { return usual }
            return ([usual] + others).first { names.contains($0.rawValue) } ?? usual
        }
        let method =
            configured ?? supported(by: "token_endpoint_auth_methods_supported", usualAuthentication, or: methods)
        let others: [ClientAuthentication] =
            switch configured {
            case nil, .clientSecretBasic, .clientSecretPost: methods
            case .clientSecretJWT, .privateKeyJWT, .some(.none): []
            }
        switch endpoint {
        case .introspection:
            return supported(by: "introspection_endpoint_auth_methods_supported", method, or: others)
        case .revocation:
            return supported(by: "revocation_endpoint_auth_methods_supported", method, or: others)
        // RFC 9126 section 2 and RFC 8628 section 3.1: these endpoints authenticate clients as the token endpoint does.
        case .token, .pushedAuthorization, .deviceAuthorization:
            return method
        }
    }

    private func with(_ change: (inout ClientCredentials) -> Void) -> ClientCredentials {
        var copy = self
        change(&copy)
        return copy
    }
}

/// The authorization server that tokens are requested from.
package enum AuthorizationServer: Sendable, Hashable {
    /// An issuer, whose metadata names its endpoints (RFC 8414).
    case issuer(TrustedIssuer)
    /// The URL of a token endpoint.
    case tokenEndpoint(String)
}

extension ClientCredentials {
    /// Adds the properties of these credentials to the identity of a token.
    func add(to identity: inout TokenIdentity, key: [UInt8]) throws(TokenError) {
        identity.add(clientID)
        switch proof {
        case .none:
            identity.add("none")
        case .secret(let secret):
            identity.add("secret")
            identity.add(secret: try secret.reveal(), key: key)
        case .key(let key, let keyID):
            identity.add("key")
            identity.add(JSONWebKey(key.publicKey).thumbprint)
            identity.add(keyID)
        case .provider:
            // All providers authenticate the same client, so they share its tokens.
            identity.add("provider")
        }
        identity.add(assertionAudience == .issuer ? "issuer" : "endpoint")
        identity.add(basicEncoding == .raw ? "raw" : "form")
    }
}
