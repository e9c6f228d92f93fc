/// A search for dot segments (RFC 3986 section 3.3) in text that becomes part of a path, as any server could read it.
///
/// Servers resolve `.` and `..` after decoding. nginx with a URI in `proxy_pass` decodes `%2F` and `%2E`, and forwards the
/// resolved path; a chain of proxies, or one that forwards the decoded path, decodes again. Therefore the text is decoded
/// until nothing is left to decode. Besides `/`, Windows servers split at `\`. Tomcat drops from a segment what follows
/// `;`. A decoded `?`, `#` or NUL ends the path for a server that parses the forwarded text again, and parsers of URLs drop
/// control characters.
enum DotSegments {
    /// Returns true if a server could read a segment of the text as `.` or `..`.
    ///
    /// The time is linear in the length of the text.
    static func areIn(_ text: some Sequence<UInt8>) -> Bool {
        decoded(text).split(whereSeparator: isSeparator).contains { segment in
            let name = segment.prefix { !";?#\0".utf8.contains($0) }.filter { $0 > 0x1F && $0 != 0x7F }
            guard let first = name.firstIndex(where: { $0 != 0x20 }), let last = name.lastIndex(where: { $0 != 0x20 })
            else { return false }
            return (1...2).contains(last - first + 1) && name[first...last].allSatisfy { $0 == UInt8(ascii: ".") }
        }
    }

    /// Returns true if a server could read the text as no segment at all: it is empty, or has only separators.
    static func isEmpty(_ text: String) -> Bool {
        decoded(text.utf8).allSatisfy(isSeparator)
    }

    private static func isSeparator(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
    }

    /// Decodes percent-encoding until none is left.
    ///
    /// A decoded byte can complete an earlier escape. It is decided as soon as its last byte is known, so one pass is enough.
    private static func decoded(_ text: some Sequence<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.underestimatedCount)
        for byte in text {
            bytes.append(byte)
            while bytes.count >= 3, bytes[bytes.count - 3] == UInt8(ascii: "%"),
                let high = bytes[bytes.count - 2].hexadecimalValue, let low = bytes[bytes.count - 1].hexadecimalValue
            {
                bytes.removeLast(3)
                bytes.append(high << 4 | low)
            }
        }
        return bytes
    }
}
