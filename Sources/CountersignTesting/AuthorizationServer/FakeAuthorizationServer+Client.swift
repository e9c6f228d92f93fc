extension FakeAuthorizationServer {
    /// A client, as it is registered at the server.
    public struct Client: Sendable {
        /// The `client_id`.
        public var id: String
        /// How it must authenticate; any other way is refused.
        public var authentication: ClientAuthentication
        /// What it may be granted; all of it when a request names no scope.
        public var scopes: Set<String>
        /// The grants that it may use.
        public var grantTypes: Set<GrantType>
        /// The resources and audiences that it may ask for; nil: any.
        public var targets: Set<String>?
        /// Whether its token requests must carry a DPoP proof (RFC 9449 section 5.2).
        public var requiresDPoP: Bool
        /// The `aud` of its tokens when a request names none.
        public var audience: [String]
        /// Where its users may come back to after they signed in.
        ///
        /// Compared character by character (RFC 9700 section 2.1), except that one at a loopback address without a
        /// port, such as `http://127.0.0.1/callback`, stands for every port (RFC 8252 section 7.3).
        public var redirectURIs: Set<String>
        /// Where its users may come back to after they signed out, compared as ``redirectURIs`` are.
        public var postLogoutRedirectURIs: Set<String>
        /// Whether it must push its authorization requests (RFC 9126 section 6).
        public var requiresPushedAuthorizationRequests: Bool

        /// A registration.
        public init(
            id: String,
            authentication: ClientAuthentication,
            scopes: Set<String> = [],
            grantTypes: Set<GrantType> = [.clientCredentials],
            targets: Set<String>? = nil,
            requiresDPoP: Bool = false,
            audience: [String] = [],
            redirectURIs: Set<String> = [],
            postLogoutRedirectURIs: Set<String> = [],
            requiresPushedAuthorizationRequests: Bool = false
        ) {
            self.id = id
            self.authentication = authentication
            self.scopes = scopes
            self.grantTypes = grantTypes
            self.targets = targets
            self.requiresDPoP = requiresDPoP
            self.audience = audience
            self.redirectURIs = redirectURIs
            self.postLogoutRedirectURIs = postLogoutRedirectURIs
            self.requiresPushedAuthorizationRequests = requiresPushedAuthorizationRequests
        }

        /// Whether users may be sent there with a code.
        func accepts(redirectURI: String) -> Bool {
            Self.contains(redirectURIs, redirectURI)
        }

        /// Whether users may be sent there after they signed out.
        func accepts(postLogoutRedirectURI: String) -> Bool {
            Self.contains(postLogoutRedirectURIs, postLogoutRedirectURI)
        }

        private static func contains(_ registered: Set<String>, _ uri: String) -> Bool {
            if registered.contains(uri) { return true }
            for origin in ["http://127.0.0.1", "http://[::1]"] where uri.hasPrefix(origin + ":") {
                let rest = uri.dropFirst(origin.count + 1)
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                if UInt16(digits) != nil, registered.contains(origin + rest.dropFirst(digits.count)) { return true }
            }
            return false
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
