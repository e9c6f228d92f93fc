/// The check against open redirects: a path of the program's own site, to which a browser may be redirected.
///
/// A link to the sign-in can contain an address of another site. Browsers read `//evil.example` and `/\evil.example` as
/// the host `evil.example`.
enum LocalPath {
    private static let maximumLength = 2048

    static func isLocal(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (1...maximumLength).contains(bytes.count), bytes[0] == UInt8(ascii: "/") else { return false }
        if bytes.count > 1, bytes[1] == UInt8(ascii: "/") { return false }
        return bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    }
}
