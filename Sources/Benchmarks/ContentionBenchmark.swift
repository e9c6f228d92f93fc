import Countersign
import Synchronization

/// The cost of reading one cached token in several concurrent tasks.
enum ContentionBenchmark {
    private static let reads = 200_000
    private static let rounds = 11

    @Sendable static func run() async throws -> Table {
        let client = Catalog.instantClient()
        let token = try await client.tokens.current()
        let floor = CountedLock()
        let entry = TokenCacheEntry(policy: RenewalPolicy(), clock: SystemClock(), jitter: { 0 }) { .success(token) }
        _ = try await entry.token(deadline: nil)
        let contenders = [
            Contender(name: "floor: the clock and a lock") { times in
                for _ in 0..<times { keep(floor.read()) }
            },
            Contender(name: "synchronous: entry.cachedToken()") { times in
                for _ in 0..<times { keep(entry.cachedToken()) }
            },
            Contender(name: "asynchronous: client.tokens.current()") { times in
                for _ in 0..<times { keep(try await client.tokens.current()) }
            },
        ]
        let tasks = [1, 2, 8]
        var samples = contenders.map { _ in tasks.map { _ in [Double]() } }
        for _ in 0..<rounds {
            for (row, contender) in contenders.enumerated() {
                for (column, count) in tasks.enumerated() {
                    samples[row][column].append(try await nanoseconds(contender, tasks: count))
                }
            }
        }
        var table = Table("A cached token, read by several tasks", columns: "ns a read", "1 task", "2 tasks", "8 tasks")
        for (contender, row) in zip(contenders, samples) {
            let medians = row.map(\.median)
            table.add(contender.name, medians[0].text(), medians[1].text(), medians[2].text())
        }
        table.note(
            "Elapsed time divided by all reads. With as many cores as tasks and without contention it decreases."
        )
        return table
    }

    private static func nanoseconds(_ contender: Contender, tasks: Int) async throws -> Double {
        let start = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for _ in 0..<tasks { group.addTask { try await contender.run(reads / tasks) } }
            try await group.waitForAll()
        }
        return (ContinuousClock.now - start).nanoseconds / Double(reads)
    }
}

/// The lower bound: a read of the clock and a comparison under a lock.
private final class CountedLock: Sendable {
    private let end = Mutex(SystemClock().now().advanced(by: .seconds(3600)))

    func read() -> Bool {
        let now = SystemClock().now()
        return end.withLock { now < $0 }
    }
}
