/// A point in time on a clock that counts on while the machine is suspended.
///
/// Only differences between instants of one clock mean something.
public struct MonotonicInstant: Hashable, Comparable, Sendable {
    /// Nanoseconds since an arbitrary start.
    public var nanoseconds: Int64

    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    /// The instant that lies `duration` later; it stays at the ends of the representable range.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.wholeNanoseconds)
        return MonotonicInstant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// The time from `right` to `left`.
    public static func - (left: MonotonicInstant, right: MonotonicInstant) -> Duration {
        let (difference, overflow) = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
        return .nanoseconds(overflow ? (left < right ? .min : .max) : difference)
    }
}

extension Duration {
    /// This duration in nanoseconds, held within what 64 bits can say (292 years).
    package var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (nanoseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = nanoseconds.addingReportingOverflow(attoseconds / 1_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }

    /// This duration in milliseconds, rounded, for messages.
    var wholeMilliseconds: Int64 { (wholeNanoseconds / 1000 + 500) / 1000 }

    /// This duration in seconds, as a fraction: for messages and arithmetic where a nanosecond does not matter.
    package var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}

/// The time that a ``Runtime`` lives by: how old a token is, when to renew it, what a proof says it was made at.
///
/// Programs use ``SystemClock``. A test puts a clock here that it moves by hand.
public protocol RuntimeClock: Sendable {
    /// The present on a clock that never jumps and counts suspended time: ages and deadlines are reckoned on it.
    func now() -> MonotonicInstant

    /// The time since 1 January 1970 UTC that the machine believes in: it may jump, and is only used where a protocol
    /// wants a calendar time (`iat`, `exp`) or where an expiry is stored.
    func unixTime() -> Duration

    /// Suspends the task until `deadline`.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError)
}
