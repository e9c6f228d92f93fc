import Countersign
import Synchronization

/// Reading a token that is cached.
enum TokenReadBenchmark {
    @Sendable static func run() async throws -> Table {
        let client = Catalog.instantClient()
        let token = try await client.tokens.current()
        let floor = Mutex(HeldToken(token))
        let actor = TokenActor(HeldToken(token))
        let slot = TokenCacheEntry(policy: RenewalPolicy(), clock: SystemClock(), jitter: { 0 }, fetch: { .success(token) })
        _ = try await slot.token(deadline: nil)

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
            Contender(name: "synchronous: slot.cached()") { times in
                for _ in 0..<times { keep(slot.cached()) }
            },
            Contender(name: "asynchronous: client.tokens.current()") { times in
                for _ in 0..<times { keep(try await client.tokens.current()) }
            },
            Contender(name: "the same on the main actor") { times in
                try await readOnMainActor(client, times)
            },
        ]
        let costs = try await measure(contenders)
        var table = Table("A cached token, its expiry checked", columns: "", "ns", "to the floor", "allocations")
        for (index, (contender, cost)) in zip(contenders, costs).enumerated() {
            let targets: [Target] =
                index < 3
                ? []
                : [
                    // Promised of the API called where the caller is; from the main actor there is a check more.
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

/// A token and when it ends: what a program would write by hand.
private struct HeldToken: Sendable {
    private let token: AccessToken
    private let end: MonotonicInstant

    init(_ token: AccessToken) {
        self.token = token
        end = SystemClock().now().advanced(by: .seconds(3600))
    }

    func current(at now: MonotonicInstant) -> AccessToken? { now < end ? token : nil }
}

private actor TokenActor {
    private let held: HeldToken

    init(_ held: HeldToken) { self.held = held }

    func current() -> AccessToken? { held.current(at: SystemClock().now()) }
}
