/// A path of the program's own site, for a browser to be sent to.
///
/// What came with a request could be meant to lead the user elsewhere after the sign-in: to `//evil.example`, which is
/// a host to browsers, as is `/\evil.example`.
enum LocalPath {
    static func isLocal(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...2048).contains(bytes.count), bytes[0] == UInt8(ascii: "/") else { return false }
        if bytes.count > 1, bytes[1] == UInt8(ascii: "/") { return false }
        return bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
