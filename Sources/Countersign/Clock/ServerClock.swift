import CountersignHTTP

/// What the `Date` of responses tells of the server's clock.
enum ServerClock {
    /// What the seconds of a date and the way of a response account for.
    private static let tolerance = Duration.seconds(5)
    /// What is further away is no clock.
    private static let limit = Duration.seconds(24 * 3600)

    /// Whether a `Date` from there can be believed: only the server, or a proxy on its side, can have written it.
    static func isBelieved(at origin: HTTP.Origin) -> Bool {
        origin.isSecure || origin.isLoopback
    }

    /// How far the server's clock is ahead of ours.
    ///
    /// - Parameters:
    ///   - unixTime: Our time when the response came.
    ///   - known: What we have reckoned with.
    /// - Returns: nil when the response does not say, or nothing that differs from what we have reckoned with.
    static func offset(in fields: HTTP.Fields, unixTime: Duration, known: Duration = .zero) -> Duration? {
        guard let date = fields[.date].flatMap(HTTPDate.seconds) else { return nil }
        let offset = .seconds(date) - unixTime
        guard differ(offset, known), distance(offset, .zero) <= limit else { return nil }
        return offset
    }

    static func differ(_ first: Duration, _ second: Duration) -> Bool {
        distance(first, second) > tolerance
    }

    private static func distance(_ first: Duration, _ second: Duration) -> Duration {
        max(first - second, second - first)
    }
}
