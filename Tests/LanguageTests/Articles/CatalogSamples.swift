import Countersign
import CountersignTesting
import Foundation
import Testing

// Samples of "Your first client", "Making calls" and "Testing with stubs and fake servers", line for line. They are
// compiled and not run.

private typealias CatalogAPI = ArticleShopAPI
private typealias PublicAPI = ArticlePublicAPI

private enum CallSamples {
    struct Order {
        let reference: String
    }

    struct OtherClient {
        struct Response {
            let fields: HTTP.Fields
        }

        func get(_ url: String, _ fields: HTTP.Fields) async throws -> Response { Response(fields: fields) }
    }

    static func firstCall(_ catalog: CatalogAPI) async throws {
        do {
            let item = try await catalog.getItem(id: "it_1")
            print(item.name, item.price)
        } catch {
            switch error.problem?.code {
            case .notFound: print("no such item")
            default: throw error
            }
        }
    }

    static func credentials(_ key: SigningKey) throws -> [ClientCredentials] {
        let staging = ClientCredentials.secret(id: "worker", .environment("CATALOG_SECRET"))
            .issuer("https://login.staging.example.com")
            .basicEncoding(.raw)
        let signing = ClientCredentials.privateKey(id: "worker", key)
            .assertionAudience(.tokenEndpoint)
            .dpopKey(try DPoPKey.generate())
        return [staging, signing]
    }

    static func options(_ catalog: CatalogAPI) async throws {
        try await catalog.validate()
        let urgent = catalog.options(.timeout(.seconds(5)), .forceTokenRenewal)
        let item = try await urgent.getItem(id: "it_1")
        _ = item
    }

    static func responses(_ catalog: CatalogAPI) async throws {
        let (item, head) = try await catalog.withResponse { try await $0.getItem(id: "it_1") }
        print(head?.fields["ETag"] ?? "")
        _ = item

        do throws(CatalogAPI.Failure) {
            _ = try await catalog.withResponse { api throws(CatalogAPI.Failure) in
                let item = try await api.getItem(id: "it_1")
                return item.name
            }
        } catch {
            print(error.kind)
        }

        do {
            _ = try await catalog.getItem(id: "it_1")
        } catch {
            throw error
        }
    }

    static func handler(_ request: Int) async {
        func handle(_ request: Int) async throws {}
        func log(_ operation: OperationMetadata, _ kind: CallErrorKind, _ error: any Error) {}

        do {
            try await handle(request)
        } catch let error as any CallErrorProtocol {
            log(error.operation, error.kind, error)
        } catch {}
    }

    static func orders(_ shop: CatalogAPI, _ order: Order, note: String?) async throws {
        try await shop.placeOrder(item: "it_1", idempotencyKey: IdempotencyKey(order.reference))
        let orders = shop
        try await orders.editOrder(body: .init(note: note.map { .value($0) } ?? .null))
    }

    static func pages(_ catalog: CatalogAPI, from saved: String) async throws {
        func save(_ items: [CatalogAPI.Item], _ cursor: String?) {}

        for try await item in catalog.listItems() { print(item.name) }

        for try await page in catalog.listItems().pages {
            save(page.items, page.cursor)
        }
        for try await item in catalog.listItems().resuming(at: saved) { print(item.name) }
    }

    static func tokens(_ catalog: CatalogAPI, _ otherClient: OtherClient) async throws {
        let token = try await catalog.tokens.current()
        catalog.tokens.invalidate()
        _ = token

        let url = "https://api.example.com/catalog/v1/export"
        let fields = try await catalog.tokens.authorizationHeaders(method: .get, url: url)
        let response = try await otherClient.get(url, fields)
        catalog.tokens.updateDPoPNonce(from: response.fields)
    }
}

private enum TestingSamples {
    static func stubs() -> [CatalogAPI] {
        let catalog = CatalogAPI.stub { $0.getItem = { id in CatalogAPI.Item(id: id, name: "Saw", price: 24) } }
        let failing = CatalogAPI.stub {
            $0.getItem = { id throws(CatalogAPI.Failure) in
                throw CatalogAPI.Failure(problem: .init(code: .notFound), status: 404)
            }
        }
        return [catalog, failing]
    }

    static func fixtures(_ recorded: String) throws {
        let item = try CatalogAPI.Item(fixture: #"{"id": "it_1", "name": "Saw", "price": 24.90}"#)
        let items = try [CatalogAPI.Item](fixture: recorded)
        _ = (item, items)
    }

    @Suite struct CheckoutTests {
        init() { reportCallsWithoutStub { Issue.record("\($0)") } }
    }

    static func script() -> PublicAPI {
        let transport = ScriptedTransport(.response(.json(#"{"id": "it_1", "name": "Saw", "price": 24}"#)))
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        let api = PublicAPI(runtime: CountersignRuntime(configuration))
        return api
    }

    static func servers() async throws {
        let clock = VirtualClock()
        let server = FakeAuthorizationServer(issuer: "https://login.example.com", clock: clock)
        server.register(.init(id: "worker", authentication: .clientSecretBasic(secret: "s3cret"), scopes: ["catalog"]))
        let api = FakeResourceServer(origin: "https://api.example.com", trusting: server)
        api.on(.get, "/catalog/v1/items/{id}", scopes: ["catalog"]) { request in
            .json(#"{"id": "\#(request.parameter("id") ?? "")", "name": "Saw", "price": 24}"#)
        }

        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, api, clock: clock)
        configuration.clock = clock
        let runtime = CountersignRuntime(configuration)
        let catalog = CatalogAPI(credentials: .secret(id: "worker", SecretValue("s3cret")), runtime: runtime)

        _ = try await catalog.getItem(id: "it_1")
        api.rejectIssuedTokens()
        _ = try await catalog.getItem(id: "it_1")
        #expect(server.count(.token) == 2)

        api.on(.get, "/catalog/v1/health", access: .open) { _ in HTTP.Response(status: 204) }
    }

    static func keys(_ server: FakeAuthorizationServer) throws -> ClientCredentials {
        let key = try SigningKey.generate(.es256)
        // swift-format-ignore
        server.register(.init(id: "signer", authentication: .privateKeyJWT(keys: [PublicKey(of: key)]), scopes: ["catalog"]))
        let signer = ClientCredentials.privateKey(id: "signer", key)
        return signer
    }

    static func sockets(_ server: FakeAuthorizationServer, _ api: FakeResourceServer) throws -> CatalogAPI {
        let issuer = try server.start()
        let origin = try api.start()
        let local = CatalogAPI(
            credentials: .secret(id: "worker", SecretValue("s3cret")).issuer(issuer),
            server: "\(origin)/catalog/v1"
        )
        return local
    }
}
