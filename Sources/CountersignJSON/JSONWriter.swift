/// A writer of JSON (RFC 8259) without white space.
///
/// The writer inserts commas. The caller is responsible for balanced containers, and for a key before each value of an
/// object.
@_spi(Generated)
public struct JSONWriter: Sendable {
    /// The JSON text written so far.
    public private(set) var bytes: [UInt8] = []
    /// The first value without a JSON form, which was written as `null`.
    public private(set) var failure: JSONEncodingError?

    /// True if the last token completed a value, so that the next one needs a comma.
    private var isAfterValue = false

    /// Creates a writer that reserves `capacity` bytes.
    public init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    // MARK: Structure

    /// Opens an object; calls of ``key(_:)`` and values alternate until ``endObject()``.
    public mutating func beginObject() {
        begin(UInt8(ascii: "{"))
    }

    /// Closes the innermost object.
    public mutating func endObject() {
        end(UInt8(ascii: "}"))
    }

    /// Opens an array; values follow until ``endArray()``.
    public mutating func beginArray() {
        begin(UInt8(ascii: "["))
    }

    /// Closes the innermost array.
    public mutating func endArray() {
        end(UInt8(ascii: "]"))
    }

    /// Writes the key of the next value.
    public mutating func key(_ key: String) {
        separate()
        quote(key)
        bytes.append(UInt8(ascii: ":"))
        isAfterValue = false
    }

    // MARK: Members

    /// Writes a member.
    public mutating func field<T: JSONEncodable>(_ key: String, _ value: T) {
        self.key(key)
        value.encode(to: &self)
    }

    /// Writes a member, or nothing if the value is `nil`.
    public mutating func field<T: JSONEncodable>(_ key: String, _ value: T?) {
        guard let value else { return }
        field(key, value)
    }

    /// Writes a member, with `null` if the value is `nil`.
    public mutating func nullableField<T: JSONEncodable>(_ key: String, _ value: T?) {
        self.key(key)
        if let value { value.encode(to: &self) } else { null() }
    }

    /// Writes members, except those whose keys are in `keys`.
    ///
    /// They are sorted by key, so that equal values have equal bytes.
    public mutating func fields<T: JSONEncodable>(_ members: [String: T], except keys: [String] = []) {
        for (key, value) in members.sorted(by: { $0.key < $1.key }) where !keys.containsBytes(of: key) {
            field(key, value)
        }
    }

    // MARK: Values

    /// Writes a value.
    public mutating func value<T: JSONEncodable>(_ value: T) {
        value.encode(to: &self)
    }

    /// Writes a string, with only the escapes that JSON requires.
    public mutating func string(_ string: String) {
        separate()
        quote(string)
        isAfterValue = true
    }

    /// Writes an integer, without an exponent.
    public mutating func number(_ number: Int) {
        self.number(Int64(number))
    }

    /// Writes an integer, without an exponent.
    public mutating func number(_ number: Int64) {
        separate()
        var rest = number.magnitude
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var start = 20
            repeat {
                let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
                start -= 1
                digits[start] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: digit)
                rest = quotient
            } while rest > 0
            if number < 0 { bytes.append(UInt8(ascii: "-")) }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: digits[start..<20]))
        }
        isAfterValue = true
    }

    /// Writes the shortest text that reads back as the same number; integers without `.0`, as in JavaScript.
    ///
    /// NaN and infinity are recorded as ``failure``.
    public mutating func number(_ number: Double) {
        guard number.isFinite else { return fail("not a finite number") }
        verbatim(number.description, isIntegral: true)
    }

    /// Writes the shortest text that reads back as the same `Float`, as for `Double`.
    public mutating func number(_ number: Float) {
        guard number.isFinite else { return fail("not a finite number") }
        verbatim(number.description, isIntegral: true)
    }

    /// Writes the text of a number; a text that is not a JSON number is recorded as ``failure``.
    public mutating func rawNumber(_ text: String) {
        let isNumber = withUTF8(of: text) { JSONParser.isNumber($0) }
        guard isNumber else { return fail("not a JSON number") }
        verbatim(text, isIntegral: false)
    }

    /// Writes `true` or `false`.
    public mutating func bool(_ bool: Bool) {
        verbatim(bool ? "true" : "false", isIntegral: false)
    }

    /// Writes `null`.
    public mutating func null() {
        verbatim("null", isIntegral: false)
    }

    /// Writes `null` for a value that has no JSON form, and records the ``failure`` if it is the first.
    public mutating func fail(_ message: String) {
        null()
        guard failure == nil else { return }
        failure = JSONEncodingError(path: JSONPath.toEnd(of: bytes)?.description ?? "", message: message)
    }

    // MARK: Bytes

    private mutating func separate() {
        if isAfterValue { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        isAfterValue = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        isAfterValue = true
    }

    private mutating func verbatim(_ text: String, isIntegral: Bool) {
        separate()
        withUTF8(of: text) { text in
            var end = text.count
            if isIntegral, end > 2, text[end - 2] == UInt8(ascii: "."), text[end - 1] == UInt8(ascii: "0") { end -= 2 }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[..<end]))
        }
        isAfterValue = true
    }

    private mutating func quote(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        withUTF8(of: string) { text in
            var start = 0
            while true {
                var end = start
                while true {
                    end = JSONText.plainEnd(in: text, from: end)
                    guard end < text.count, text[end] >= 0x80 else { break }
                    end += 1
                }
                bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<end]))
                guard end < text.count else { break }
                escape(text[end])
                start = end + 1
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x00..<0x20:
            let low = byte & 0x0F
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
        default: bytes.append(byte)
        }
    }
}
