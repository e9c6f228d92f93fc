public import CountersignCrypto

/// The algorithm of a DPoP key, by its JOSE name.
public enum DPoPAlgorithm: String, Sendable, Hashable, CaseIterable {
    /// ECDSA with P-256 and SHA-256, which every server with DPoP supports.
    case es256 = "ES256"
    /// Ed25519; servers that list only `Ed25519` (RFC 9864) receive that name.
    case edDSA = "EdDSA"

    package var signature: SignatureAlgorithm {
        switch self {
        case .es256: .es256
        case .edDSA: .edDSA
        }
    }
}

/// A private key that access tokens are bound to (RFC 9449).
///
/// Every request with such a token is signed with the key.
///
/// The key is never part of a description or an encoding. A runtime creates a key for each algorithm when it first needs
/// one. Pass your own key to share tokens between machines.
///
/// ```swift
/// let key = try DPoPKey(SigningKey(pem: pem))
/// let credentials = ClientCredentials.secret(id: "worker", .environment("CATALOG_SECRET")).dpopKey(key)
/// ```
public final class DPoPKey: Sendable {
    /// The algorithm that the key signs with.
    public let algorithm: DPoPAlgorithm
    /// The SHA-256 thumbprint of the public key in base64url (RFC 7638): the `jkt` of a bound token.
    public let thumbprint: String
    private let key: SigningKey
    /// The header of every proof in base64url.
    private let header: [UInt8]
    /// The name of the algorithm in the header of proofs, if it is not the usual one.
    package let unusualAlgorithmName: String?

    /// Creates a DPoP key from a key for ES256 or EdDSA.
    ///
    /// - Throws: `CryptoError` if the key has another algorithm.
    public convenience init(_ key: SigningKey) throws(CryptoError) {
        guard let algorithm = DPoPAlgorithm(rawValue: key.algorithm.rawValue) else {
            throw CryptoError(
                .algorithmMismatch,
                "a DPoP key must be for ES256 or EdDSA, not \(key.algorithm.rawValue)"
            )
        }
        self.init(key, algorithm: algorithm, unusualAlgorithmName: nil)
    }

    private init(_ key: SigningKey, algorithm: DPoPAlgorithm, unusualAlgorithmName: String?) {
        let jwk = JSONWebKey(key.publicKey)
        self.key = key
        self.algorithm = algorithm
        self.unusualAlgorithmName = unusualAlgorithmName
        thumbprint = jwk.thumbprint
        header = JSONWebSignature.Header(type: "dpop+jwt", key: jwk)
            .encoded(algorithmName: unusualAlgorithmName ?? algorithm.rawValue)
    }

    /// Returns the same key with proofs whose header has another name of the key's algorithm.
    ///
    /// - Parameter name: A name of another algorithm changes nothing.
    package func naming(algorithm name: String) -> DPoPKey {
        let current = unusualAlgorithmName ?? algorithm.rawValue
        guard name != current, key.algorithm.names.contains(name) else { return self }
        return DPoPKey(key, algorithm: algorithm, unusualAlgorithmName: name == algorithm.rawValue ? nil : name)
    }

    /// Generates a new key.
    ///
    /// - Throws: `CryptoError` if the system returns no random bytes.
    public static func generate(_ algorithm: DPoPAlgorithm = .es256) throws(CryptoError) -> DPoPKey {
        try DPoPKey(SigningKey.generate(algorithm.signature))
    }

    /// Returns a signed proof with these claims, in compact form.
    func sign(_ claims: [UInt8]) throws(CryptoError) -> String {
        var proof: [UInt8] = []
        proof.reserveCapacity(header.count + Base64URL.encodedCount(claims.count) + 96)
        proof.append(contentsOf: header)
        proof.append(UInt8(ascii: "."))
        Base64URL.append(claims, to: &proof)
        try JSONWebSignature.complete(&proof, with: key)
        return String(decoding: proof, as: UTF8.self)
    }
}

extension DPoPKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "DPoPKey(\(thumbprint), <redacted>)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["thumbprint": thumbprint]) }
}
