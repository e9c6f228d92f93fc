public import CountersignCrypto

/// An error that explains why a JSON Web Key, or a set of them, was rejected.
///
/// Its message names the member and the problem, and never contains a value of the key.
public struct JSONWebKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a JSON Web Key error.
    ///
    /// New kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case malformed, unsupported, wrongUse, algorithmMismatch, privateKey, invalidKey
        }

        private let code: Code

        /// The text is not JSON, or a member is missing, duplicate or of the wrong type or length.
        public static let malformed = Kind(code: .malformed)
        /// The key type or the curve is not supported.
        public static let unsupported = Kind(code: .unsupported)
        /// The key is not for signatures (`use`, `key_ops`).
        public static let wrongUse = Kind(code: .wrongUse)
        /// The algorithm (`alg`) does not fit the key, or is not the requested one.
        public static let algorithmMismatch = Kind(code: .algorithmMismatch)
        /// The key is private or symmetric where a public key is expected.
        public static let privateKey = Kind(code: .privateKey)
        /// The numbers are not a valid or not a secure key; see ``JSONWebKeyError/cryptoError``.
        public static let invalidKey = Kind(code: .invalidKey)

        /// The name of the kind: a fixed word, suitable as a metric label.
        public var description: String { code.rawValue }
    }

    /// The kind of the error.
    public let kind: Kind

    /// The member that has the problem; `nil` if it is the key as a whole.
    public let member: String?

    /// The problem, and how to fix it.
    public let message: String

    /// The error of the cryptographic library, for the kind ``Kind/invalidKey``.
    public let cryptoError: CryptoError?

    init(_ kind: Kind, _ member: String? = nil, _ message: String) {
        self.kind = kind
        self.member = member
        self.message = message
        cryptoError = nil
    }

    init(_ error: CryptoError) {
        kind = .invalidKey
        member = nil
        message = error.message
        cryptoError = error
    }

    /// The member and the message in one line.
    public var description: String {
        member.map { "JSON Web Key, member \"\($0)\": \(message)" } ?? "JSON Web Key: \(message)"
    }
}
