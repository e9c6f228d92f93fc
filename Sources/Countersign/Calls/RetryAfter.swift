@_spi(Generated) import CountersignJSON

/// The `Retry-After` field of a response: seconds or a date (RFC 9110 section 10.2.3).
enum RetryAfter {
    /// Returns the time from now, or nil if the text is neither seconds nor a date.
    static func parse(_ text: String?, unixTime: Duration) -> Duration? {
        guard let text else { return nil }
        if !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let seconds = Int(text) {
            return .seconds(seconds)
        }
        return HTTPDate.seconds(text).map { max(.zero, .seconds($0) - unixTime) }
    }
}
