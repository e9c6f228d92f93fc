#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

// Arithmetic on times is done with the duration since 1 January 1970 UTC, which, unlike `Date`, is exact.

extension RuntimeClock {
    /// Returns the duration since 1 January 1970 UTC, in whole microseconds.
    package func unixTime() -> Duration { date().unixTime }
}

extension Date {
    /// The seconds from 1 January 1970 to the reference date of `Date`, 1 January 2001.
    private static let referenceSeconds = 978_307_200.0

    /// The largest distance from the reference date that is represented: a million years.
    private static let limit = 31_557_600_000_000.0

    /// Creates the date that is `unixTime` after 1 January 1970 UTC, at most a million years away.
    package init(unixTime: Duration) {
        let limit = Duration.seconds(Int64(Self.limit))
        let (seconds, attoseconds) = max(.zero - limit, min(unixTime, limit)).components
        // Relative to the reference date, as in `Date`, so that only the last sum is rounded.
        let wholeSeconds = Double(seconds) - Self.referenceSeconds
        self.init(timeIntervalSinceReferenceDate: wholeSeconds + Double(attoseconds) / 1e18)
    }

    /// The duration since 1 January 1970 UTC, in whole microseconds: a `Date` of this century is that precise.
    ///
    /// A date further than a million years away is clamped, and a date that is not a number becomes 1 January 2001.
    package var unixTime: Duration {
        let interval = timeIntervalSinceReferenceDate
        let seconds = interval.isNaN ? 0 : min(max(interval, -Self.limit), Self.limit)
        let whole = seconds.rounded(.down)
        let microseconds = ((seconds - whole) * 1e6).rounded()
        return .seconds(Int64(whole + Self.referenceSeconds)) + .microseconds(Int64(microseconds))
    }
}
