#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The machine's own clocks: `CLOCK_BOOTTIME` for ages, `CLOCK_REALTIME` for calendar time.
public struct SystemClock: RuntimeClock {
    public init() {}

    public func now() -> MonotonicInstant {
        #if os(Linux)
        MonotonicInstant(nanoseconds: Self.read(CLOCK_BOOTTIME))
        #else
        MonotonicInstant(nanoseconds: Self.read(CLOCK_MONOTONIC))  // counts suspended time on Apple platforms
        #endif
    }

    public func unixTime() -> Duration {
        .nanoseconds(Self.read(CLOCK_REALTIME))
    }

    public nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        do {
            try await Task.sleep(for: deadline - now(), clock: .continuous)
        } catch {
            throw CancellationError()
        }
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
