public import CountersignCrypto
@_spi(Generated) public import CountersignJSON

extension FakeAuthorizationServer {
    /// The configuration of an authorization server, which a test can change at any time.
    public struct Configuration: Sendable {
        /// The format of access tokens.
        public enum TokenFormat: Sendable, Hashable {
            /// A signed JWT (RFC 9068), with `cnf.jkt` if it is bound to a key.
            case jwt
            /// A random text.
            case opaque
        }

        /// The required audience of client assertions (RFC 7523 section 3).
        public enum AssertionAudience: Sendable, Hashable {
            /// Only the issuer identifier.
            case issuer
            /// The URL of the token endpoint, or of the endpoint that receives the assertion.
            case tokenEndpoint
            /// Either of them.
            case issuerOrTokenEndpoint
        }

        /// The handling of used refresh tokens (RFC 9700 section 4.14).
        public enum RefreshTokenRotation: Sendable, Hashable {
            /// A refresh token stays valid; a refresh returns no new one.
            case none
            /// A refresh returns a new refresh token and invalidates the used one.
            case rotating
            /// Like ``rotating``, and reuse of an old refresh token revokes its family: see
            /// ``FakeAuthorizationServer/reuseDetections``.
            case strict
        }

        /// The clients that must use PKCE (RFC 7636); the method is always S256.
        public enum CodeChallenge: Sendable, Hashable {
            /// All clients.
            case required
            /// Clients that do not authenticate.
            case requiredForPublicClients
            /// No client; a challenge that is sent is verified.
            case optional
        }

        /// The support for pushed authorization requests (RFC 9126).
        public enum PushedAuthorizationRequests: Sendable, Hashable {
            /// The server has no such endpoint.
            case none
            /// Clients may push authorization requests.
            case offered
            /// Clients must push authorization requests.
            case required
        }

        /// The lifetime of access tokens; nil omits `expires_in`, and tokens are valid until they are revoked.
        public var tokenLifetime: Duration? = .seconds(3600)
        /// The format of access tokens.
        public var tokenFormat: TokenFormat = .jwt
        /// The nonces in proofs at the token endpoint.
        public var nonces: NoncePolicy = .none
        /// The largest difference between the `iat` of a proof or assertion and the server's time, in either direction.
        public var proofWindow: Duration = .seconds(60)
        /// The signature algorithms accepted in proofs.
        public var proofAlgorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases)
        /// The required audience of client assertions.
        public var assertionAudience: AssertionAudience = .issuerOrTokenEndpoint
        /// The error of the server's calendar: positive if it is ahead of the clock it was created with.
        public var clockOffset: Duration = .zero
        /// Members that replace those of the metadata; `null` removes a member.
        ///
        /// If a list in `revocation_endpoint_auth_methods_supported` or `introspection_endpoint_auth_methods_supported`
        /// does not contain the method of a client with a secret, that endpoint requires a method of the list.
        public var metadata: [String: JSONValue] = [:]

        /// The clients that must use PKCE.
        public var codeChallenge: CodeChallenge = .requiredForPublicClients
        /// The support for pushed authorization requests.
        public var pushedAuthorizationRequests: PushedAuthorizationRequests = .offered
        /// The lifetime of a `request_uri`.
        public var pushedRequestLifetime: Duration = .seconds(60)
        /// Indicates whether authorization responses contain `iss` and the metadata announces it (RFC 9207).
        public var sendsIssuerParameter = true
        /// The lifetime of authorization codes.
        public var codeLifetime: Duration = .seconds(60)

        /// The handling of used refresh tokens.
        public var refreshTokenRotation: RefreshTokenRotation = .strict
        /// The time during which a rotated refresh token can be used once more, as real servers allow for lost responses.
        ///
        /// Such a request returns another refresh token of the same family and does not count as reuse.
        public var refreshTokenOverlap: Duration = .zero
        /// The lifetime of a family of refresh tokens from sign-in; nil: until it is revoked.
        public var refreshTokenLifetime: Duration?
        /// Indicates whether refresh tokens require the scope `offline_access` (OpenID Connect Core section 11).
        ///
        /// In any case, the client must be allowed to use the grant ``FakeAuthorizationServer/GrantType/refreshToken``.
        public var requiresOfflineAccess = false
        /// Indicates whether a request without the required DPoP nonce uses up its code or refresh token.
        ///
        /// Servers that implement RFC 9449 section 8 incorrectly do this; the client loses its grant.
        public var consumesGrantBeforeNonce = false

        /// The lifetime of device codes.
        public var deviceCodeLifetime: Duration = .seconds(600)
        /// The minimum time between two polls of a device; an earlier poll is rejected with `slow_down`.
        public var devicePollInterval: Duration = .seconds(5)

        /// The signature algorithm of ID tokens.
        public var idTokenAlgorithm: SignatureAlgorithm = .es256
        /// The lifetime of ID tokens.
        public var idTokenLifetime: Duration = .seconds(300)
        /// Indicates whether ID tokens contain the claims about the user in addition to `sub`; userinfo always does.
        public var idTokenHoldsUserClaims = true
        /// Indicates whether a refresh also returns an ID token.
        public var idTokenOnRefresh = true
        /// Edits the claims of every ID token before it is signed; ``Fault/editingIDToken(_:)`` edits a single one.
        public var idTokenClaims: (@Sendable (inout [String: JSONValue]) -> Void)?
        /// Replaces the signed text of every ID token.
        public var rawIDToken: (@Sendable (String) -> String)?

        /// Creates a configuration with JWT access tokens that are valid for an hour, without nonces.
        public init() {}
    }
}
