/// One parsed JSON text (RFC 8259): its bytes, and where every value stands in them.
///
/// Parsing checks everything (grammar, UTF-8, escapes, depth) and copies nothing; values are read from the bytes when
/// they are asked for. A ``JSONNode`` keeps its document alive.
public final class JSONDocument: Sendable {
    /// What a text may ask for at most.
    public struct Limits: Sendable {
        /// How many containers may stand in one another, 64 if nothing else is said.
        ///
        /// Reading nested values recurses as deep as this, hence it is never more than 512.
        public var maximumDepth: Int {
            didSet { maximumDepth = min(maximumDepth, 512) }
        }

        /// Limits of one's own.
        public init(maximumDepth: Int = 64) {
            self.maximumDepth = min(maximumDepth, 512)
        }

        /// What servers' answers are read with.
        public static let standard = Limits()
    }

    /// The text as it was given.
    public let bytes: [UInt8]
    let tape: ContiguousArray<JSONEntry>

    /// Parses a whole text: one value, with nothing but white space around it.
    ///
    /// A byte order mark at the start is skipped. Repeated keys are let through, see ``duplicateKey()``.
    ///
    /// - Throws: the first offence, with its position. Texts of 2 GiB and more are refused.
    public init(parsing bytes: [UInt8], limits: Limits = .standard) throws(JSONSyntaxError) {
        guard bytes.count >> 31 == 0 else {
            throw JSONSyntaxError(offset: 0, line: 1, column: 1, message: "the document is 2 GiB or longer")
        }
        self.bytes = bytes
        tape = try bytes.withUnsafeBufferPointer { buffer throws(JSONSyntaxError) in
            var parser = JSONParser(buffer, maximumDepth: limits.maximumDepth)
            try parser.parse()
            return parser.tape
        }
    }

    /// The value of the whole text.
    public var root: JSONNode {
        JSONNode(document: self, index: 0)
    }

    /// The first key that its object has had before, anywhere in the document; `nil` when all keys are unique.
    ///
    /// RFC 8259, section 4, leaves the meaning of repeated keys open, so two readers can see two documents: refuse such a
    /// text where it decides about security. Keys are compared unescaped, byte by byte. O(n log n).
    public func duplicateKey() -> JSONNode? {
        var first: Int?
        for index in tape.indices where bytes[tape[index].offset] == UInt8(ascii: "{") {
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

    /// The index behind the value at `index` and all that is in it.
    @inline(__always)
    func end(of index: Int) -> Int {
        let entry = tape[index]
        return bytes[entry.offset] & 0xDF == UInt8(ascii: "[") ? index + entry.extent : index + 1
    }

    /// The bytes between the quotes of the string at `index`, escapes and all.
    @inline(__always)
    func withContents<R>(_ index: Int, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
        let entry = tape[index]
        return bytes.withUnsafeBufferPointer {
            body(UnsafeBufferPointer(rebasing: $0[(entry.offset + 1)..<(entry.offset + 1 + entry.extent)]))
        }
    }

    /// The text of the string at `index`.
    func unescaped(_ index: Int) -> [UInt8] {
        withContents(index) { contents in
            guard tape[index].isMarked else { return Array(contents) }
            return Array(unsafeUninitializedCapacity: contents.count) { buffer, count in
                count = JSONText.unescape(contents, into: buffer)
            }
        }
    }

    /// Whether the key at `index` is `name`, byte by byte.
    @inline(__always)
    func isKey(_ index: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        if tape[index].isMarked { return unescaped(index).elementsEqual(name) }
        return withContents(index) { contents in
            guard contents.count == name.count else { return false }
            guard let a = contents.baseAddress, let b = name.baseAddress else { return true }
            return JSONText.equal(a, b, count: name.count)
        }
    }

    /// The index of the first key `name` between two key positions; `nil` when there is none.
    func firstKey(_ name: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var index = start
        while index < end {
            if isKey(index, name) { return index }
            index = self.end(of: index + 1)
        }
        return nil
    }
}

/// Lends the UTF-8 of a string without a copy where it is contiguous, as Swift's own strings are.
@inline(__always)
func withUTF8<R>(of string: String, _ body: (UnsafeBufferPointer<UInt8>) -> R) -> R {
    if let result = string.utf8.withContiguousStorageIfAvailable(body) { return result }
    return Array(string.utf8).withUnsafeBufferPointer(body)
}
