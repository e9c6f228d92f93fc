/// A parsed JSON text (RFC 8259): its bytes and the position of every value.
///
/// Parsing validates the grammar, the UTF-8, the escapes and the depth. It copies nothing: values are read from the
/// bytes on access. A ``JSONNode`` keeps its document alive.
@_spi(Generated)
public final class JSONDocument: Sendable {
    /// The limits of a document.
    public struct Limits: Sendable {
        /// The maximum depth of nested containers, 64 by default.
        ///
        /// Reading nested values recurses to this depth, so it is capped at 512.
        public var maximumDepth: Int {
            didSet { maximumDepth = min(maximumDepth, 512) }
        }

        /// Creates limits.
        public init(maximumDepth: Int = 64) {
            self.maximumDepth = min(maximumDepth, 512)
        }

        /// The limits for the responses of servers.
        public static let standard = Limits()
    }

    /// The text as it was passed in.
    public let bytes: [UInt8]
    /// One entry for each value and key, in document order.
    let tape: ContiguousArray<JSONEntry>
    /// The invalid values and keys, in document order; only ``JSONMembers`` has documents with faults.
    let faults: [JSONFault]

    /// Parses a text with one value, surrounded by white space only.
    ///
    /// A byte order mark at the start is skipped. Duplicate keys are accepted; see ``duplicateKey()``.
    ///
    /// - Throws: ``JSONSyntaxError`` for the first error, with its position. The limit for a text is 2 GiB.
    public convenience init(parsing bytes: [UInt8], limits: Limits = .standard) throws(JSONSyntaxError) {
        try self.init(bytes, limits: limits, recordsFaults: false)
    }

    /// - Parameter recordsFaults: True to accept invalid values, which must not be read: see ``faults``.
    init(_ bytes: [UInt8], limits: Limits, recordsFaults: Bool) throws(JSONSyntaxError) {
        guard bytes.count >> 31 == 0 else {
            throw JSONSyntaxError(offset: 0, line: 1, column: 1, message: "the document is 2 GiB or longer")
        }
        self.bytes = bytes
        (tape, faults) = try bytes.withUnsafeBufferPointer { buffer throws(JSONSyntaxError) in
            var parser = JSONParser(buffer, maximumDepth: limits.maximumDepth)
            parser.recordsFaults = recordsFaults
            try parser.parse()
            return (parser.tape, parser.faults)
        }
    }

    /// The root value of the document.
    public var root: JSONNode {
        JSONNode(document: self, index: 0)
    }

    /// Returns the first duplicate key in any object of the document, or `nil` if all keys are unique.
    ///
    /// RFC 8259 section 4 leaves the meaning of duplicate keys open, so two parsers can read different values. Reject
    /// such a text where it affects security. Keys are compared byte by byte, without escapes.
    ///
    /// - Complexity: O(*n* log *n*), where *n* is the number of keys.
    public func duplicateKey() -> JSONNode? {
        duplicateKey(in: tape.indices)
    }

    /// Returns the first duplicate key in the objects within a part of the tape.
    func duplicateKey(in range: Range<Int>) -> JSONNode? {
        var first: Int?
        for index in range where bytes[tape[index].offset] == UInt8(ascii: "{") {
            var keys: [(name: [UInt8], index: Int)] = []
            var position = index + 1
            while position < end(of: index) {
                keys.append((unescaped(position), position))
                position = end(of: position + 1)
            }
            keys.sort { a, b in
                a.name == b.name ? a.index < b.index : a.name.lexicographicallyPrecedes(b.name)
            }
            for (key, next) in zip(keys, keys.dropFirst()) where key.name == next.name {
                first = min(first ?? next.index, next.index)
            }
        }
        return first.map { JSONNode(document: self, index: $0) }
    }

    // MARK: The tape

    /// Returns the first fault of the value at `index` and its contents.
    func firstFault(of index: Int) -> JSONFault? {
        var (low, high) = (0, faults.count)
        while low < high {
            let middle = (low + high) / 2
            if faults[middle].index < index { low = middle + 1 } else { high = middle }
        }
        guard low < faults.count, faults[low].index < end(of: index) else { return nil }
        return faults[low]
    }

    /// Returns the index after the value at `index` and its contents.
    @inline(__always)
    func end(of index: Int) -> Int {
        let entry = tape[index]
        return bytes[entry.offset] & 0xDF == UInt8(ascii: "[") ? index + entry.extent : index + 1
    }

    /// Calls `body` with the bytes between the quotes of the string at `index`, including escapes.
    @inline(__always)
    func withContents<R>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let entry = tape[index]
        return bytes.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[(entry.offset + 1)..<(entry.offset + 1 + entry.extent)]))
        }
    }

    /// Returns the text of the string at `index`, without escapes.
    func unescaped(_ index: Int) -> [UInt8] {
        withContents(index) { contents in
            guard tape[index].isMarked else { return Array(contents) }
            return Array(unsafeUninitializedCapacity: contents.count) { buffer, count in
                count = JSONText.unescape(contents, into: buffer)
            }
        }
    }

    /// Compares the key at `index` with `name`, byte by byte.
    @inline(__always)
    func isKey(_ index: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        if tape[index].isMarked { return unescaped(index).elementsEqual(name) }
        return withContents(index) { contents in
            guard contents.count == name.count else { return false }
            guard let a = contents.baseAddress, let b = name.baseAddress else { return true }
            return JSONText.equal(a, b, count: name.count)
        }
    }

    /// Returns the index of the first key `name` between two key positions, or `nil` if no key matches.
    func firstKey(_ name: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var index = start
        while index < end {
            if isKey(index, name) { return index }
            index = self.end(of: index + 1)
        }
        return nil
    }
}

/// Calls `body` with the UTF-8 of a string, without a copy if the string is contiguous, as native Swift strings are.
@inline(__always)
func withUTF8<R>(of string: String, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if let result = string.utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(string.utf8).withUnsafeBufferPointer(body)
}
