import CountersignJSON

extension FakeAuthorizationServer {
    /// The registration of a client.
    public struct Client: Sendable {
        /// The `client_id`.
        public var id: String
        /// The client authentication method; any other method is rejected.
        public var authentication: ClientAuthentication
        /// The scopes that may be granted; a request without scopes is granted all of them.
        public var scopes: Set<String>
        /// The grant types that the client may use.
        public var grantTypes: Set<GrantType>
        /// The resources and audiences that the client may request; nil allows any.
        public var targets: Set<String>?
        /// Indicates whether token requests require a DPoP proof (RFC 9449 section 5.2).
        public var requiresDPoP: Bool
        /// The audience of tokens whose request names no resource or audience.
        public var audience: [String]
        /// The redirect URIs for sign-in.
        ///
        /// They are compared character by character (RFC 9700 section 2.1). A loopback URI without a port, such as
        /// `http://127.0.0.1/callback`, matches every port (RFC 8252 section 7.3).
        public var redirectURIs: Set<String>
        /// The redirect URIs for sign-out, compared like ``redirectURIs``.
        public var postLogoutRedirectURIs: Set<String>
        /// Indicates whether the client must push its authorization requests (RFC 9126 section 6).
        public var requiresPushedAuthorizationRequests: Bool

        /// Creates a registration.
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

        /// Returns whether a URI is a registered redirect URI for sign-in.
        func accepts(redirectURI: String) -> Bool {
            Self.contains(redirectURIs, redirectURI)
        }

        /// Returns whether a URI is a registered redirect URI for sign-out.
        func accepts(postLogoutRedirectURI: String) -> Bool {
            Self.contains(postLogoutRedirectURIs, postLogoutRedirectURI)
        }

        private static func contains(_ registered: Set<String>, _ uri: String) -> Bool {
            if registered.containsBytes(of: uri) { return true }
            for origin in ["http://127.0.0.1", "http://[::1]"] where uri.hasPrefix(origin + ":") {
                let rest = uri.dropFirst(origin.count + 1)
                let digits = rest.prefix { $0.isASCII && $0.isNumber }
                if UInt16(digits) != nil, registered.containsBytes(of: origin + rest.dropFirst(digits.count)) {
                    return true
                }
            }
            return false
        }
    }

    /// A client authentication method (RFC 6749 section 2.3, OpenID Connect Core section 9).
    ///
    /// The description does not contain secrets.
    public enum ClientAuthentication: Sendable, CustomStringConvertible, CustomReflectable {
        /// A public client, which sends only its `client_id`.
        case none
        /// Client ID and secret in the `Authorization` field.
        ///
        /// Both are form-encoded as RFC 6749 section 2.3.1 requires, unless `formEncoded` is false, as some servers do.
        case clientSecretBasic(secret: String, formEncoded: Bool = true)
        /// Client ID and secret in the body.
        case clientSecretPost(secret: String)
        /// An assertion authenticated with the secret (HS256).
        case clientSecretJWT(secret: String)
        /// An assertion signed with the private half of one of these keys (RFC 7523).
        case privateKeyJWT(keys: [PublicKey])

        /// The registered name of the method (RFC 7591 section 2).
        public var method: String {
            switch self {
            case .none: "none"
            case .clientSecretBasic: "client_secret_basic"
            case .clientSecretPost: "client_secret_post"
            case .clientSecretJWT: "client_secret_jwt"
            case .privateKeyJWT: "private_key_jwt"
            }
        }

        /// The name of the method.
        public var description: String { method }

        /// Only the name of the method, so that `dump` shows no secret.
        public var customMirror: Mirror { Mirror(reflecting: method) }
    }
}
