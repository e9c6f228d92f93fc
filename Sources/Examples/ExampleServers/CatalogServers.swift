import Countersign
import CountersignTesting

/// An authorization server and a small catalog API on 127.0.0.1, so that the examples run without other servers.
///
/// The API validates tokens and proofs, and requires a nonce.
package final class CatalogServers: Sendable {
    private static let clientID = "example"
    package static let secret = "not-secret-for-this-example-only"

    private let authorizationServer = FakeAuthorizationServer()
    private let api: FakeResourceServer

    package init() {
        authorizationServer.register(
            .init(
                id: Self.clientID,
                authentication: .clientSecretBasic(secret: Self.secret),
                scopes: ["catalog", "catalog.write"]
            )
        )
        api = FakeResourceServer(trusting: authorizationServer)
        api.configuration.nonces = .required
        addRoutes()
    }

    /// Starts both servers on free ports.
    package func start() throws -> CatalogConfiguration {
        let issuer = try authorizationServer.start()
        let origin = try api.start()
        return CatalogConfiguration(
            issuer: issuer,
            api: "\(origin)/catalog/v1",
            clientID: Self.clientID,
            secret: SecretValue(Self.secret)
        )
    }

    package func stop() {
        api.stop()
        authorizationServer.stop()
    }

    /// Lets the API reject all tokens issued so far.
    package func rejectIssuedTokens() {
        api.rejectIssuedTokens()
    }

    private func addRoutes() {
        let items = Self.items
        api.on(.get, "/catalog/v1/health", access: .open) { _ in HTTP.Response(status: 204) }
        api.on(.get, "/catalog/v1/items/{id}", scopes: ["catalog"]) { request in
            guard let item = items.first(where: { $0.id == request.parameter("id") }) else {
                return .json(#"{"code":"not_found","detail":"There is no such item."}"#, status: 404)
            }
            return .json(item.json)
        }
        api.on(.get, "/catalog/v1/items", scopes: ["catalog"]) { request in
            // There are two pages; the first response has the cursor of the second.
            let isSecond = request.query("cursor") == "page-2"
            let page = isSecond ? items[2...] : items[..<2]
            let next = isSecond ? "" : #","next_cursor":"page-2""#
            return .json(#"{"items":[\#(page.map(\.json).joined(separator: ","))]\#(next)}"#)
        }
        api.on(.post, "/catalog/v1/items", scopes: ["catalog.write"]) { _ in
            .json(#"{"code":"out_of_stock","detail":"The warehouse is closed on Sundays."}"#, status: 409)
        }
    }

    private static let items: [(id: String, json: String)] = [
        ("it_1", "Hand saw", "24.90"), ("it_2", "Claw hammer", "18.50"), ("it_3", "Folding rule", "7.20"),
    ].map { id, name, price in
        let json = """
            {"id":"\(id)","name":"\(name)","price":{"amount":\(price),"currency":"EUR"},"tags":["tools"],\
            "updated_at":"2026-01-31T08:30:00Z"}
            """
        return (id, json)
    }
}
