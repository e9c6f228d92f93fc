/// A value that JSON has no form for.
public struct JSONEncodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// How many bytes were written before the value.
    public var offset: Int
    /// What is wrong with it, without the value.
    public var reason: String

    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }

    public var description: String { "\(reason) (after \(offset) bytes)" }
}
