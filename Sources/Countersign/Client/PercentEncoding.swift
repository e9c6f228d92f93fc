extension UInt8 {
    /// True for a character that RFC 3986 section 2.3 calls unreserved: it needs no encoding anywhere.
    var isUnreserved: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
            true
        default:
            false
        }
    }

    /// The value of a hexadecimal digit; nil for another byte.
    var hexadecimalValue: UInt8? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    fileprivate var hexadecimalDigit: UInt8 {
        self < 10 ? UInt8(ascii: "0") + self : UInt8(ascii: "A") + self - 10
    }
}

extension [UInt8] {
    /// Appends a byte, percent-encoded unless it is unreserved.
    mutating func appendPercentEncoding(_ byte: UInt8) {
        if byte.isUnreserved { return append(byte) }
        append(UInt8(ascii: "%"))
        append((byte >> 4).hexadecimalDigit)
        append((byte & 15).hexadecimalDigit)
    }
}

extension String {
    /// Appends text with each byte percent-encoded that is not unreserved.
    mutating func appendPercentEncoded(_ text: String) {
        if text.utf8.allSatisfy(\.isUnreserved) {
            self += text
            return
        }
        var bytes: [UInt8] = []
        for byte in text.utf8 { bytes.appendPercentEncoding(byte) }
        self += String(decoding: bytes, as: UTF8.self)
    }
}
