import COpenSSL

/// A public key that verifies signatures.
///
/// All initializers validate the key: the curve and the point, or the size (2048 to 8192 bits) and the exponent of RSA.
public final class VerificationKey: Sendable, Hashable {
    let key: PKey

    /// The numbers of the key.
    package let components: KeyComponents

    /// Creates a public key from the numbers of a JSON Web Key.
    ///
    /// - Throws: ``CryptoError`` if the numbers are not a valid key.
    package convenience init(_ components: KeyComponents) throws(CryptoError) {
        try self.init(checking: try PKey(components))
    }

    /// Reads a public key from PEM (`BEGIN PUBLIC KEY`).
    ///
    /// - Throws: ``CryptoError`` if the text has no public key, or the key is invalid or has an unsupported type.
    public convenience init(pem: String) throws(CryptoError) {
        try self.init(checking: try PKey(publicPEM: pem))
    }

    /// Validates a key from any source.
    init(checking key: PKey) throws(CryptoError) {
        self.components = try key.checkedComponents()
        self.key = key
    }

    /// Returns true if `signature`, in the form of JWS (RFC 7518 section 3), is this key's signature of `message`.
    ///
    /// It returns false for a malformed signature and for an algorithm that does not belong to the key.
    public func isValid(signature: [UInt8], for message: [UInt8], algorithm: SignatureAlgorithm) -> Bool {
        guard components.algorithms.contains(algorithm) else { return false }
        return message.withUnsafeBytes { message in
            signature.withUnsafeBytes { signature in
                isValid(signature, for: message, algorithm: algorithm)
            }
        }
    }

    private func isValid(
        _ signature: UnsafeRawBufferPointer,
        for message: UnsafeRawBufferPointer,
        algorithm: SignatureAlgorithm
    ) -> Bool {
        guard case .ec(let curve, _, _) = components else {
            return ErrorQueue.restoring { key.verify(signature, for: message, algorithm: algorithm) }
        }
        guard signature.count == 2 * curve.coordinateByteCount else { return false }
        return ECDSASignature.der(raw: signature).withUnsafeBytes { der in
            ErrorQueue.restoring { key.verify(der, for: message, algorithm: algorithm) }
        }
    }

    /// Returns true if two keys have the same numbers.
    public static func == (a: VerificationKey, b: VerificationKey) -> Bool {
        a.components == b.components
    }

    /// Hashes the numbers of the key.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(components)
    }
}
