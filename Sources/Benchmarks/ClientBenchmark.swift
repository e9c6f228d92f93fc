import Countersign

/// The cost of creating clients, which programs may create wherever they need one.
enum ClientBenchmark {
    @Sendable static func run() async throws -> Table {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = InstantTransport()
        let runtime = CountersignRuntime(configuration)
        let kept = Catalog.client(at: "https://api.example", runtime: runtime)
        let contenders = [
            Contender(name: "floor: a call of an existing client") { times in
                for _ in 0..<times { keep(try await kept.itemByBearer(id: "it_1", view: "full")) }
            },
            Contender(name: "creating a client") { times in
                for _ in 0..<times { keep(Catalog.client(at: "https://api.example", runtime: runtime)) }
            },
            Contender(name: "creating a client for one call") { times in
                for _ in 0..<times {
                    let client = Catalog.client(at: "https://api.example", runtime: runtime)
                    keep(try await client.itemByBearer(id: "it_1", view: "full"))
                }
            },
        ]
        let costs = try await measure(contenders)
        var table = Table("A client with two schemes", columns: "", "µs (ms for 1,000)", "to the floor", "allocations")
        for (contender, cost) in zip(contenders, costs) {
            table.add(
                contender.name,
                (cost.nanoseconds / 1000).text(2),
                (cost.nanoseconds / costs[0].nanoseconds).ratio,
                cost.allocations.text()
            )
        }
        return table
    }
}
