@_spi(Generated) import CountersignJSON

/// The `Retry-After` fields of a response: seconds or a date (RFC 9110 section 10.2.3).
enum RetryAfter {
    /// Returns the time from now; nil if there is no field with seconds or a date.
    ///
    /// Some servers send a fraction of a second. Of several fields, the longest time counts.
    static func parse(_ fields: HTTP.Fields, unixTime: Duration) -> Duration? {
        fields.values(for: .retryAfter).compactMap { parse($0, unixTime: unixTime) }.max()
    }

    private static func parse(_ text: String, unixTime: Duration) -> Duration? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { 0x30...0x39 ~= $0 } }) else {
            return HTTPDate.seconds(text).map { max(.zero, .seconds($0) - unixTime) }
        }
        // A longer time is as good as endless: no caller waits for it.
        guard parts[0].count <= 9, let seconds = Int(Substring(parts[0])) else { return .seconds(999_999_999) }
        let nanoseconds = parts.count > 1 ? Int((Substring(parts[1]) + "000000000").prefix(9)) : 0
        return .seconds(seconds) + .nanoseconds(nanoseconds ?? 0)
    }
}
