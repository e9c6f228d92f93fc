import Countersign
import CountersignTesting
import Testing

// The samples of "Making calls" and "Testing with stubs and fake servers" that need tokens, line for line.

@Suite("The articles 'Making calls' and 'Testing with stubs and fake servers'", .timeLimit(.minutes(15)))
struct CatalogArticleTests {
    typealias CatalogAPI = ArticleCatalogAPI

    private static let image: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x00, 0xFF]

    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer
    private let api: FakeResourceServer
    private let runtime: CountersignRuntime

    init() {
        server = FakeAuthorizationServer(issuer: "https://login.example.com", clock: clock)
        server.register(.init(id: "worker", authentication: .clientSecretBasic(secret: "s3cret"), scopes: ["catalog"]))
        api = FakeResourceServer(origin: "https://api.example.com", trusting: server)
        api.on(.get, "/catalog/v1/items/{id}", scopes: ["catalog"]) { request in
            .json(#"{"id": "\#(request.parameter("id") ?? "")", "name": "Saw", "price": "24.90"}"#)
        }
        api.on(.get, "/catalog/v1/items/{id}/image", scopes: ["catalog"]) { _ in
            HTTP.Response(status: 200, fields: ["Content-Type": "image/png"], body: Self.image)
        }
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, api, clock: clock)
        configuration.clock = clock
        runtime = CountersignRuntime(configuration)
    }

    @Test("A test can pass a Retry-After from a cold start, with any jitter", arguments: 0..<20)
    func retryAfter(_: Int) async throws {
        let catalog = CatalogAPI(credentials: .secret(id: "worker", SecretValue("s3cret")), runtime: runtime)
            .options(.timeout(.seconds(45)))
        api.inject(.status(429, fields: ["Retry-After": "20"]))
        async let item = catalog.getItem(id: "it_1")
        await clock.advanceToSleeper(due: .seconds(20)...(.milliseconds(20_500)))
        #expect(try await item.name == "Saw")
        #expect(api.requests.map(\.status) == [429, 200])
        #expect(server.count(.token) == 1)
    }

    @Test("A test can pass the waits without a Retry-After one after the other")
    func backOff() async throws {
        let catalog = CatalogAPI(credentials: .secret(id: "worker", SecretValue("s3cret")), runtime: runtime)
        api.inject(.transportError(.connect, message: "connection refused"), times: 2)
        async let item = catalog.getItem(id: "it_1")
        await clock.advanceToSleeper(due: .zero...(.milliseconds(500)))
        await clock.advanceToSleeper(due: .zero...(.seconds(1)))
        #expect(try await item.name == "Saw")
        #expect(api.count == 3)
        server.inject(.oauthError("invalid_client", status: 401))
        api.inject(.status(503, fields: ["Retry-After": "1"]), times: 2)
        api.inject(.slow(by: .seconds(60)))
        api.inject(.slowResponse(by: .seconds(60)))
    }

    @Test("Bytes are requested with the token of the generated client")
    func bytes() async throws {
        let credentials = ClientCredentials.secret(id: "worker", SecretValue("s3cret"))
        let catalog = CatalogAPI(credentials: credentials, runtime: runtime)
        func image(of item: CatalogAPI.ItemID) async throws -> [UInt8] {
            let bytes = APIClient(
                server: "https://api.example.com/catalog/v1",
                authorization: .clientCredentials(
                    credentials,
                    OAuthConfiguration(issuer: "https://login.example.com", dpop: .es256),
                    scopes: ["catalog"]
                ),
                runtime: runtime
            )
            let response = try await bytes.send(.get, "/items/it_1/image", fields: ["Accept": "image/png"])
            guard response.status == 200 else { throw Unavailable(code: response.status.rawValue) }
            return response.body
        }
        #expect(try await catalog.getItem(id: "it_1").price == "24.90")
        #expect(try await image(of: "it_1") == Self.image)
        #expect(server.count(.token) == 1)
        #expect(api.requests.allSatisfy { $0.request.fields["DPoP"] != nil })
        api.inject(.status(404))
        await #expect(throws: Unavailable.self) { try await image(of: "it_1") }
    }

    @Test("A wrapped value can be made from a variable")
    func wrapped() async throws {
        let catalog = CatalogAPI(credentials: .secret(id: "worker", SecretValue("s3cret")), runtime: runtime)
        let text = "it_1"
        let id = CatalogAPI.ItemID(rawValue: text)
        let item = try await catalog.getItem(id: id)
        print(item.id.rawValue)
        #expect(item.id == "it_1")
    }
}

private struct Unavailable: Error {
    var code: Int
}
