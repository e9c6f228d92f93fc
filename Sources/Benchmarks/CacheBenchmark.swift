import Countersign
import Foundation
import Synchronization

/// The cost of many token identities in one runtime: the time of a lookup, and the memory of each.
enum CacheBenchmark {
    private static let sizes = [10, 1000, 100_000]

    @Sendable static func run() async throws -> Table {
        var contenders: [Contender] = []
        var bytes: [Double] = []
        for size in sizes {
            var configuration = CountersignRuntime.Configuration()
            configuration.transport = InstantTransport()
            // One more for the client without options.
            configuration.maximumCachedTokens = size + 1
            let runtime = CountersignRuntime(configuration)
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
        var table = Table("A token of an identity with its own option", columns: "", "µs", "to 10", "bytes each")
        for (index, (contender, cost)) in zip(contenders, costs).enumerated() {
            let ratio = cost.nanoseconds / costs[0].nanoseconds
            table.add(
                contender.name,
                (cost.nanoseconds / 1000).text(2),
                ratio.ratio,
                // The size of a page is too large to measure a few entries.
                index < 2 ? "" : bytes[index].text(),
                targets: index < 2 ? [] : [.atMost(2, ratio, "× the time with 10", promise: 8)]
            )
        }
        table.note("The time includes creating the identity. Bytes: growth of the process; tokens have 384 characters.")
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

/// Numbers in an order that defeats the caches of the processor.
private final class Steps: Sendable {
    private let count: Int
    private let position = Atomic(0)

    init(_ count: Int) { self.count = count }

    func step() -> Int { position.wrappingAdd(7919, ordering: .relaxed).newValue % count }
}
