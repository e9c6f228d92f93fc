@_spi(Generated) import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@Suite("Calls: servers")
struct CallsServerTests {
    private static func world(
        api origin: String,
        issuer: String
    ) -> (api: FakeResourceServer, server: FakeAuthorizationServer, runtime: CountersignRuntime) {
        let clock = VirtualClock()
        let server = FakeAuthorizationServer(issuer: issuer, clock: clock)
        server.register(
            FakeAuthorizationServer.Client(
                id: "worker",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["orders"]
            )
        )
        let api = FakeResourceServer(origin: origin, trusting: server) { _ in HTTP.Response(status: 204) }
        return (api, server, CountersignRuntime(transport: FakeNetwork(server, api, clock: clock), clock: clock))
    }

    @Test("An operation with its own server is called there, with a token, a proof and the operation's timeout")
    func operationServer() async throws {
        let (api, server, runtime) = Self.world(api: "https://upload.example.com", issuer: "https://login.example.com")
        api.configuration.nonces = .required
        let client = CallsAPI(
            key: SecretValue("k"),
            worker: .secret(id: "worker", SecretValue("s3cret")),
            runtime: runtime
        )
        try await client.avatar(id: "a/b", body: [1, 2, 3])
        try await client.avatar(id: "c", body: [4])
        let requests = api.requests
        // The first request is rejected because of the missing nonce; later proofs for the origin have it.
        #expect(requests.map { $0.status?.rawValue } == [401, 204, 204])
        #expect(requests[1].request.url.string == "https://upload.example.com/base/avatars/a%2Fb")
        #expect(requests[1].request.body?.bytes == [1, 2, 3])
        #expect(requests[1].request.fields[.authorization]?.hasPrefix("DPoP ") == true)
        #expect(requests[1].request.timeout.map { $0 > .seconds(200) && $0 <= .seconds(300) } == true)
        #expect(server.count(.token) == 1)
    }

    @Test("The server option also replaces the server of an operation")
    func serverOption() async throws {
        let (api, _, runtime) = Self.world(api: "http://127.0.0.1:8080", issuer: "https://login.example.com")
        let client = CallsAPI(
            key: SecretValue("k"),
            worker: .secret(id: "worker", SecretValue("s3cret")),
            runtime: runtime
        )
        try await client.options(.server("http://127.0.0.1:8080/x")).avatar(id: "1", body: [])
        #expect(api.requests.map(\.request.url.string) == ["http://127.0.0.1:8080/x/avatars/1"])
    }

    @Test(
        "A server that must not get tokens is rejected before anything is sent",
        arguments: ["http://api.example.com", "nowhere"]
    )
    func unsafeServer(url: String) async throws {
        let exchange = CallsExchange()
        let error = try await failure { () async throws(CallsAPI.Failure) in
            try await exchange.client.options(.server(url)).avatar(id: "1", body: [])
        }
        #expect(error.kind == .invalidRequest)
        #expect(exchange.transport.requests.isEmpty)
    }

    @Test("A token is sent only to servers of the schema, including those of operations")
    func tokensOfOtherServers() async throws {
        let metadata = #"{"issuer": "https://login.example.com", "token_endpoint": "https://login.example.com/token"}"#
        let token = #"{"access_token": "t1", "token_type": "DPoP", "expires_in": 3600}"#
        let exchange = CallsExchange(.json(metadata), .json(token))
        let tokens = exchange.client.tokens
        let upload = "https://upload.example.com/base/avatars/1"
        for url in [upload, "https://api.example.com/v1/start", "https://upload.example.com/elsewhere"] {
            let fields = try await tokens.authorizationHeaders(method: .put, url: url)
            #expect(fields[.authorization] == "DPoP t1", "\(url)")
            #expect(fields["DPoP"] != nil, "\(url)")
        }
        await #expect(throws: TokenError.self) {
            try await tokens.authorizationHeaders(method: .put, url: "https://upload.example.org/base")
        }
        // A nonce is valid only for the server that sent it.
        tokens.updateDPoPNonce(from: ["DPoP-Nonce": "n1"], url: upload)
        func nonce(_ url: String) async throws -> String? {
            let proof = try #require(try await tokens.authorizationHeaders(method: .put, url: url)["DPoP"])
            let payload = try #require(proof.split(separator: ".").dropFirst().first)
            let base64 = String(payload).replacing("-", with: "+").replacing("_", with: "/")
            let padded = base64 + String(repeating: "=", count: (4 - base64.count % 4) % 4)
            let json = try #require(Data(base64Encoded: padded))
            var claims = try JSONDocument(parsing: Array(json)).root.object()
            return try claims.optional("nonce")
        }
        #expect(try await nonce(upload) == "n1")
        #expect(try await nonce("https://api.example.com/v1/start") == nil)
        #expect(exchange.transport.requests.count == 2)
    }

    @Test(
        "A server of the schema determines the issuer",
        arguments: [
            (OrdersAPI.Server.production, "https://api.example.com", "https://login.example.com"),
            (.sandbox, "https://api.sandbox.example.com", "https://login.sandbox.example.com"),
            (.init(url: "https://a.test/v1", issuer: "https://i.test"), "https://a.test", "https://i.test"),
        ]
    )
    func servers(server: OrdersAPI.Server, origin: String, issuer: String) async throws {
        let transport = ScriptedTransport(otherwise: .response(HTTP.Response(status: 500)))
        let orders = OrdersAPI(
            subscription: SecretValue("sub"),
            worker: .secret(id: "worker", SecretValue("s3cret")),
            server: server,
            runtime: ModelsExchange.runtime(transport)
        )
        let error = try await failure { () async throws(OrdersAPI.Failure) in try await orders.levels() }
        #expect(error.kind == .noToken)
        #expect(transport.requests.first?.url.origin.description == issuer)
        _ = try? await orders.login(user: "u", tag: [])
        #expect(transport.requests.last?.url.string == origin + "/v1/login")
    }

    @Test("The first server is the default")
    func defaultServer() async throws {
        let transport = ScriptedTransport(.response(HTTP.Response(status: 204)))
        let orders = OrdersAPI(
            subscription: SecretValue("sub"),
            worker: .secret(id: "w", SecretValue("s")),
            runtime: ModelsExchange.runtime(transport)
        )
        try await orders.login(user: "u", tag: [])
        #expect(transport.requests.first?.url.string == "https://api.example.com/v1/login")
    }
}
