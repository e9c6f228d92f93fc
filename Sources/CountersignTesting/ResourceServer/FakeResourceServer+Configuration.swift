public import CountersignCrypto

extension FakeResourceServer {
    /// The configuration of a resource server, which a test can change at any time.
    public struct Configuration: Sendable {
        /// The `WWW-Authenticate` header fields of error responses.
        public enum Challenges: Sendable, Hashable {
            /// A challenge for the scheme of the request, with the error (RFC 6750, RFC 9449); for both schemes if the
            /// request has no credentials.
            case standard
            /// Always `Bearer`, as some servers do for resources that accept DPoP.
            case bearerOnly
            /// No challenge.
            case none
        }

        /// Indicates whether the server accepts tokens with the scheme `Bearer`.
        public var acceptsBearer = true
        /// Indicates whether the server accepts tokens with the scheme `DPoP`.
        public var acceptsDPoP = true
        /// The required audience of tokens; nil accepts any audience.
        public var audience: String?
        /// The scopes that every protected route requires in addition to its own.
        public var scopes: Set<String> = []
        /// The nonces in proofs for this server; they are independent of the authorization server's.
        public var nonces: NoncePolicy = .none
        /// The largest difference between the `iat` of a proof and the server's time, in either direction.
        public var proofWindow: Duration = .seconds(60)
        /// The signature algorithms accepted in proofs.
        public var proofAlgorithms: Set<SignatureAlgorithm> = Set(SignatureAlgorithm.allCases)
        /// The challenges of error responses.
        public var challenges: Challenges = .standard
        /// The error of the server's calendar: positive if it is ahead of the clock it was created with.
        public var clockOffset: Duration = .zero

        /// Creates a configuration with both schemes, without nonces and without a required audience or scope.
        public init() {}
    }
}
