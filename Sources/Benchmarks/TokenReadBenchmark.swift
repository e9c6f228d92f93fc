import Countersign
import Synchronization

/// The cost of reading a cached token.
enum TokenReadBenchmark {
    @Sendable static func run() async throws -> Table {
        let client = Catalog.instantClient()
        let token = try await client.tokens.current()
        let floor = Mutex(ExpiringToken(token))
        let actor = TokenActor(ExpiringToken(token))
        let entry = TokenCacheEntry(policy: RenewalPolicy(), clock: SystemClock(), jitter: { 0 }) { .success(token) }
        _ = try await entry.token(deadline: nil)

        let contenders = [
            Contender(name: "floor: the clock") { times in
                for _ in 0..<times { keep(SystemClock().now()) }
            },
            Contender(name: "floor: the clock and a lock") { times in
                for _ in 0..<times {
                    let now = SystemClock().now()
                    keep(floor.withLock { $0.current(at: now) })
                }
            },
            Contender(name: "peer: an actor with a token") { times in
                for _ in 0..<times { keep(await actor.current()) }
            },
            Contender(name: "synchronous: entry.cachedToken()") { times in
                for _ in 0..<times { keep(entry.cachedToken()) }
            },
            Contender(name: "asynchronous: client.tokens.current()") { times in
                for _ in 0..<times { keep(try await client.tokens.current()) }
            },
            Contender(name: "the same on the main actor") { times in
                try await readOnMainActor(client, times)
            },
        ]
        let costs = try await measure(contenders)
        var table = Table("A cached token with a check of its expiry", columns: "", "ns", "to the floor", "allocations")
        for (index, (contender, cost)) in zip(contenders, costs).enumerated() {
            let targets: [Target] =
                index < 3
                ? []
                : [
                    // The promise does not cover calls from the main actor, which need one more check.
                    .atMost(60, cost.nanoseconds, "ns", promise: index < 5 ? 60 : nil),
                    .atMost(0, cost.allocations, "allocations", promise: 60),
                ]
            table.add(
                contender.name,
                cost.nanoseconds.text(),
                (cost.nanoseconds / costs[1].nanoseconds).ratio,
                cost.allocations.text(),
                targets: targets
            )
        }
        return table
    }

    @MainActor private static func readOnMainActor(_ client: CatalogAPI, _ times: Int) async throws {
        for _ in 0..<times { keep(try await client.tokens.current()) }
    }
}

/// A token with its expiry, as a program would implement it by hand.
private struct ExpiringToken: Sendable {
    private let token: AccessToken
    private let expiresAt: MonotonicInstant

    init(_ token: AccessToken) {
        self.token = token
        expiresAt = SystemClock().now().advanced(by: .seconds(3600))
    }

    func current(at now: MonotonicInstant) -> AccessToken? { now < expiresAt ? token : nil }
}

private actor TokenActor {
    private let token: ExpiringToken

    init(_ token: ExpiringToken) { self.token = token }

    func current() -> AccessToken? { token.current(at: SystemClock().now()) }
}
