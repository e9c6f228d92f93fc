/// The error of creating a ``PublicKey``.
public struct PublicKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kinds of failure.
    ///
    /// More kinds may be added: end every `switch` with a `default`.
    public struct Kind: Sendable, Hashable, CustomStringConvertible {
        private enum Code: String {
            case malformed, privateKey, unsupported, invalid
        }

        private let code: Code

        /// The text is not a JSON Web Key: it is not a JSON object, or a member is missing or not base64url.
        public static let malformed = Kind(code: .malformed)
        /// The key contains its private part.
        public static let privateKey = Kind(code: .privateKey)
        /// The type or curve of the key is not supported.
        public static let unsupported = Kind(code: .unsupported)
        /// The text is not PEM of a public key, or the key is invalid or too weak.
        public static let invalid = Kind(code: .invalid)

        /// The name of the kind.
        public var description: String { code.rawValue }
    }

    /// The kind of failure.
    public let kind: Kind

    /// The cause of the failure, without any part of the key.
    public let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The kind and the message.
    public var description: String { "\(kind): \(message)" }
}
