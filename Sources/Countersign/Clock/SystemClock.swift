#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The clocks of the machine: `CLOCK_BOOTTIME` for instants, `CLOCK_REALTIME` for dates.
public struct SystemClock: RuntimeClock {
    public init() {}

    public func now() -> MonotonicInstant {
        #if os(Linux)
        let clock = CLOCK_BOOTTIME
        #else
        // Counts while the machine is suspended on Apple platforms.
        let clock = CLOCK_MONOTONIC
        #endif
        var time = timespec()
        clock_gettime(clock, &time)
        return MonotonicInstant(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    public func date() -> Date { Date.now }

    public nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        do {
            try await Task.sleep(for: deadline - now(), clock: .continuous)
        } catch {
            throw CancellationError()
        }
    }
}
