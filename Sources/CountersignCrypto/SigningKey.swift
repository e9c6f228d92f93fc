import COpenSSL

/// A private key that signs, with the one algorithm it is used for.
///
/// The key lives in OpenSSL and comes out only sealed, into a store of keys: it prints as `<redacted>`, is not `Codable`, and has no
/// property for its numbers. It may be used by several tasks at once.
///
/// ```swift
/// let key = try SigningKey(pem: text)
/// let proofKey = try SigningKey.generate(.es256)
/// ```
public final class SigningKey: Sendable {
    let key: PKey
    private let operation: SigningOperation

    /// The algorithm every signature of this key is made with.
    public let algorithm: SignatureAlgorithm

    /// The public half.
    public let publicKey: VerificationKey

    init(_ key: PKey, algorithm: SignatureAlgorithm?) throws(CryptoError) {
        let publicKey = try VerificationKey(checking: key)
        let suitable = publicKey.components.algorithms
        guard let algorithm = algorithm ?? suitable.first, suitable.contains(algorithm) else {
            let names = suitable.map(\.rawValue).joined(separator: " or ")
            throw CryptoError(
                .algorithmMismatch,
                "the key signs with \(names), not with \(algorithm?.rawValue ?? "anything else")"
            )
        }
        try key.checkPrivateHalf()
        self.key = key
        self.algorithm = algorithm
        self.publicKey = publicKey
        self.operation = try SigningOperation(key: key, algorithm: algorithm)
    }

    /// Makes a fresh key.
    ///
    /// RSA keys get 3072 bits, which takes up to a second; the others are immediate.
    ///
    /// - Throws: ``CryptoError/Kind/libraryFailure`` if OpenSSL fails.
    public static func generate(_ algorithm: SignatureAlgorithm) throws(CryptoError) -> SigningKey {
        try SigningKey(PKey.generate(for: algorithm), algorithm: algorithm)
    }

    /// Reads a private key from PEM: PKCS#8, SEC 1 (`BEGIN EC PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`).
    ///
    /// - Parameters:
    ///   - pem: The text; the first private key in it is used.
    ///   - algorithm: What to sign with. `nil` means what the key is for, and RS256 for RSA.
    /// - Throws: ``CryptoError``: an encrypted key (decrypt it first), another type of key, an RSA key below 2048 bits.
    public convenience init(pem: String, algorithm: SignatureAlgorithm? = nil) throws(CryptoError) {
        let key = try PKey(privatePEM: pem)
        try self.init(key, algorithm: algorithm)
        try checkConsistency()
    }

    /// Makes a private key from the numbers of a JSON Web Key.
    ///
    /// - Throws: ``CryptoError`` if they are not a sound key, or the private ones do not belong to the public ones.
    package convenience init(
        privateComponents: PrivateKeyComponents,
        algorithm: SignatureAlgorithm? = nil
    ) throws(CryptoError) {
        try self.init(PKey(privateComponents), algorithm: algorithm)
        // Only an Ed25519 public half is derived from `d`; it must be the one that was claimed.
        if case .okp = publicKey.components, publicKey.components != privateComponents.publicComponents {
            throw Self.inconsistent
        }
        try checkConsistency()
    }

    /// Signs `message` and returns the signature in the form JWS uses: `r‖s` for ECDSA (RFC 7518 section 3.4).
    ///
    /// - Throws: ``CryptoError/Kind/libraryFailure`` if OpenSSL fails.
    public func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        var signature: [UInt8] = []
        guard message.withUnsafeBytes({ operation.sign($0, appendingTo: &signature) }) else { throw Self.failed }
        return signature
    }

    /// Signs `message` and appends the signature to `output`, allocating nothing else.
    package func sign(
        _ message: UnsafeRawBufferPointer,
        appendingTo output: inout [UInt8]
    ) throws(CryptoError) {
        guard operation.sign(message, appendingTo: &output) else { throw Self.failed }
    }

    /// Signs and verifies once: whoever imports numbers must not find out later that they do not fit.
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
    /// The algorithm, and nothing of the key.
    public var description: String { "SigningKey(\(algorithm.rawValue), <redacted>)" }

    /// The algorithm, and nothing of the key.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
