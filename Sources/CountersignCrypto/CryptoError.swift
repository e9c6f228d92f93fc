/// The error of an unusable key or a failed cryptographic operation.
///
/// Its text is safe to log: it never contains key material, messages or signatures.
public struct CryptoError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a cryptographic error; more kinds may be added.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        private enum Code: String {
            case malformedKey, encryptedKey, unsupportedKey, weakKey, algorithmMismatch
            case invalidLength, authenticationFailed, randomUnavailable, libraryFailure
        }

        private let code: Code

        /// The text or the numbers are not a valid key: invalid PEM, a wrong length, a point off the curve, inconsistent parts.
        public static let malformedKey = Kind(code: .malformedKey)
        /// The PEM is encrypted; decrypt the key first.
        public static let encryptedKey = Kind(code: .encryptedKey)
        /// The type or the curve of the key is not supported.
        public static let unsupportedKey = Kind(code: .unsupportedKey)
        /// The key is well-formed but weak: RSA below 2048 bits, an unsafe exponent, a generator with known weaknesses.
        public static let weakKey = Kind(code: .weakKey)
        /// The key cannot be used with the requested algorithm.
        public static let algorithmMismatch = Kind(code: .algorithmMismatch)
        /// The algorithm does not allow the length of the key, nonce or message.
        public static let invalidLength = Kind(code: .invalidLength)
        /// Sealed data was modified, or sealed with another key.
        public static let authenticationFailed = Kind(code: .authenticationFailed)
        /// The operating system returned no random bytes.
        public static let randomUnavailable = Kind(code: .randomUnavailable)
        /// The cryptographic library reported a failure.
        public static let libraryFailure = Kind(code: .libraryFailure)

        /// The name of the kind, suitable as a label of a metric.
        public var description: String { code.rawValue }
    }

    /// The kind of the error.
    public let kind: Kind

    /// The reason and the remedy, without key material.
    public let message: String

    /// Creates an error; the message must not contain key material.
    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The kind and the message in one line.
    public var description: String { "\(kind): \(message)" }
}
