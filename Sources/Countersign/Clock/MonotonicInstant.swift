/// A point in time on a clock that also counts while the machine is suspended.
///
/// It has no relation to the calendar. Only the difference between two instants of the same clock has a meaning.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
    /// The number of nanoseconds since an arbitrary start.
    public var nanoseconds: Int64

    /// Creates an instant from a number of nanoseconds since the start of its clock.
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// Returns the instant that is `duration` later.
    ///
    /// Outside of the representable range, it returns the first or the last instant.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return MonotonicInstant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// Returns the time from `right` to `left`.
    public static func - (left: MonotonicInstant, right: MonotonicInstant) -> Duration {
        let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return .nanoseconds(overflow ? (left < right ? .min : .max) : difference)
    }
}

extension Duration {
    /// The duration in nanoseconds, clamped to what 64 bits can represent (292 years).
    package var wholeNanoseconds: Int64 {
        guard .seconds(-9_223_372_036)...(.seconds(9_223_372_036)) ~= self else { return self < .zero ? .min : .max }
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// The duration in milliseconds, rounded, for messages.
    var wholeMilliseconds: Int64 { (wholeNanoseconds / 1000 + 500) / 1000 }

    /// The duration in seconds as a fraction, for messages and for arithmetic that needs no exact nanoseconds.
    package var seconds: Double {
        let (seconds, attoseconds) = max(.seconds(Int64.min), min(self, .seconds(Int64.max))).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
