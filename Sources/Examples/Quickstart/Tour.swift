import Countersign
import ExampleServers
import Foundation

/// The calls of the quickstart.
struct Tour {
    private let catalog: CatalogAPI
    private let servers: CatalogServers?

    /// - Parameters:
    ///   - configuration: The servers to call.
    ///   - servers: The embedded servers; nil for other servers.
    init(_ configuration: CatalogConfiguration, servers: CatalogServers?) {
        var runtime = CountersignRuntime.Configuration()
        runtime.transport = WireLog(runtime.transport) { entry in
            print("  " + entry.replacing("\n", with: "\n  "))
        }
        catalog = CatalogAPI(
            credentials: .secret(id: configuration.clientID, configuration.secret).issuer(configuration.issuer),
            server: configuration.api,
            runtime: CountersignRuntime(runtime)
        )
        self.servers = servers
    }

    func run() async throws {
        heading(
            "The first call discovers the token endpoint, requests a token, and gets the nonce that the API requires"
        )
        let item = try await catalog.getItem(id: "it_1")
        result("\(item.name), \(item.price.amount) \(item.price.currency)")

        heading("The next calls reuse the token: one request each, with a new proof for every request")
        for try await item in catalog.listItems(tag: "tools") { result(item.name) }

        if let servers {
            heading("The API rejects the token, as after a revocation: the token is renewed and the call resent")
            servers.rejectIssuedTokens()
            result(try await catalog.getItem(id: "it_2").name)
        }

        heading("An error response is decoded into the type declared in the schema")
        do {
            _ = try await catalog.createItem(name: "Saw", price: .init(amount: Decimal(24), currency: "EUR"))
        } catch {
            guard let problem = error.problem else { throw error }
            result("\(problem.code): \(problem.detail ?? "no detail")")
        }

        heading("An operation without authorization sends no token")
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
