/// A value that JSON has no form for.
public struct JSONEncodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The place in the structure written, `items[3].price`; empty for the whole document.
    public var path: String
    /// What is wrong with the value, without the value.
    public var message: String

    /// An error at a place that is already known.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    public var description: String {
        "\(path.isEmpty ? "the document" : path): \(message)"
    }
}
