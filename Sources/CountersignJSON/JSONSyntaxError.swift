/// The error of a text that is not valid JSON.
///
/// The message never quotes the document, which could hold secrets.
@_spi(Generated)
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The offset of the invalid byte, counted from 0.
    public var offset: Int
    /// The line, counted from 1.
    public var line: Int
    /// The column, counted from 1 in Unicode scalars.
    public var column: Int
    /// The reason, without a value of the document.
    public var message: String

    /// Creates an error at a known place.
    public init(offset: Int, line: Int, column: Int, message: String) {
        self.offset = offset
        self.line = line
        self.column = column
        self.message = message
    }

    init(_ message: String, at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) {
        let location = JSONLocation(of: offset, in: bytes)
        self.init(offset: offset, line: location.line, column: location.column, message: message)
    }

    public var description: String {
        "line \(line), column \(column): \(message)"
    }
}
