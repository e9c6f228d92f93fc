import Countersign
import Foundation
import Synchronization

/// The machine's clock with an offset that tests increase: tokens age faster, while timeouts keep their real length.
final class ShiftedClock: RuntimeClock {
    private let clock = SystemClock()
    private let offset = Mutex(Duration.zero)

    func shift(by duration: Duration) { offset.withLock { $0 += duration } }

    func now() -> MonotonicInstant { clock.now().advanced(by: offset.withLock { $0 }) }

    func date() -> Date { clock.date() }

    nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        try await clock.sleep(until: deadline.advanced(by: .zero - offset.withLock { $0 }))
    }
}
