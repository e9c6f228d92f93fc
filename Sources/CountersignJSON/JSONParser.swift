/// A strict parser of RFC 8259 that makes one pass over the bytes, without recursion.
///
/// For ``JSONMembers``, it records the faults of values and continues.
///
/// Open containers are linked through their tape entries, so nesting needs neither stack nor heap.
struct JSONParser {
    let bytes: UnsafeBufferPointer<UInt8>
    let maximumDepth: Int
    /// True if an invalid value is recorded as a fault, as long as it is clear where the value ends.
    var recordsFaults = false
    private(set) var tape = ContiguousArray<JSONEntry>()
    /// The invalid values and keys, in document order.
    private(set) var faults: [JSONFault] = []
    /// The tape index of the innermost open container; -1 at the top level.
    private(set) var open = -1
    private var position: Int

    init(_ bytes: UnsafeBufferPointer<UInt8>, maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
        position = JSONLocation.byteOrderMarkLength(bytes)
        // Typical API responses have one token per 6 to 12 bytes.
        tape.reserveCapacity(bytes.count / 6 + 8)
    }

    mutating func parse() throws(JSONSyntaxError) {
        var isObject = false
        var depth = 0

        nextValue: while true {
            skipWhitespace()
            guard position < bytes.count else { throw ending(tape.isEmpty ? "the document is empty" : nil) }
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "\""):
                try string()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                guard recordsFaults || depth <= maximumDepth else {
                    throw error("the nesting is deeper than \(maximumDepth) levels")
                }
                // The fault of the first container that is too deep covers all that it contains.
                if depth - 1 == maximumDepth { try fault("the nesting is too deep") }
                tape.append(JSONEntry(offset: position, extent: open + 1))
                open = tape.count - 1
                isObject = byte == UInt8(ascii: "{")
                position += 1
                skipWhitespace()
                guard position < bytes.count else { throw ending() }
                if bytes[position] != byte + 2 {  // in ASCII, "}" and "]" are "{" + 2 and "[" + 2
                    if isObject { try key() }
                    continue nextValue
                }
            case _ where recordsFaults:
                try word()
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                try number()
            case UInt8(ascii: "t"):
                try literal("true")
            case UInt8(ascii: "f"):
                try literal("false")
            case UInt8(ascii: "n"):
                try literal("null")
            default:
                throw error("expected a value")
            }

