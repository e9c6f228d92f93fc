import COpenSSL

/// A private key that signs with one algorithm.
///
/// The key is held by OpenSSL. It prints as `<redacted>`, is not `Codable`, and does not expose its numbers; only key
/// stores export it, encrypted. Concurrent tasks may use it.
///
/// ```swift
/// let key = try SigningKey(pem: text)
/// let proofKey = try SigningKey.generate(.es256)
/// ```
public final class SigningKey: Sendable {
    let key: PKey
    private let operation: SigningOperation

    /// The algorithm of the signatures.
    public let algorithm: SignatureAlgorithm

    /// The public key.
    public let publicKey: VerificationKey

    init(_ key: PKey, algorithm: SignatureAlgorithm?) throws(CryptoError) {
        let publicKey = try VerificationKey(checking: key)
        let suitable = publicKey.components.algorithms
        guard let algorithm = algorithm ?? suitable.first, suitable.contains(algorithm) else {
            let names = suitable.map(\.rawValue).joined(separator: " or ")
            throw CryptoError(
                .algorithmMismatch,
                "the key signs with \(names), not with \(algorithm?.rawValue ?? "another algorithm")"
            )
        }
        try key.checkPrivateHalf()
        self.key = key
        self.algorithm = algorithm
        self.publicKey = publicKey
        self.operation = try SigningOperation(key: key, algorithm: algorithm)
    }

    /// Generates a key.
    ///
    /// RSA keys have 3072 bits, and take up to a second; the others are immediate.
    ///
    /// - Throws: ``CryptoError/Kind/libraryFailure`` if OpenSSL fails.
    public static func generate(_ algorithm: SignatureAlgorithm) throws(CryptoError) -> SigningKey {
        try SigningKey(PKey.generate(for: algorithm), algorithm: algorithm)
    }

    /// Reads a private key from PEM: PKCS#8, SEC 1 (`BEGIN EC PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`).
    ///
    /// - Parameters:
    ///   - pem: The text; the first private key in it is used.
    ///   - algorithm: The algorithm to sign with. `nil` means the algorithm of the key's type; RS256 for RSA.
    /// - Throws: ``CryptoError`` for an invalid key, an encrypted key, an unsupported type, and RSA below 2048 bits.
    public convenience init(pem: String, algorithm: SignatureAlgorithm? = nil) throws(CryptoError) {
        let key = try PKey(privatePEM: pem)
        try self.init(key, algorithm: algorithm)
        try checkConsistency()
    }

    /// Creates a private key from the numbers of a JSON Web Key.
    ///
    /// - Throws: ``CryptoError`` if the numbers are not a valid key, or the private ones do not belong to the public ones.
    package convenience init(
        privateComponents: PrivateKeyComponents,
        algorithm: SignatureAlgorithm? = nil
    ) throws(CryptoError) {
        try self.init(PKey(privateComponents), algorithm: algorithm)
        // The public half of an Ed25519 key is derived from `d`; it must equal the given one.
        if case .okp = publicKey.components, publicKey.components != privateComponents.publicComponents {
            throw Self.inconsistent
        }
        try checkConsistency()
    }

    /// Signs `message` and returns the signature in the form of JWS: `r‖s` for ECDSA (RFC 7518 section 3.4).
    ///
    /// - Throws: ``CryptoError/Kind/libraryFailure`` if OpenSSL fails.
    public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        var signature: [UInt8] = []
        guard message.withUnsafeBytes({ operation.sign($0, appendingTo: &signature) }) else { throw Self.failed }
        return signature
    }

    /// Signs `message` and appends the signature to `output`, without another allocation.
    package func sign(
        _ message: UnsafeRawBufferPointer,
        appendingTo output: inout [UInt8]
    ) throws(CryptoError) {
        guard operation.sign(message, appendingTo: &output) else { throw Self.failed }
    }

    /// Signs and verifies once, so that an inconsistent key fails on import and not on use.
    func checkConsistency() throws(CryptoError) {
        let probe: [UInt8] = [1, 2, 3]
        let signature = try sign(probe)
        guard publicKey.isValid(signature: signature, for: probe, algorithm: algorithm) else { throw Self.inconsistent }
    }

    private static var failed: CryptoError { CryptoError(.libraryFailure, "OpenSSL could not sign") }

    private static var inconsistent: CryptoError {
        CryptoError(.malformedKey, "the private key does not belong to the public key")
    }
}

extension SigningKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The algorithm, without the key.
    public var description: String { "SigningKey(\(algorithm.rawValue), <redacted>)" }

    /// The algorithm, without the key.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows no secrets.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
