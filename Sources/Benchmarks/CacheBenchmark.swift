import Countersign
import Foundation
import Synchronization

/// What many identities in one runtime cost: finding one of them, and keeping each.
enum CacheBenchmark {
    private static let sizes = [10, 1000, 100_000]

    @Sendable static func run() async throws -> Table {
        var contenders: [Contender] = []
        var bytes: [Double] = []
        for size in sizes {
            var configuration = Runtime.Configuration()
            configuration.transport = InstantTransport()
            // One is the client's without options.
            configuration.maximumCachedTokens = size + 1
            let runtime = Runtime(configuration)
            let client = Catalog.client(at: "https://api.example", runtime: runtime)
            _ = try await client.tokens.current()
            let before = residentBytes()
            for number in 0..<size { _ = try await tenant(number, client).tokens.current() }
            bytes.append((residentBytes() - before) / Double(size))
            let next = Steps(size)
            contenders.append(
                Contender(name: "\(size) identities") { times in
                    for _ in 0..<times { keep(try await tenant(next.step(), client).tokens.current()) }
                }
            )
        }
        let costs = try await measure(contenders, rounds: 51)
        var table = Table("A token of an identity that an option names", columns: "", "µs", "to 10", "bytes each")
        for (index, (contender, cost)) in zip(contenders, costs).enumerated() {
            let ratio = cost.nanoseconds / costs[0].nanoseconds
            table.add(
                contender.name,
                (cost.nanoseconds / 1000).text(2),
                ratio.ratio,
                // Pages are too coarse a measure for a few.
                index < 2 ? "" : bytes[index].text(),
                targets: index < 2 ? [] : [.atMost(2, ratio, "× the time at 10", promise: 8)]
            )
        }
        table.note("Making the identity is in the time. Bytes: what the process has grown by, token of 384 characters.")
        return table
    }

    private static func tenant(_ number: Int, _ client: CatalogAPI) -> CatalogAPI {
        client.options(.parameters(["tenant": String(number)]))
    }

    private static func residentBytes() -> Double {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        let pages = text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? .nan
        return pages * Double(sysconf(Int32(_SC_PAGESIZE)))
    }
}

/// Goes through numbers in an order that no cache of the processor follows.
private final class Steps: Sendable {
    private let count: Int
    private let position = Atomic(0)

    init(_ count: Int) { self.count = count }

    func step() -> Int { position.wrappingAdd(7919, ordering: .relaxed).newValue % count }
}
