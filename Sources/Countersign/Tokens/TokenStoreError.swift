/// Why a ``TokenStore`` did not do what it was asked for.
///
/// The text says where and what to do, and contains nothing of an entry's contents.
public struct TokenStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it was.
    ///
    /// More kinds may come: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case conflict, leaseUnavailable, unavailable, corrupt, wrongKey, insecure, invalidName, configuration
            case cancelled
        }

        private let code: Code

        /// The entry is another one than the caller has seen: load it again.
        public static let conflict = Kind(code: .conflict)
        /// Somebody else held the lease for as long as the caller would wait.
        public static let leaseUnavailable = Kind(code: .leaseUnavailable)
        /// The store cannot be read or written now: the disk is full or read-only, the server is down.
        public static let unavailable = Kind(code: .unavailable)
        /// The entry was changed by somebody else than a store: a bit flipped, the end cut off, a file swapped.
        public static let corrupt = Kind(code: .corrupt)
        /// The entry is sealed under a key that is not among the store's keys.
        public static let wrongKey = Kind(code: .wrongKey)
        /// Others could read or replace what is stored; the text says which permissions to set.
        public static let insecure = Kind(code: .insecure)
        /// The name has characters or a length that no entry's has.
        public static let invalidName = Kind(code: .invalidName)
        /// The program asks for what cannot work: a key that is none, contents that are too long.
        public static let configuration = Kind(code: .configuration)
        /// The waiting task was cancelled.
        public static let cancelled = Kind(code: .cancelled)

        /// The kind's name: a fixed word, fit for a metric's label.
        public var description: String { code.rawValue }
    }

    /// What kind of failure it was.
    public let kind: Kind

    /// What was wrong and what to do about it.
    public let message: String

    /// An error of a store.
    ///
    /// - Parameters:
    ///   - kind: What kind of failure it was.
    ///   - message: What was wrong, without anything of the contents.
    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// The kind and the message in one line.
    public var description: String { "token store (\(kind)): \(message)" }
}
