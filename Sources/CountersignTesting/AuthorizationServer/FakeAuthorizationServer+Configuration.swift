public import CountersignCrypto
public import CountersignJSON

extension FakeAuthorizationServer {
    /// What a test may set, at any time.
    public struct Configuration: Sendable {
        /// How an access token is written.
        public enum TokenFormat: Sendable, Hashable {
            /// A signed JWT (RFC 9068), with `cnf.jkt` when it is bound to a key.
            case jwt
            /// A random text.
            case opaque
        }

        /// The audience that a client assertion must have (RFC 7523 section 3).
        public enum AssertionAudience: Sendable, Hashable {
            /// The issuer identifier only.
            case issuer
            /// The address of the token endpoint, or of the endpoint that it is sent to.
            case tokenEndpoint
            /// Either.
            case issuerOrTokenEndpoint
        }

        /// What becomes of a refresh token that was used (RFC 9700 section 4.14).
        public enum RefreshTokenRotation: Sendable, Hashable {
            /// It stays good; the answer holds none.
            case none
            /// The answer holds another, and the used one is refused from then on.
            case rotating
            /// The same, and one that comes a second time ends its whole family: see
            /// ``FakeAuthorizationServer/reuseDetections``.
            case strict
        }

        /// Who must send a PKCE challenge (RFC 7636); the method is always S256.
        public enum CodeChallenge: Sendable, Hashable {
            /// Every client.
            case required
            /// Clients that do not authenticate.
            case requiredForPublicClients
            /// Nobody; one that is sent is checked.
            case optional
        }

        /// Whether authorization requests can be pushed (RFC 9126).
        public enum PushedAuthorizationRequests: Sendable, Hashable {
            /// There is no such endpoint.
            case none
            /// They can.
            case offered
            /// They must.
            case required
        }

        /// How long access tokens live; nil: without `expires_in`, until they are revoked.
        public var tokenLifetime: Duration? = .seconds(3600)
        /// How access tokens are written.
        public var tokenFormat: TokenFormat = .jwt
        /// Nonces at the token endpoint.
        public var nonces: NoncePolicy = .none
        /// How far the `iat` of a proof or an assertion may lie from the server's time, either way.
        public var proofWindow: Duration = .seconds(60)
        /// The algorithms that proofs may be signed with.
        public var proofAlgorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases)
        /// The audience that client assertions must have.
        public var assertionAudience: AssertionAudience = .issuerOrTokenEndpoint
        /// What the server's calendar is ahead of the clock's at the moment the server was made.
        public var clockOffset: Duration = .zero
        /// Members that replace those of the metadata; `null` takes one away.
        public var metadata: [String: JSONValue] = [:]

        /// Who must send a PKCE challenge.
        public var codeChallenge: CodeChallenge = .requiredForPublicClients
        /// Whether authorization requests can, or must, be pushed.
        public var pushedAuthorizationRequests: PushedAuthorizationRequests = .offered
        /// How long a `request_uri` can be used.
        public var pushedRequestLifetime: Duration = .seconds(60)
        /// Whether authorization answers hold `iss`, and the metadata says so (RFC 9207).
        public var sendsIssuerParameter = true
        /// How long an authorization code can be redeemed.
        public var codeLifetime: Duration = .seconds(60)

        /// What becomes of a refresh token that was used.
        public var refreshTokenRotation: RefreshTokenRotation = .strict
        /// How long a rotated refresh token may come once more, as real servers allow for lost answers: then another one
        /// is given in the same family, and no reuse is noted.
        public var refreshTokenOverlap: Duration = .zero
        /// How long a family of refresh tokens lives from sign-in; nil: until it is revoked.
        public var refreshTokenLifetime: Duration?
        /// Whether refresh tokens are only given with the scope `offline_access` (OpenID Connect Core section 11).
        ///
        /// A client must be allowed the grant ``FakeAuthorizationServer/GrantType/refreshToken`` in any case.
        public var requiresOfflineAccess = false
        /// Whether codes and refresh tokens are used up before a missing DPoP nonce is noticed.
        ///
        /// So do servers that implement RFC 9449 section 8 badly: the client loses its grant.
        public var consumesGrantBeforeNonce = false

        /// How long a device code can be redeemed.
        public var deviceCodeLifetime: Duration = .seconds(600)
        /// How much time must lie between two polls of a device; what comes earlier is answered with `slow_down`.
        public var devicePollInterval: Duration = .seconds(5)

        /// What ID tokens are signed with.
        public var idTokenAlgorithm: SignatureAlgorithm = .es256
        /// How long ID tokens live.
        public var idTokenLifetime: Duration = .seconds(300)
        /// Whether ID tokens hold the claims about the user besides `sub`; userinfo holds them in any case.
        public var idTokenHoldsUserClaims = true
        /// Whether a refresh answers with an ID token as well.
        public var idTokenOnRefresh = true
        /// Changes the claims of every ID token before it is signed; ``Fault/editingIDToken(_:)`` changes one.
        public var idTokenClaims: (@Sendable (inout [String: JSONValue]) -> Void)?
        /// What is sent in the place of an ID token, made of it.
        public var rawIDToken: (@Sendable (String) -> String)?

        /// Bearer and bound JWTs of an hour, without nonces.
        public init() {}
    }
}
