extension FakeAuthorizationServer {
    /// A client, as it is registered at the server.
    public struct Client: Sendable {
        /// The `client_id`.
        public var id: String
        /// How it must authenticate; any other way is refused.
        public var authentication: ClientAuthentication
        /// What it may be granted; all of it when a request names no scope.
        public var scopes: Set<String>
        /// The grants that it may use, by their `grant_type`.
        public var grantTypes: Set<String>
        /// The resources and audiences that it may ask for; nil: any.
        public var targets: Set<String>?
        /// Whether its token requests must carry a DPoP proof (RFC 9449 section 5.2).
        public var requiresDPoP: Bool
        /// The `aud` of its tokens when a request names none.
        public var audience: [String]

        /// A registration.
        public init(
            id: String,
            authentication: ClientAuthentication,
            scopes: Set<String> = [],
            grantTypes: Set<String> = ["client_credentials"],
            targets: Set<String>? = nil,
            requiresDPoP: Bool = false,
            audience: [String] = []
        ) {
            self.id = id
            self.authentication = authentication
            self.scopes = scopes
            self.grantTypes = grantTypes
            self.targets = targets
            self.requiresDPoP = requiresDPoP
            self.audience = audience
        }
    }

    /// How a client proves who it is (RFC 6749 section 2.3, OpenID Connect Core section 9).
    ///
    /// It prints without secrets.
    public enum ClientAuthentication: Sendable, CustomStringConvertible, CustomReflectable {
        /// A public client: only `client_id`.
        case none
        /// Id and secret in the `Authorization` field. Both are form-encoded first, as RFC 6749 section 2.3.1 demands,
        /// unless the server is one of those that take them raw.
        case clientSecretBasic(secret: String, formEncoded: Bool = true)
        /// Id and secret in the body.
        case clientSecretPost(secret: String)
        /// An assertion authenticated with the secret (HS256).
        case clientSecretJWT(secret: String)
        /// An assertion signed with the private half of one of these keys (RFC 7523).
        case privateKeyJWT(keys: [PublicKey])

        /// The method's registered name (RFC 7591 section 2).
        public var method: String {
            switch self {
            case .none: "none"
            case .clientSecretBasic: "client_secret_basic"
            case .clientSecretPost: "client_secret_post"
            case .clientSecretJWT: "client_secret_jwt"
            case .privateKeyJWT: "private_key_jwt"
            }
        }

        /// The method's name.
        public var description: String { method }

        /// Only the method's name, so that `dump` shows no secret.
        public var customMirror: Mirror { Mirror(reflecting: method) }
    }
}
