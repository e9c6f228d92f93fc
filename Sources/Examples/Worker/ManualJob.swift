import Countersign
import ExampleServers

/// The job without a schema: calls by method and path, and a request that another HTTP client sends.
///
/// The tokens are those of the generated client too: its credentials and demands are equal.
struct ManualJob: Sendable {
    private let catalog: APIClient
    private let url: String
    private let otherClient = CurlTransport()

    init(_ target: CatalogTarget) {
        catalog = APIClient(
            server: target.api,
            authorization: .clientCredentials(
                .secret(id: target.clientID, target.secret),
                issuer: target.issuer,
                scopes: ["catalog", "catalog.write"],
                dpop: .es256
            )
        )
        url = "\(target.api)/items/it_1"
    }

    func run() async throws -> String {
        let token = try await catalog.tokens.current()
        let ours = try await catalog.send(.get, "/items", query: [("tag", "tools")])

        // Authorization and proof for a request that somebody else sends.
        let fields = try await catalog.tokens.authorizationHeaders(method: .get, url: url)
        let theirs = try await otherClient.send(HTTP.Request(url: HTTP.URL(url), fields: fields))
        catalog.tokens.updateDPoPNonce(from: theirs.fields)
        return "\(token), status \(ours.status.rawValue) and \(theirs.status.rawValue)"
    }
}
