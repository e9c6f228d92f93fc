/// The place where bytes stop being JSON, and why.
///
/// The text never quotes the document: it may hold secrets.
public struct JSONSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The offset of the offending byte, from 0.
    public var offset: Int
    /// The line, from 1.
    public var line: Int
    /// The column, from 1, in Unicode scalars.
    public var column: Int
    /// What was expected or is not allowed, without a value of the document.
    public var message: String

    /// An error at a place that is already known.
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
