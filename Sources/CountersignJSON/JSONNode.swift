/// A value in a ``JSONDocument``, read on access.
@_spi(Generated)
public struct JSONNode: Sendable {
    /// The six kinds of JSON values.
    public enum Kind: Sendable {
        case object, array, string, number, bool, null
    }

    let document: JSONDocument
    let index: Int

    var entry: JSONEntry { document.tape[index] }

    /// The kind of the value.
    public var kind: Kind {
        switch document.bytes[entry.offset] {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// True if the value is `null`.
    public var isNull: Bool { document.bytes[entry.offset] == UInt8(ascii: "n") }

    /// The offset of the value's first byte in the document.
    public var offset: Int { entry.offset }

    /// The position of the value: line and column, counted from 1, the column in Unicode scalars.
    ///
    /// - Complexity: O(*n*), where *n* is the offset of the value.
    public var location: (line: Int, column: Int) {
        let location = document.bytes.withUnsafeBufferPointer { JSONLocation(of: offset, in: $0) }
        return (location.line, location.column)
    }

    /// The value of the first member with this key; `nil` if the key is missing or this is not an object.
    ///
    /// Keys are compared byte by byte, without escapes.
    ///
    /// - Complexity: O(*n*), where *n* is the number of members.
    public subscript(_ key: String) -> JSONNode? {
        guard kind == .object else { return nil }
        return withUTF8(of: key) { name in
            document.firstKey(name, from: index + 1, to: document.end(of: index))
        }.map { JSONNode(document: document, index: $0 + 1) }
    }

    /// The text of a string, without escapes; `nil` if this is not a string.
    public var string: String? {
        let entry = entry
        guard document.bytes[entry.offset] == UInt8(ascii: "\"") else { return nil }
        return document.withContents(index) { contents in
            guard entry.isMarked else { return String(decoding: contents, as: UTF8.self) }
            return String(unsafeUninitializedCapacity: contents.count) { JSONText.unescape(contents, into: $0) }
        }
    }

    /// The digits of a number as written; `nil` if this is not a number.
    public var numberText: String? {
        withNumber { text, _ in String(decoding: text, as: UTF8.self) }
    }

    /// The value of a boolean; `nil` if this is not a boolean.
    public var bool: Bool? {
        switch document.bytes[entry.offset] {
        case UInt8(ascii: "t"): true
        case UInt8(ascii: "f"): false
        default: nil
        }
    }

    /// The value of an integer, including forms such as `1.0` and `1e3`; `nil` if it is fractional or out of range.
    public var int: Int? { int64.flatMap { Int(exactly: $0) } }

    /// The nearest `Double`; `nil` if this is not a number or out of the range of `Double`.
    public var double: Double? {
        withNumber { text, _ in JSONNumber.double(text) } ?? nil
    }

    var int64: Int64? {
        withNumber { text, isMarked in JSONNumber.integer(text, isPlain: !isMarked) } ?? nil
    }

    /// Calls `body` with the bytes of a number, and with true if it has a fraction or an exponent.
    func withNumber<R>(_ body: (UnsafeBufferPointer<UInt8>, Bool) -> R) -> R? {
        let entry = entry
        guard kind == .number else { return nil }
        return document.bytes.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[entry.offset..<(entry.offset + entry.extent)]), entry.isMarked)
        }
    }

    /// Calls `body` with the text of a string, without escapes; returns `nil` if this is not a string.
    func withString<R>(_ body: (UnsafeBufferPointer<UInt8>) -> R) -> R? {
        guard kind == .string else { return nil }
        if entry.isMarked { return document.unescaped(index).withUnsafeBufferPointer(body) }
        return document.withContents(index, body)
    }
}
