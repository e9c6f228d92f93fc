/// Why a key could not be used or a cryptographic operation failed.
///
/// The text names what was wrong and never contains key material, messages or signatures, so that it can be logged.
public struct CryptoError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        private enum Code: String {
            case malformedKey, encryptedKey, unsupportedKey, weakKey, algorithmMismatch
            case invalidLength, authenticationFailed, randomUnavailable, libraryFailure
        }

        private let code: Code

        /// The text or the numbers are not a key: bad PEM, wrong length, a point off its curve, parts that do not fit.
        public static let malformedKey = Kind(code: .malformedKey)
        /// The PEM is encrypted; decrypt it before it is handed over.
        public static let encryptedKey = Kind(code: .encryptedKey)
        /// A key of a type or curve that none of the algorithms here uses.
        public static let unsupportedKey = Kind(code: .unsupportedKey)
        /// A well-formed key that must not be trusted: RSA below 2048 bits, a bad exponent, a known-weak generator.
        public static let weakKey = Kind(code: .weakKey)
        /// The key cannot be used with the algorithm that was asked for.
        public static let algorithmMismatch = Kind(code: .algorithmMismatch)
        /// A key, nonce or message whose length the algorithm does not allow.
        public static let invalidLength = Kind(code: .invalidLength)
        /// Sealed data was changed, or sealed under another key.
        public static let authenticationFailed = Kind(code: .authenticationFailed)
        /// The system gave no random bytes.
        public static let randomUnavailable = Kind(code: .randomUnavailable)
        /// The cryptographic library refused or failed.
        public static let libraryFailure = Kind(code: .libraryFailure)

        /// The name of the kind, fit for a metric's label.
        public var description: String { code.rawValue }
    }

    /// What kind of failure it was.
    public let kind: Kind

    /// What was wrong and what to do about it, without key material.
    public let message: String

    /// An error with a text that contains no key material.
    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The kind and the message in one line.
    public var description: String { "\(kind): \(message)" }
}
