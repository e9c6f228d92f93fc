import Countersign
import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON

/// The verifier of DPoP proofs of one server, with every check of RFC 9449 section 4.3.
///
/// It stores the identifiers (`jti`) and nonces of that server. It shares no code with the runtime's proof generation.
final class ProofVerifier: Sendable {
    /// A valid proof.
    struct Proof: Sendable, Hashable {
        /// The thumbprint of the key (RFC 7638).
        var thumbprint: String
        var claims: JSONValue.Members
    }

    enum ProofError: Error, Sendable, Hashable {
        /// `invalid_dpop_proof`, with a description.
        case invalid(String)
        /// `use_dpop_nonce`, with the nonce to use.
        case nonceRequired(String)
    }

    struct Rules: Sendable {
        var nonces: NoncePolicy
        /// The largest difference between `iat` and the server's time, in either direction.
        var window: Duration
        var algorithms: Set<SignatureAlgorithm>
    }

    private struct State {
        var used = ReplayCache()
        var nonces: NonceSource
    }

    private let state: Locked<State>

    init(noncePrefix: String) {
        state = Locked(State(nonces: NonceSource(prefix: noncePrefix)))
    }

    /// Verifies the proof of a request.
    ///
    /// - Parameters:
    ///   - request: The request as received.
    ///   - accessToken: The access token of the request; nil at a token endpoint.
    ///   - rules: The rules of this server.
    ///   - time: The server's calendar time, in seconds since 1970.
    func verify(
        _ request: HTTP.Request,
        accessToken: String?,
        rules: Rules,
        time: Double
    ) throws(ProofError) -> Proof {
        // Section 4.3, points 1 and 2: exactly one field, a well-formed JWT.
        let values = request.fields.values(for: .dpop)
        guard let compact = values.first, values.count == 1 else {
            throw .invalid(values.isEmpty ? "the DPoP proof is missing" : "\(values.count) DPoP proofs instead of one")
        }
        guard let token = SignedToken(compact) else { throw .invalid("the proof is not a compact JWT") }
        let thumbprint = try Self.verifySignature(of: token, algorithms: rules.algorithms)

        // Points 8 to 12.
        guard token.claims["htm"]?.string == request.method.rawValue else {
            throw .invalid("'htm' does not match the method \(request.method)")
        }
        guard token.claims["htu"]?.string == request.url.withoutQuery else {
            throw .invalid("'htu' does not match \(request.url.withoutQuery)")
        }
        if let accessToken {
            guard token.claims["ath"]?.string == Base64URLText.encode(SHA2.sha256(accessToken.utf8)) else {
                throw .invalid("'ath' does not match the access token")
            }
        } else if token.claims["ath"] != nil {
            throw .invalid("'ath' is present, but the request carries no access token")
        }
        guard let identifier = token.claims["jti"]?.string, !identifier.isEmpty, identifier.utf8.count <= 1024 else {
            throw .invalid("'jti' is missing, empty or too long")
        }
        guard let issuedAt = token.claims["iat"]?.seconds else { throw .invalid("'iat' is missing or not a number") }
        let window = rules.window.seconds

        return try state.withLock { state throws(ProofError) in
            if rules.nonces.isRequired {
                guard let nonce = token.claims["nonce"]?.string, state.nonces.accepts(nonce, under: rules.nonces) else {
                    throw .nonceRequired(state.nonces.current())
                }
            }
            guard abs(issuedAt - time) <= window else {
                throw .invalid("'iat' is \(issuedAt < time ? "too old" : "in the future")")
            }
            guard state.used.insert(thumbprint + " " + identifier, until: issuedAt + window, now: time) else {
                throw .invalid("'jti' was already used")
            }
            state.nonces.use(under: rules.nonces)
            return Proof(thumbprint: thumbprint, claims: token.claims)
        }
    }

    /// Returns the nonce to send to clients; nil if the policy requires none.
    func announcedNonce(under policy: NoncePolicy) -> String? {
        policy.isRequired ? state.withLock { $0.nonces.current() } : nil
    }

    func rotateNonce() {
        state.withLock { $0.nonces.rotate() }
    }

    /// Checks type, algorithm, key and signature (points 4 to 7) and returns the key's thumbprint.
    private static func verifySignature(
        of token: SignedToken,
        algorithms: Set<SignatureAlgorithm>
    ) throws(ProofError) -> String {
        guard token.header["typ"]?.string == "dpop+jwt" else { throw .invalid("'typ' is not dpop+jwt") }
        guard let algorithm = token.signatureAlgorithm, algorithms.contains(algorithm) else {
            throw .invalid("'alg' is missing or not supported")
        }
        guard case .object(let members) = token.header["jwk"] else { throw .invalid("'jwk' is missing") }
        let key: PublicKey
        do throws(PublicKeyError) {
            key = try PublicKey(members: members)
        } catch {
            throw .invalid("'jwk' is not a valid public key: \(error.message)")
        }
        guard token.isSigned(by: key.key) else { throw .invalid("the signature was not made with 'jwk'") }
        return key.thumbprint
    }
}
