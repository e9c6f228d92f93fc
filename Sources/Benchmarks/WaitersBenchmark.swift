import Countersign
import Synchronization

/// The cost of many tasks that wait for the same token request.
enum WaitersBenchmark {
    private static let count = 10_000
    private static let rounds = 7

    @Sendable static func run() async throws -> Table {
        var (peer, ours): ([Double], [Double]) = ([], [])
        var fetches = 0
        for _ in 0..<rounds {
            peer.append(try await waitForTask().nanoseconds / 1e6)
            let (elapsed, count) = try await waitForToken()
            ours.append(elapsed.nanoseconds / 1e6)
            fetches = max(fetches, count)
        }
        var table = Table("\(count) tasks wait for one token", columns: "", "ms", "to the peer", "fetches")
        table.add("peer: await the value of one Task", peer.median.text(1), "", "")
        table.add(
            "client.tokens.current()",
            ours.median.text(1),
            (ours.median / peer.median).ratio,
            String(fetches),
            targets: [.atMost(1, Double(fetches), "fetch")]
        )
        table.note("From the first start to the last end of a task. The token arrives when all tasks have started.")
        return table
    }

    private static func waitForTask() async throws -> Duration {
        let gate = StartGate(count)
        let shared = Task { await gate.wait() }
        let start = ContinuousClock.now
        await withTaskGroup { group in
            for _ in 0..<count {
                group.addTask {
                    gate.arrive()
                    await shared.value
                }
            }
        }
        return ContinuousClock.now - start
    }

    private static func waitForToken() async throws -> (Duration, fetches: Int) {
        let transport = GatedTransport(StartGate(count))
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        let tokens = Catalog.client(at: "https://api.example", runtime: CountersignRuntime(configuration)).tokens
        let start = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for _ in 0..<count {
                group.addTask {
                    transport.gate.arrive()
                    keep(try await tokens.current())
                }
            }
            try await group.waitForAll()
        }
        return (ContinuousClock.now - start, transport.requests.load(ordering: .relaxed))
    }
}

/// A gate that opens when `count` tasks have arrived.
private final class StartGate: Sendable {
    private let missing: Atomic<Int>
    private let stream = AsyncStream<Never>.makeStream()

    init(_ count: Int) { missing = Atomic(count) }

    func arrive() {
        if missing.subtract(1, ordering: .relaxed).newValue == 0 { stream.continuation.finish() }
    }

    func wait() async {
        for await _ in stream.stream {}
    }
}

private final class GatedTransport: HTTP.Transport {
    let gate: StartGate
    let requests = Atomic(0)

    init(_ gate: StartGate) { self.gate = gate }

    func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        requests.add(1, ordering: .relaxed)
        await gate.wait()
        return try await InstantTransport().send(request)
    }
}
