import CountersignHTTP

/// Clock skew: the offset of a server's clock, read from the `Date` field of its responses.
enum ClockSkew {
    /// The difference that whole seconds and latency explain.
    private static let tolerance = Duration.seconds(5)
    /// The largest offset that is taken for a wrong clock.
    ///
    /// A larger one means that the date is wrong.
    private static let maximumOffset = Duration.seconds(24 * 3600)

    /// Indicates whether the `Date` of a response can be trusted: only the server, or a proxy on its side, can write it.
    static func isTrusted(at origin: HTTP.Origin) -> Bool {
        origin.isSecure || origin.isLoopback
    }

    /// Returns the time by which the server's clock is ahead of the local clock.
    ///
    /// - Parameters:
    ///   - unixTime: The local time at which the response arrived.
    ///   - known: The offset that is known already.
    /// - Returns: The offset; nil if there is no valid date, or none that differs from the known offset.
    static func offset(in fields: HTTP.Fields, unixTime: Duration, known: Duration = .zero) -> Duration? {
        guard let date = fields[.date].flatMap(HTTPDate.seconds) else { return nil }
        let offset = .seconds(date) - unixTime
        guard differ(offset, known), distance(offset, .zero) <= maximumOffset else { return nil }
        return offset
    }

    /// Indicates whether two offsets differ by more than the tolerance of 5 seconds.
    static func differ(_ first: Duration, _ second: Duration) -> Bool {
        distance(first, second) > tolerance
    }

    private static func distance(_ first: Duration, _ second: Duration) -> Duration {
        max(first - second, second - first)
    }
}
