import Countersign
import ExampleServers

/// A job that uses the client generated from `Catalog.client.yaml`.
struct GeneratedJob: Sendable {
    private let catalog: CatalogAPI

    init(_ configuration: CatalogConfiguration) {
        catalog = CatalogAPI(
            credentials: .secret(id: configuration.clientID, configuration.secret).issuer(configuration.issuer),
            server: configuration.api
        )
    }

    func run() async throws -> String {
        var names: [String] = []
        for try await item in catalog.listItems(tag: "tools") { names.append(item.name) }
        return names.joined(separator: ", ")
    }
}
