import Countersign
import ExampleServers
import Foundation

/// The calls that the quickstart makes, one after the other.
struct Tour {
    private let catalog: CatalogAPI
    private let servers: CatalogServers?

    /// - Parameter servers: The embedded servers, if they are the ones that are called: they can be told to refuse tokens.
    init(_ target: CatalogTarget, servers: CatalogServers?) {
        var configuration = Runtime.Configuration()
        configuration.transport = NarratingTransport(configuration.transport)
        catalog = CatalogAPI(
            credentials: .secret(id: target.clientID, target.secret).issuer(target.issuer),
            server: target.api,
            runtime: Runtime(configuration)
        )
        self.servers = servers
    }

    func run() async throws {
        heading("The first call finds the token endpoint, fetches a token, and learns that the API wants a nonce")
        let item = try await catalog.getItem(id: "it_1")
        result("\(item.name), \(item.price.amount) \(item.price.currency)")

        heading("The next calls use the token again: one request each, signed for that request alone")
        for try await item in catalog.listItems(tag: "tools") { result(item.name) }

        if let servers {
            heading("The API refuses the token, as it would after a revocation: it is renewed, and the call sent again")
            servers.refuseTokensIssuedSoFar()
            result(try await catalog.getItem(id: "it_2").name)
        }

        heading("An error of the API arrives as a value of the schema's type")
        do {
            _ = try await catalog.createItem(name: "Saw", price: .init(amount: Decimal(24), currency: "EUR"))
        } catch {
            guard let problem = error.problem else { throw error }
            result("\(problem.code): \(problem.detail ?? "no detail")")
        }

        heading("An operation that needs no authorization gets none")
        try await catalog.health()
        result("healthy")
    }

    private func heading(_ text: String) {
        print("\n\(text)")
    }

    private func result(_ text: String) {
        print("  = \(text)")
    }
}
