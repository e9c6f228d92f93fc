/// Base64 (RFC 4648 sections 4 and 5).
///
/// It is written with the standard alphabet and padding. It is read as JSON APIs send it: also with the URL-safe alphabet and
/// without padding, as the JSON mapping of Protocol Buffers permits, and with line breaks, as MIME encoders write it.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, byte) in alphabet.enumerated() {
            values[Int(byte)] = UInt8(value)
        }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        return values
    }()

    /// Returns the base64 text of some bytes.
    static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.underestimatedCount + 2) / 3 * 4)
        var bits: UInt32 = 0
        var held = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            held += 1
            if held == 3 {
                for shift: UInt32 in [18, 12, 6, 0] { text.append(alphabet[Int(bits >> shift & 63)]) }
                (bits, held) = (0, 0)
            }
        }
        if held == 1 {
            text.append(alphabet[Int(bits >> 2)])
            text.append(alphabet[Int(bits << 4 & 63)])
            text.append(contentsOf: "==".utf8)
        } else if held == 2 {
            text.append(alphabet[Int(bits >> 10)])
            text.append(alphabet[Int(bits >> 4 & 63)])
            text.append(alphabet[Int(bits << 2 & 63)])
            text.append(UInt8(ascii: "="))
        }
        return text
    }

    /// Returns the bytes of a base64 text.
    ///
    /// - Returns: `nil` for an invalid character, wrong padding, or trailing bits that are not zero.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3 + 2)
        var bits: UInt32 = 0
        var held: UInt32 = 0
        var digits = 0
        var padding = 0
        for byte in text {
            let value = values[Int(byte)]
            if value >= 64 {
                switch byte {
                case UInt8(ascii: "="): padding += 1
                case UInt8(ascii: "\r"), UInt8(ascii: "\n"), UInt8(ascii: " "), UInt8(ascii: "\t"): break
                default: return nil
                }
                continue
            }
            guard padding == 0 else { return nil }
            digits += 1
            bits = bits << 6 | UInt32(value)
            held += 6
            if held >= 8 {
                held -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> held))
                bits &= 1 << held - 1
            }
        }
        guard bits == 0, digits % 4 != 1 else { return nil }
        guard padding == 0 || (padding < 3 && (digits + padding) % 4 == 0) else { return nil }
        return bytes
    }
}
