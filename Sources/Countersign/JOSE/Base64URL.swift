/// Base64 with the URL-safe alphabet and without padding (RFC 4648 section 5, RFC 7515 section 2).
package enum Base64URL {
    /// Encodes bytes.
    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        append(bytes, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    /// Encodes bytes and appends the characters to `output`.
    package static func append(_ bytes: [UInt8], to output: inout [UInt8]) {
        bytes.withUnsafeBytes { append($0, to: &output) }
    }

    /// Encodes bytes and appends the characters to `output`, without any other allocation.
    package static func append(_ bytes: UnsafeRawBufferPointer, to output: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: encodedCount(bytes.count)) { text in
            write(bytes, to: text)
            output.append(contentsOf: text)
        }
    }

    /// Returns the number of characters for `byteCount` bytes.
    package static func encodedCount(_ byteCount: Int) -> Int {
        byteCount / 3 * 4 + (byteCount % 3 * 4 + 2) / 3
    }

    /// Decodes a text; returns `nil` unless it is exactly the encoding of its bytes.
    ///
    /// Padding, white space, characters of the other alphabet and unused bits that are not zero are rejected. So each
    /// byte string has exactly one encoding.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        decode(text.utf8)
    }

    /// Decodes a text in ASCII; see ``decode(_:)-(StringProtocol)``.
    package static func decode(_ text: some Collection<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var digits = 0
        for character in text {
            guard let value = value(of: character) else { return nil }
            bits = bits << 6 | value
            digits += 1
            if digits == 4 {
                bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
                bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
                bytes.append(UInt8(truncatingIfNeeded: bits))
                bits = 0
                digits = 0
            }
        }
        switch digits {
        case 0:
            return bytes
        case 2 where bits & 0xF == 0:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 4))
            return bytes
        case 3 where bits & 0x3 == 0:
            bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
            return bytes
        default:
            return nil
        }
    }

    private static let alphabet: StaticString = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

    private static func write(_ bytes: UnsafeRawBufferPointer, to text: UnsafeMutableBufferPointer<UInt8>) {
        let digits = alphabet.utf8Start
        func digit(_ bits: UInt32, _ shift: UInt32) -> UInt8 { digits[Int(bits >> shift & 0x3F)] }
        var source = 0
        var target = 0
        while source + 3 <= bytes.count {
            let bits = UInt32(bytes[source]) << 16 | UInt32(bytes[source + 1]) << 8 | UInt32(bytes[source + 2])
            text[target] = digit(bits, 18)
            text[target + 1] = digit(bits, 12)
            text[target + 2] = digit(bits, 6)
            text[target + 3] = digit(bits, 0)
            source += 3
            target += 4
        }
        switch bytes.count - source {
        case 1:
            let bits = UInt32(bytes[source]) << 16
            text[target] = digit(bits, 18)
            text[target + 1] = digit(bits, 12)
        case 2:
            let bits = UInt32(bytes[source]) << 16 | UInt32(bytes[source + 1]) << 8
            text[target] = digit(bits, 18)
            text[target + 1] = digit(bits, 12)
            text[target + 2] = digit(bits, 6)
        default:
            break
        }
    }

    private static func value(of character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character) - 65
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character) - 71
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character) + 4
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
