/// The `error` of a callback, if it has only the characters that RFC 6749 section 4.1.2.1 allows.
struct OAuthErrorCode {
    let text: String

    init?(_ text: String) {
        guard 1...64 ~= text.utf8.count,
            text.utf8.allSatisfy({ 0x20...0x7E ~= $0 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        else { return nil }
        self.text = text
    }

    var isTransient: Bool { text == "server_error" || text == "temporarily_unavailable" }
}
