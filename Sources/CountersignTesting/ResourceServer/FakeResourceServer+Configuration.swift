public import CountersignCrypto

extension FakeResourceServer {
    /// What a test may set, at any time.
    public struct Configuration: Sendable {
        /// What a refusal says in `WWW-Authenticate`.
        public enum Challenges: Sendable, Hashable {
            /// The scheme that was used, with the error (RFC 6750, RFC 9449); both when there was none.
            case standard
            /// Always `Bearer`, as some servers do on resources that take DPoP.
            case bearerOnly
            /// Nothing.
            case none
        }

        /// Whether tokens are taken under the scheme `Bearer`.
        public var acceptsBearer = true
        /// Whether tokens are taken under the scheme `DPoP`.
        public var acceptsDPoP = true
        /// What a token's audience must contain; nil: its audience does not matter.
        public var audience: String?
        /// Scopes that every protected route demands besides its own.
        public var scopes: Set<String> = []
        /// Nonces in the proofs sent here; they are not those of the authorization server.
        public var nonces: NoncePolicy = .none
        /// How far the `iat` of a proof may lie from the server's time, either way.
        public var proofWindow: Duration = .seconds(60)
        /// The algorithms that proofs may be signed with.
        public var proofAlgorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases)
        /// What a refusal says.
        public var challenges: Challenges = .standard
        /// What the server's calendar is ahead of the clock's at the moment the server was made.
        public var clockOffset: Duration = .zero

        /// Both schemes, without nonces and without demands on audience or scopes.
        public init() {}
    }
}
