public import CountersignCrypto

/// What a client authenticates with at an authorization server: its identifier, and a secret, a key or neither.
///
/// The schema says *how* it authenticates (``ClientAuthentication``); this says *with what*.
///
/// ```swift
/// let byName = ClientCredentials.secret(id: "worker", .environment("CATALOG_SECRET"))
/// let byKey = ClientCredentials.privateKey(id: "worker", try SigningKey(pem: pem), keyID: "2026-01")
/// let elsewhere = byName.issuer("https://login.staging.example.com")
/// ```
public struct ClientCredentials: Sendable {
    /// What a ``assertion(id:_:)`` provider is told.
    public struct AssertionRequest: Sendable {
        /// The client's identifier: `iss` and `sub` of the assertion.
        public let clientID: String
        /// What the assertion is for: its `aud`.
        public let audience: String
    }

    /// Makes a client assertion (RFC 7523): a new one each time that it is asked.
    public typealias AssertionProvider = @Sendable (AssertionRequest) async throws -> String

    /// The `aud` of the client assertions that are made here.
    public enum AssertionAudience: Sendable, Hashable {
        /// The issuer where it is known, else the token endpoint. What new servers want.
        case issuer
        /// The token endpoint's URL. What RFC 7523 suggested first, and older servers insist on.
        case tokenEndpoint
    }

    /// How identifier and secret are written into the `Authorization` field.
    public enum BasicEncoding: Sendable, Hashable {
        /// Form-encoded first, as RFC 6749 section 2.3.1 demands.
        case formEncoded
        /// As they are, for servers that do not decode.
        case raw
    }

    enum Proof: Sendable {
        case none
        case secret(Secret)
        case key(SigningKey, keyID: String?)
        case provider(AssertionProvider)
    }

    /// The client's identifier at the authorization server.
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

    /// A client with a secret: for `client_secret_basic`, `client_secret_post` and `client_secret_jwt`.
    public static func secret(id: String, _ secret: Secret) -> ClientCredentials {
        ClientCredentials(clientID: id, proof: .secret(secret))
    }

    /// A client with a private key: for `private_key_jwt`.
    ///
    /// - Parameters:
    ///   - id: The client identifier.
    ///   - key: The private key.
    ///   - keyID: The `kid` under which the server knows the public key.
    public static func privateKey(id: String, _ key: SigningKey, keyID: String? = nil) -> ClientCredentials {
        ClientCredentials(clientID: id, proof: .key(key, keyID: keyID))
    }

    /// A client whose assertions are made elsewhere, by a key service or a platform's workload identity.
    public static func assertion(id: String, _ provider: @escaping AssertionProvider) -> ClientCredentials {
        ClientCredentials(clientID: id, proof: .provider(provider))
    }

    /// A client that only says who it is: for ``ClientAuthentication/none``.
    public static func publicClient(id: String) -> ClientCredentials {
        ClientCredentials(clientID: id, proof: .none)
    }

    /// These credentials at another authorization server than the schema's.
    public func issuer(_ issuer: String) -> ClientCredentials {
        with { $0.server = .issuer(issuer) }
    }

    /// These credentials at another token endpoint than the schema's.
    public func tokenEndpoint(_ url: String) -> ClientCredentials {
        with { $0.server = .tokenEndpoint(url) }
    }

    /// These credentials, with assertions made for another audience.
    public func assertionAudience(_ audience: AssertionAudience) -> ClientCredentials {
        with { $0.assertionAudience = audience }
    }

    /// These credentials, with another encoding in the `Authorization` field.
    public func basicEncoding(_ encoding: BasicEncoding) -> ClientCredentials {
        with { $0.basicEncoding = encoding }
    }

    /// These credentials, with tokens bound to a key of one's own instead of the runtime's.
    public func dpopKey(_ key: DPoPKey) -> ClientCredentials {
        with { $0.dpopKey = key }
    }

    /// How a client with these credentials authenticates unless something else is said.
    package var usualAuthentication: ClientAuthentication {
        switch proof {
        case .none: .none
        case .secret: .clientSecretBasic
        case .key, .provider: .privateKeyJWT
        }
    }

    private func with(_ change: (inout ClientCredentials) -> Void) -> ClientCredentials {
        var copy = self
        change(&copy)
        return copy
    }
}

/// Where tokens are asked for.
package enum AuthorizationServer: Sendable, Hashable {
    /// An issuer, whose metadata says where its endpoints are (RFC 8414).
    case issuer(String)
    /// A token endpoint that is known.
    case tokenEndpoint(String)
}

extension ClientCredentials {
    /// Adds what tells these credentials from others.
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
            // Two providers of one client vouch for the same client: they share its tokens.
            identity.add("provider")
        }
        identity.add(assertionAudience == .issuer ? "issuer" : "endpoint")
        identity.add(basicEncoding == .raw ? "raw" : "form")
    }
}
