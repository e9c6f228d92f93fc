import CountersignCrypto

/// The key by which an API recognizes a repeated request.
///
/// It is the same for all attempts of a call.
public struct IdempotencyKey: Sendable, Hashable, ExpressibleByStringLiteral {
    let value: String?

    /// Creates a key from a value of the program, for example one that survives a restart.
    public init(_ value: String) {
        self.value = value
    }

    public init(stringLiteral value: String) {
        self.value = value
    }

    private init() {
        value = nil
    }

    /// A new random key of 128 bits for each call.
    public static let unique = IdempotencyKey()
}
