import CountersignCrypto
@_spi(Generated) import CountersignJSON

/// A parsed but not yet verified JSON Web Token (RFC 7519, RFC 7515 section 7.1).
struct SignedToken: Sendable {
    let header: JSONValue.Members
    let claims: JSONValue.Members
    let signature: [UInt8]
    /// The signed bytes.
    let signingInput: [UInt8]

    /// Parses the compact form; fails unless it has three base64url parts, with a JSON object in the first two.
    init?(_ compact: String) {
        let parts = compact.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, compact.utf8.count <= 64 << 10,
            let header = Base64URLText.decode(parts[0]).flatMap(JSONValue.strictObject),
            let claims = Base64URLText.decode(parts[1]).flatMap(JSONValue.strictObject),
            let signature = Base64URLText.decode(parts[2])
        else { return nil }
        self.header = header
        self.claims = claims
        self.signature = signature
        self.signingInput = Array((parts[0] + "." + parts[1]).utf8)
    }

    /// Signs a token.
    static func sign(
        header: [String: JSONValue],
        claims: [String: JSONValue],
        with key: SigningKey
    ) throws(CryptoError) -> String {
        var header = header
        header["alg"] = .string(key.algorithm.rawValue)
        let input =
            Base64URLText.encode(JSONValue.object(header).text) + "."
            + Base64URLText.encode(JSONValue.object(claims).text)
        return input + "." + Base64URLText.encode(try key.sign(Array(input.utf8)))
    }

    /// The `alg` of the header.
    var algorithm: String? { header["alg"]?.string }

    /// The signature algorithm that the header names; `Ed25519` is another name of EdDSA (RFC 9864 section 2.2).
    var signatureAlgorithm: SignatureAlgorithm? {
        algorithm == "Ed25519" ? .edDSA : algorithm.flatMap(SignatureAlgorithm.init(rawValue:))
    }

    /// Verifies the signature with a key, using the algorithm in the header.
    func isSigned(by key: VerificationKey) -> Bool {
        guard header["crit"] == nil, let algorithm = signatureAlgorithm else { return false }
        return key.isValid(signature: signature, for: signingInput, algorithm: algorithm)
    }

    /// Verifies an HS256 tag (RFC 7518 section 3.2).
    func isAuthenticated(bySecret secret: String) -> Bool {
        guard header["crit"] == nil, algorithm == "HS256" else { return false }
        return constantTimeEqual(signature, HMAC.sha256(key: secret.utf8, message: signingInput))
    }
}
