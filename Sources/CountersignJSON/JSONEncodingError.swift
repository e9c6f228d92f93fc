/// The error of a value that has no JSON form.
@_spi(Generated)
public struct JSONEncodingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The path to the value in the document, such as `items[3].price`; empty for the whole document.
    public var path: String
    /// The reason, without the value.
    public var message: String

    /// Creates an error at a known place.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    public var description: String {
        "\(path.isEmpty ? "the document" : path): \(message)"
    }
}
