import CountersignHTTP
import Testing

@Suite("Locked")
struct LockedTests {
    private final class Counter: Sendable {
        let count = Locked(0)
    }

    @Test("No addition of concurrent tasks is lost")
    func counts() async {
        let counter = Counter()
        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<10_000 { counter.count.withLock { $0 += 1 } } }
            }
        }
        #expect(counter.count.withLock { $0 } == 80_000)
    }

    @Test("An error releases the lock")
    func throwing() {
        struct Failure: Error {}
        let counter = Counter()
        #expect(throws: Failure.self) { try counter.count.withLock { _ throws(Failure) in throw Failure() } }
        #expect(counter.count.withLock { $0 } == 0)
    }
}
