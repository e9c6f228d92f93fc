/// An error of a ``TokenStore``.
///
/// Its message names the place and a remedy, and contains nothing of an entry's contents.
public struct TokenStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of a token store error.
    ///
    /// New kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case conflict, leaseUnavailable, unavailable, corrupt, wrongKey, insecure, invalidName, configuration
            case cancelled
        }

        private let code: Code

        /// The entry has changed since the caller loaded it: load it again.
        public static let conflict = Kind(code: .conflict)
        /// Another holder kept the lease for as long as the caller was willing to wait.
        public static let leaseUnavailable = Kind(code: .leaseUnavailable)
        /// The store cannot be read or written at present: the disk is full or read-only, or the server is down.
        public static let unavailable = Kind(code: .unavailable)
        /// The entry was changed outside of the store: a flipped bit, a truncated or exchanged file.
        public static let corrupt = Kind(code: .corrupt)
        /// The entry is encrypted with a key that the store does not have.
        public static let wrongKey = Kind(code: .wrongKey)
        /// Other users of the machine can read or replace stored entries; the message names the permissions to set.
        public static let insecure = Kind(code: .insecure)
        /// The name of the entry has an invalid character or length.
        public static let invalidName = Kind(code: .invalidName)
        /// The program passed an invalid value, for example an invalid key or contents that are too long.
        public static let configuration = Kind(code: .configuration)
        /// The waiting task was cancelled.
        public static let cancelled = Kind(code: .cancelled)

        /// The name of the kind: a fixed word, suitable as a metric label.
        public var description: String { code.rawValue }
    }

    /// The kind of the error.
    public let kind: Kind

    /// The cause of the error, and how to fix it.
    public let message: String

    /// Creates an error of a store.
    ///
    /// - Parameters:
    ///   - kind: The kind of the error.
    ///   - message: The cause, without anything of an entry's contents.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The kind and the message in one line.
    public var description: String { "token store (\(kind)): \(message)" }
}
