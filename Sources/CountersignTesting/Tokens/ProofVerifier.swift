import CountersignCrypto
import CountersignHTTP
import CountersignJSON

/// Checks DPoP proofs as RFC 9449 section 4.3 lists it, and leaves nothing out.
///
/// It keeps the identifiers and nonces of one server. It shares no code with the part of the runtime that makes proofs.
final class ProofVerifier: Sendable {
    /// A proof that passed.
    struct Proof: Sendable, Hashable {
        /// The thumbprint of the key (RFC 7638).
        var thumbprint: String
        var claims: [String: JSONValue]
    }

    /// Why a proof was refused.
    enum Refusal: Error, Sendable, Hashable {
        /// `invalid_dpop_proof`, with what is wrong.
        case invalid(String)
        /// `use_dpop_nonce`, with the nonce to use.
        case nonceNeeded(String)
    }

    struct Rules: Sendable {
        var nonces: NoncePolicy
        /// How far `iat` may lie from the server's time, either way.
        var window: Duration
        var algorithms: Set<SignatureAlgorithm>
    }

    private struct State {
        var used = ReplayMemory()
        var nonces: NonceSource
    }

    private let state: Locked<State>

    init(noncePrefix: String) {
        state = Locked(State(nonces: NonceSource(prefix: noncePrefix)))
    }

    /// Checks the proof of a request.
    ///
    /// - Parameters:
    ///   - request: the request as it came in.
    ///   - accessToken: the token that it carries, nil at a token endpoint.
    ///   - rules: what this server demands.
    ///   - time: the server's calendar time, in seconds.
    func verify(
        _ request: HTTP.Request,
        accessToken: String?,
        rules: Rules,
        time: Double
    ) throws(Refusal) -> Proof {
        // 1: exactly one field. 2: a well-formed JWT.
        let values = request.fields.values(for: .dpop)
        guard let compact = values.first, values.count == 1 else {
            throw .invalid(values.isEmpty ? "there is no DPoP proof" : "there are \(values.count) DPoP proofs")
        }
        guard let token = SignedToken(compact) else { throw .invalid("the proof is not a compact JWT") }
        let thumbprint = try Self.verifySignature(of: token, algorithms: rules.algorithms)

        // 8 to 12
        guard token.claims["htm"]?.string == request.method.rawValue else {
            throw .invalid("“htm” is not the method \(request.method)")
        }
        guard token.claims["htu"]?.string == request.url.withoutQuery else {
            throw .invalid("“htu” is not \(request.url.withoutQuery)")
        }
        if let accessToken {
            guard token.claims["ath"]?.string == Base64URLText.encode(SHA2.sha256(accessToken.utf8)) else {
                throw .invalid("“ath” is not the digest of the access token")
            }
        } else if token.claims["ath"] != nil {
            throw .invalid("“ath” stands in a proof without an access token")
        }
        guard let identifier = token.claims["jti"]?.string, !identifier.isEmpty, identifier.utf8.count <= 1024 else {
            throw .invalid("“jti” is missing, empty or too long")
        }
        guard let issuedAt = token.claims["iat"]?.seconds else { throw .invalid("“iat” is missing or not a number") }
        let window = Double(rules.window.components.seconds) + Double(rules.window.components.attoseconds) / 1e18

        return try state.withLock { state throws(Refusal) in
            if rules.nonces.isRequired {
                guard let nonce = token.claims["nonce"]?.string, state.nonces.accepts(nonce, under: rules.nonces) else {
                    throw .nonceNeeded(state.nonces.current())
                }
            }
            guard abs(issuedAt - time) <= window else {
                throw .invalid("“iat” is \(issuedAt < time ? "too old" : "in the future")")
            }
            guard state.used.note(thumbprint + " " + identifier, until: issuedAt + window, now: time) else {
                throw .invalid("“jti” was used before")
            }
            state.nonces.use(under: rules.nonces)
            return Proof(thumbprint: thumbprint, claims: token.claims)
        }
    }

    /// The nonce to announce, nil when the policy has none.
    func announcedNonce(under policy: NoncePolicy) -> String? {
        policy.isRequired ? state.withLock { $0.nonces.current() } : nil
    }

    func rotateNonce() {
        state.withLock { $0.nonces.rotate() }
    }

    /// Points 4 to 7 of the list: type, algorithm, key and signature.
    ///
    /// Returns the key's thumbprint.
    private static func verifySignature(
        of token: SignedToken,
        algorithms: Set<SignatureAlgorithm>
    ) throws(Refusal) -> String {
        guard token.header["typ"]?.string == "dpop+jwt" else { throw .invalid("“typ” is not dpop+jwt") }
        guard let algorithm = token.algorithm.flatMap(SignatureAlgorithm.init), algorithms.contains(algorithm) else {
            throw .invalid("“alg” is not one of the server's")
        }
        guard case .object(let members) = token.header["jwk"] else { throw .invalid("“jwk” is missing") }
        let key: PublicKey
        do throws(PublicKeyError) {
            key = try PublicKey(members: members)
        } catch {
            throw .invalid("“jwk” is not a public key: \(error)")
        }
        guard token.isSigned(by: key.key) else { throw .invalid("the signature is not that of “jwk”") }
        return key.thumbprint
    }
}
