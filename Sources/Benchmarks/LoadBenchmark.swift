import Countersign
import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The throughput of the runtime and its transport over loopback, and the processor time of a request.
enum LoadBenchmark {
    private static let rounds = 5
    private static let roundDuration = Duration.milliseconds(600)

    private struct Client {
        let name: String
        let load: (_ tasks: Int) async throws -> Load
    }

    @Sendable static func run() async throws -> Table {
        let server = try await LoadServer.start()
        defer { server.stop() }
        var table = Table(
            "GET of \(Catalog.responseBody(to: "/").utf8.count) bytes of JSON over loopback",
            columns: "",
            "tasks",
            "requests/s",
            "p50 µs",
            "p99 µs",
            "CPU µs",
            "to URLSession"
        )
        table.note(server.description)
        let wrk = Wrk()
        if wrk == nil { table.note("wrk is not installed, so the upper bound is missing.") }
        for tasks in [1, 16, 64] {
            let clients = try clients(at: server.url, tasks: tasks, wrk)
            var samples = Array(repeating: [Load](), count: clients.count)
            for round in -1..<rounds {
                for (index, client) in clients.enumerated() {
                    let load = try await client.load(tasks)
                    // The first round opens connections and fills caches.
                    if round >= 0 { samples[index].append(load) }
                }
            }
            add(zip(clients.map(\.name), samples.map(Load.init(medianOf:))), tasks, to: &table)
        }
        return table
    }

    private static func clients(at url: String, tasks: Int, _ wrk: Wrk?) throws -> [Client] {
        let catalog = Catalog.client(at: url, runtime: .shared)
        let plain = APIClient(server: url)
        guard let itemURL = URL(string: url + "/items/it_1?view=full") else { return [] }
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = tasks
        let session = URLSession(configuration: configuration)
        func client(_ name: String, _ request: @escaping @Sendable () async throws -> Void) -> Client {
            Client(name: name) { try await Load.measure(tasks: $0, for: roundDuration, request) }
        }
        var clients = [
            client("peer: URLSession, no authorization") { _ = try await session.data(from: itemURL) },
            client("APIClient, no authorization") { _ = try await plain.send(.get, "/items/it_1?view=full") },
            client("generated call, bearer") { _ = try await catalog.itemByBearer(id: "it_1", view: "full") },
            client("generated call, DPoP") { _ = try await catalog.itemByProof(id: "it_1", view: "full") },
        ]
        if let wrk {
            clients.append(Client(name: "bound: wrk") { try wrk.measure(tasks: $0, itemURL.absoluteString) })
        }
        return clients
    }

    private static func add(_ loads: some Sequence<(String, Load)>, _ tasks: Int, to table: inout Table) {
        let loads = Array(loads)
        let session = loads[0].1
        let bound = loads.first { $0.0.hasSuffix("wrk") }?.1
        for (index, (name, load)) in loads.enumerated() {
            let ratio = load.requestsPerSecond / session.requestsPerSecond
            var targets: [Target] = []
            if tasks == 16, index == 1 {
                targets.append(.atLeast(5, ratio, "× URLSession"))
                if let bound {
                    targets.append(.atLeast(0.35, load.requestsPerSecond / bound.requestsPerSecond, "of wrk"))
                }
                targets.append(.atMost(0.15, load.cpu / session.cpu, "of URLSession's CPU"))
            }
            table.add(
                name,
                String(tasks),
                load.requestsPerSecond.text(),
                load.latencies.median.text(),
                load.latencies.p99.text(),
                load.cpu.text(1),
                ratio.ratio,
                targets: targets
            )
        }
    }
}
