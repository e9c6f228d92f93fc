import Countersign
@_spi(Generated) import CountersignJSON
import Foundation

/// The cost of one generated call without the network: a GET with path and query, and a JSON body of five fields.
enum CallBenchmark {
    private struct DecodableItem: Decodable {
        let id, name, description: String
        let amount: Int
        let available: Bool
    }

    @Sendable static func run() async throws -> Table {
        let contenders = try contenders()
        let costs = try await measure(contenders)
        let (transport, reader, proof, bearer, bound) = (costs[0], costs[2], costs[3], costs[5], costs[6])
        let floor = transport.nanoseconds + reader.nanoseconds
        let targets: [Int: [Target]] = [
            5: [
                .atMost(4, bearer.nanoseconds / 1000, "µs"),
                .atMost(20, bearer.allocations, "allocations"),
                .atMost(2, (bearer.nanoseconds - floor) / 1000, "µs beyond transport and JSON", promise: 60),
            ],
            6: [
                .atMost(
                    5,
                    (bound.nanoseconds - floor - proof.nanoseconds) / 1000,
                    "µs beyond transport, JSON and proof",
                    promise: 60
                )
            ],
        ]
        var table = Table("A call, immediate response", columns: "", "µs", "to transport and JSON", "allocations")
        for (index, (contender, cost)) in zip(contenders, costs).enumerated() {
            table.add(
                contender.name,
                (cost.nanoseconds / 1000).text(2),
                index < 4 ? "" : (cost.nanoseconds / floor).ratio,
                cost.allocations.text(),
                targets: targets[index] ?? []
            )
        }
        return table
    }

    private static func contenders() throws -> [Contender] {
        let client = Catalog.instantClient()
        let transport = InstantTransport()
        let url = try HTTP.URL("https://api.example/items/it_1?view=full")
        let bytes = Array(Catalog.responseBody(to: "/").utf8)
        let data = Data(bytes)
        let key = try DPoPKey.generate()
        return [
            Contender(name: "floor: the transport and the body") { times in
                for _ in 0..<times { keep(try await transport.send(HTTP.Request(url: url)).body) }
            },
            Contender(name: "peer: JSONDecoder alone") { times in
                let decoder = JSONDecoder()
                for _ in 0..<times { keep(try decoder.decode(DecodableItem.self, from: data)) }
            },
            Contender(name: "floor: the JSON reader alone") { times in
                for _ in 0..<times { keep(try CatalogAPI.Item(json: JSONDocument(parsing: bytes).root)) }
            },
            Contender(name: "floor: the proof alone") { times in
                for _ in 0..<times {
                    let now = SystemClock().unixTime()
                    let proof = DPoPProof(method: .get, url: url, issuedAt: now, tokenHash: "hash")
                    keep(try proof.signed(with: key))
                }
            },
            Contender(name: "generated call, no authorization") { times in
                for _ in 0..<times { keep(try await client.item(id: "it_1", view: "full")) }
            },
            Contender(name: "generated call, bearer") { times in
                for _ in 0..<times { keep(try await client.itemByBearer(id: "it_1", view: "full")) }
            },
            Contender(name: "generated call, DPoP") { times in
                for _ in 0..<times { keep(try await client.itemByProof(id: "it_1", view: "full")) }
            },
        ]
    }
}
