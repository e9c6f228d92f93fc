import Countersign
import ExampleServers

/// A job without a schema: a call by method and path, and a request that another HTTP client sends.
///
/// It shares its tokens with the generated client, because the credentials and token requests are equal.
struct ManualJob: Sendable {
    private let catalog: APIClient
    private let url: String
    private let otherClient = CurlTransport()

    init(_ configuration: CatalogConfiguration) {
        catalog = APIClient(
            server: configuration.api,
            authorization: .clientCredentials(
                .secret(id: configuration.clientID, configuration.secret),
                OAuthConfiguration(issuer: configuration.issuer, dpop: .es256),
                scopes: ["catalog", "catalog.write"]
            )
        )
        url = "\(configuration.api)/items/it_1"
    }

    func run() async throws -> String {
        let token = try await catalog.tokens.current()
        let items = try await catalog.send(.get, "/items", query: [("tag", "tools")])

        // Token and proof for a request that another HTTP client sends.
        let fields = try await catalog.tokens.authorizationHeaders(method: .get, url: url)
        let item = try await otherClient.send(HTTP.Request(url: HTTP.URL(url), fields: fields))
        catalog.tokens.updateDPoPNonce(from: item.fields)
        return "\(token), status \(items.status) and \(item.status)"
    }
}
