import COpenSSL

/// A public key that verifies signatures.
///
/// Every way to make one checks it: the curve and the point on it, RSA's size (2048 to 8192 bits) and exponent.
public final class VerificationKey: Sendable, Hashable {
    let key: PKey

    /// The numbers the key consists of.
    package let components: KeyComponents

    /// Makes a public key from the numbers of a JSON Web Key.
    ///
    /// - Throws: ``CryptoError`` if they are not a sound key.
    package convenience init(_ components: KeyComponents) throws(CryptoError) {
        try self.init(checking: try PKey(components))
    }

    /// Reads a public key from PEM (`BEGIN PUBLIC KEY`).
    ///
    /// - Throws: ``CryptoError`` if there is none in the text, or it is not a sound key of a type used here.
    public convenience init(pem: String) throws(CryptoError) {
        try self.init(checking: try PKey(publicPEM: pem))
    }

    /// Takes a key of any origin after looking at everything that a signature's worth depends on.
    init(checking key: PKey) throws(CryptoError) {
        self.components = try key.checkedComponents()
        self.key = key
    }

    /// Whether `signature`, in the form JWS uses (RFC 7518 section 3), is this key's signature of `message`.
    ///
    /// A malformed signature, or an algorithm this key is not made for, is simply not valid.
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

    /// Whether two keys are the same key.
    public static func == (a: VerificationKey, b: VerificationKey) -> Bool {
        a.components == b.components
    }

    /// Feeds the key's numbers into `hasher`.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(components)
    }
}
