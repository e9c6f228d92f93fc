import CountersignCrypto

/// The key by which an API recognises a request that it has seen before: made once a call, the same over all its sends.
public struct IdempotencyKey: Sendable, Hashable, ExpressibleByStringLiteral {
    let value: String?

    /// A key of one's own, stable over restarts of the program for example.
    public init(_ value: String) {
        self.value = value
    }

    public init(stringLiteral value: String) {
        self.value = value
    }

    private init() {
        value = nil
    }

    /// A new random key for each call: 128 bits.
    public static let unique = IdempotencyKey()
}
