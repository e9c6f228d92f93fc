import Countersign
import Synchronization

/// The machine's clock, put forward by hand: tokens age as fast as a test wants, and time-outs are as long as they say.
final class ShiftedClock: RuntimeClock {
    private let clock = SystemClock()
    private let offset = Mutex(Duration.zero)

    func shift(by duration: Duration) { offset.withLock { $0 += duration } }

    func now() -> MonotonicInstant { clock.now().advanced(by: offset.withLock { $0 }) }

    func unixTime() -> Duration { clock.unixTime() }

    nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        try await clock.sleep(until: deadline.advanced(by: .zero - offset.withLock { $0 }))
    }
}
