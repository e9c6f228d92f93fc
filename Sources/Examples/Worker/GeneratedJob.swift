import Countersign
import ExampleServers

/// The job through the client that is generated from `Catalog.client.yaml`.
struct GeneratedJob: Sendable {
    private let catalog: CatalogAPI

    init(_ target: CatalogTarget) {
        catalog = CatalogAPI(
            credentials: .secret(id: target.clientID, target.secret).issuer(target.issuer),
            server: target.api
        )
    }

    func run() async throws -> String {
        var names: [String] = []
        for try await item in catalog.listItems(tag: "tools") { names.append(item.name) }
        return names.joined(separator: ", ")
    }
}