            // A value has ended: close the containers that end with it.
            while true {
                skipWhitespace()
                if open < 0 {
                    guard position == bytes.count else {
                        throw error("unexpected text after the value of the document")
                    }
                    return
                }
                guard position < bytes.count else { throw ending() }
                let byte = bytes[position]
                if byte == UInt8(ascii: ",") {
                    position += 1
                    if isObject {
                        skipWhitespace()
                        guard position < bytes.count else { throw ending() }
                        try key()
                    }
                    continue nextValue
                }
                guard byte == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw error(
                        isObject ? "expected a comma or a closing brace" : "expected a comma or a closing bracket"
                    )
                }
                position += 1
                depth -= 1
                let entry = tape[open]
                tape[open] = JSONEntry(offset: entry.offset, extent: tape.count - open)
                open = entry.extent - 1
                isObject = open >= 0 && bytes[tape[open].offset] == UInt8(ascii: "{")
            }
        }
    }

    /// Returns true if the bytes are exactly one JSON number.
    static func isNumber(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !bytes.isEmpty else { return false }
        var parser = JSONParser(bytes, maximumDepth: 0)
        parser.position = 0
        return (try? parser.number()) != nil && parser.position == bytes.count
    }

    // MARK: Tokens

    @inline(__always)
    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func key() throws(JSONSyntaxError) {
        guard bytes[position] == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
        try string()
        skipWhitespace()
        guard position < bytes.count else { throw ending() }
        guard bytes[position] == UInt8(ascii: ":") else { throw error("expected a colon after the key") }
        position += 1
    }

    private mutating func literal(_ word: StaticString) throws(JSONSyntaxError) {
        let start = position
        for index in 0..<word.utf8CodeUnitCount {
            guard position < bytes.count else { throw ending() }
            guard bytes[position] == word.utf8Start[index] else {
                throw error("expected true, false or null", at: start)
            }
            position += 1
        }
        tape.append(JSONEntry(offset: start, extent: word.utf8CodeUnitCount))
    }

    private mutating func number() throws(JSONSyntaxError) {
        let start = position
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        if position < bytes.count, bytes[position] == UInt8(ascii: "0") {
            position += 1
            guard position == bytes.count || !isDigit(bytes[position]) else {
                throw error("a number must not have leading zeros", at: start)
            }
        } else {
            try digits()
        }
        var isMarked = false
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            isMarked = true
            position += 1
            try digits()
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            isMarked = true
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-") {
                position += 1
            }
            try digits()
        }
        tape.append(JSONEntry(offset: start, extent: position - start, isMarked: isMarked))
    }

    private mutating func digits() throws(JSONSyntaxError) {
        guard position < bytes.count else { throw ending() }
        guard isDigit(bytes[position]) else { throw error("expected a digit") }
        repeat { position += 1 } while position < bytes.count && isDigit(bytes[position])
    }

    @inline(__always)
    private func isDigit(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10
    }

    /// Reads a string, from its opening quote to its closing quote.
    private mutating func string() throws(JSONSyntaxError) {
        let start = position
        var isMarked = false
        position += 1
        while true {
            position = JSONText.plainEnd(in: bytes, from: position)
            guard position < bytes.count else { throw ending("unexpected end of the document in a string") }
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                isMarked = true
                try escape()
            } else if byte < 0x20 {
                try fault("a control character in a string must be escaped")
                position += 1
            } else {
                let length = JSONText.scalarLength(in: bytes, at: position)
                if length == 0 { try fault("invalid UTF-8") }
                position += max(length, 1)
            }
        }
        tape.append(JSONEntry(offset: start, extent: position - start - 1, isMarked: isMarked))
        position += 1
    }

    private mutating func escape() throws(JSONSyntaxError) {
        let start = position
        guard position + 1 < bytes.count else { throw ending("unexpected end of the document in a string") }
        switch bytes[position + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            position += 2
        case UInt8(ascii: "u"):
            guard let unit = JSONText.codeUnit(in: bytes, at: position) else {
                try fault("expected four hexadecimal digits in an escape")
                position += 2
                return
            }
            position += 6
            guard unit & 0xF800 == 0xD800 else { return }
            guard unit < 0xDC00, let low = JSONText.codeUnit(in: bytes, at: position), low & 0xFC00 == 0xDC00 else {
                return try fault("unpaired surrogate in an escape", at: start)
            }
            position += 6
        default:
            try fault("unknown escape")
            position += 2
        }
    }

    /// Reads a number or a literal; any other word, such as `NaN`, is a fault.
    private mutating func word() throws(JSONSyntaxError) {
        let start = position
        while position < bytes.count, isWord(bytes[position]) { position += 1 }
        guard position > start else { throw error("expected a value") }
        var value = JSONParser(UnsafeBufferPointer(rebasing: bytes[start..<position]), maximumDepth: 0)
        let isValid = (try? value.parse()) != nil
        if !isValid { try fault("expected a value", at: start) }
        let isMarked = isValid && value.tape[0].isMarked
        tape.append(JSONEntry(offset: start, extent: position - start, isMarked: isMarked))
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    // MARK: Errors

    /// Records a fault of the value or key that is being read, or throws it as an error.
    private mutating func fault(_ message: StaticString, at offset: Int? = nil) throws(JSONSyntaxError) {
        guard recordsFaults else { throw error("\(message)", at: offset) }
        guard faults.last?.index != tape.count else { return }
        faults.append(JSONFault(index: tape.count, offset: offset ?? position, message: message))
    }

    private func error(_ message: String, at offset: Int? = nil) -> JSONSyntaxError {
        JSONSyntaxError(message, at: offset ?? position, in: bytes)
    }

    private func ending(_ message: String? = nil) -> JSONSyntaxError {
        JSONSyntaxError(message ?? "unexpected end of the document", at: bytes.count, in: bytes)
    }
}
