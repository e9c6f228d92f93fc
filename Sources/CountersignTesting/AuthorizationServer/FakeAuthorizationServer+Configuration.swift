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
            /// The address of the token endpoint only.
            case tokenEndpoint
            /// Either.
            case issuerOrTokenEndpoint
        }

        /// How long tokens live; nil: without `expires_in`, until they are revoked.
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

        /// Bearer and bound JWTs of an hour, without nonces.
        public init() {}
    }
}
