/// The encoding of a URL that is invalid by RFC 3986 and that browsers accept (WHATWG URL).
enum InvalidURL {
    /// Returns the URL with everything outside of its authority percent-encoded that is invalid in a URL.
    ///
    /// Foundation would encode the percent signs of valid escapes again.
    static func encoded(_ url: String) -> String {
        let isBlank = { (byte: UInt8) in byte <= 0x20 }
        var text = Array(url.utf8)[...].drop(while: isBlank)
        while text.last.map(isBlank) == true { text.removeLast() }
        text.removeAll { "\t\n\r".utf8.contains($0) }
        let authority = authority(of: text)
        var encoded: [UInt8] = []
        var hasFragment = false
        for index in text.indices {
            let byte = text[index]
            let isKept =
                switch byte {
                case _ where authority.contains(index): true
                case UInt8(ascii: "#"): !hasFragment
                case UInt8(ascii: "%"): text[index...].dropFirst().prefix(2).filter(isHexadecimal).count == 2
                default: isValid(byte)
                }
            hasFragment = hasFragment || byte == UInt8(ascii: "#")
            if isKept { encoded.append(byte) } else { encoded += "%\(hexadecimal(byte))".utf8 }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Returns the place of the authority, which follows `//`.
    private static func authority(of text: ArraySlice<UInt8>) -> Range<Int> {
        let end = text.firstIndex { "/?#".utf8.contains($0) }
        guard let slashes = end, text[slashes...].starts(with: "//".utf8),
            slashes == text.startIndex || text[slashes - 1] == UInt8(ascii: ":")
        else { return 0..<0 }
        let rest = text[(slashes + 2)...]
        return rest.startIndex..<(rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex)
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool { "0123456789abcdefABCDEF".utf8.contains(byte) }

    private static func isValid(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~!$&'()*+,;=:@/?".utf8.contains(byte)
        }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0" + digits : digits
    }
}
