import CountersignTesting
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Access to the tokens of a client")
struct ClientTokensTests {
    @Test("current() returns the token that the next call sends, and requests one if none is cached")
    func current() async throws {
        let world = World()
        let client = world.client(scopes: ["read"])
        let token = try await client.tokens.current()
        #expect(token.type == .bearer)
        #expect(token.scopes == ["read"])
        #expect(token.lifetime == .seconds(3600))
        _ = try await client.send(.get, "/items")
        #expect(world.api.requests.first?.request.fields[.authorization] == "Bearer \(token.value)")
        #expect(world.tokenRequests == 1)
    }

    @Test("invalidate() invalidates the token of all equal clients; the next call requests a new one")
    func delete() async throws {
        let world = World()
        #expect(await world.client().outcome() == "200")
        world.client().tokens.invalidate()
        #expect(await world.client().outcome() == "200")
        #expect(world.tokenRequests == 2)
    }

    @Test("invalidate() of a client value with options invalidates the token of those options only")
    func deleteWithOptions() async throws {
        let world = World()
        let client = world.client()
        let writing = client.options(.scopes(["write"]))
        #expect(await client.outcome() == "200")
        #expect(await writing.outcome() == "200")
        writing.tokens.invalidate()
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 2)
        #expect(await writing.outcome() == "200")
        #expect(world.tokenRequests == 3)
    }

    @Test("invalidateTokens() invalidates the tokens of each client")
    func purge() async throws {
        let world = World()
        let clients = [world.client(), world.client(scopes: ["read"])]
        for client in clients { #expect(await client.outcome() == "200") }
        world.runtime.invalidateTokens()
        for client in clients { #expect(await client.outcome() == "200") }
        #expect(world.tokenRequests == 4)
    }

    @Test("With forceTokenRenewal each call requests a new token, which later calls use")
    func forceTokenRenewal() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        #expect(await client.options(.forceTokenRenewal).outcome() == "200")
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 2)
        let tokens = world.api.requests.map { $0.request.fields[.authorization] }
        #expect(tokens[0] != tokens[1])
        #expect(tokens[1] == tokens[2])
    }

    @Test("Clients with equal credentials share a token, unless their options differ")
    func sharing() async throws {
        let world = World()
        for _ in 0..<10 { #expect(await world.client().outcome() == "200") }
        #expect(world.tokenRequests == 1)
        for _ in 0..<10 { #expect(await world.client().options(.resources("urn:a")).outcome() == "200") }
        #expect(world.tokenRequests == 2)
        #expect(world.server.requests(to: .token).last?.form["resource"] == "urn:a")
    }

    @Test("The server of an operation is parsed once")
    func serverOfAnOperation() throws {
        let definition = APIDefinition(name: "A", servers: ["https://b.example/v1"])
        let core = APIClient(definition, server: "https://a.example").configuration
        #expect(try core.server("https://b.example/v1") === core.server("https://b.example/v1"))
        #expect(try core.server("https://b.example/v1").origin.description == "https://b.example")
        #expect(try core.server("https://c.example") !== core.server("https://c.example"))
    }

    @Test("A client without a scheme with tokens has no token, and its error says so")
    func noScheme() async throws {
        let client = APIClient(server: "https://api.example.com", authorization: .bearer(SecretValue("x")))
        await #expect(throws: TokenError.self) { try await client.tokens.current() }
    }

    /// Sends a request with another HTTP client, and once more if the API rejects it.
    private func send(_ world: World, _ client: APIClient) async throws -> [Int] {
        let url = try world.api.url("/items")
        let sent = try await client.tokens.authorizationHeaders(method: .get, url: url.string)
        let first = try await world.api.send(HTTP.Request(url: url, fields: sent))
        let again = try await client.tokens.authorizationHeaders(
            afterRejectionOf: sent,
            first,
            method: .get,
            url: url.string
        )
        guard let again else { return [first.status.rawValue] }
        let second = try await world.api.send(HTTP.Request(url: url, fields: again))
        return [first.status.rawValue, second.status.rawValue]
    }

    @Test(
        "After a 401, another HTTP client gets a proof with the nonce, or a new token",
        arguments: [nil, DPoPAlgorithm.es256]
    )
    func rejection(dpop: DPoPAlgorithm?) async throws {
        let world = World()
        if dpop != nil { world.api.configuration.nonces = .required }
        let client = world.client(dpop: dpop)
        #expect(try await send(world, client) == (dpop == nil ? [200] : [401, 200]))
        #expect(try await send(world, client) == [200])
        #expect(world.tokenRequests == 1)
        world.api.rejectIssuedTokens()
        #expect(try await send(world, client) == [401, 200])
        #expect(world.tokenRequests == 2)
    }

    @Test("Other HTTP clients that were rejected with one token share its renewal")
    func sharedRejection() async throws {
        let world = World()
        let client = world.client()
        let sent = try await client.tokens.authorizationHeaders(method: .get, url: world.api.url("/items").string)
        world.api.rejectIssuedTokens()
        let rejection = HTTP.Response(status: 401, fields: ["WWW-Authenticate": "Bearer error=\"invalid_token\""])
        var tokens: Set<String> = []
        for _ in 0..<10 {
            let again = try await client.tokens.authorizationHeaders(
                afterRejectionOf: sent,
                rejection,
                method: .get,
                url: world.api.url("/items").string
            )
            tokens.insert(again?[.authorization] ?? "")
        }
        #expect(tokens.count == 1 && tokens.first != sent[.authorization])
        #expect(world.tokenRequests == 2)
    }

    @Test(
        "Another attempt makes no sense after a response that is not about the token",
        arguments: [
            HTTP.Response(status: 200), HTTP.Response(status: 403),
            HTTP.Response(status: 401, fields: ["WWW-Authenticate": "Basic realm=\"x\""]),
            HTTP.Response(status: 401, fields: ["WWW-Authenticate": "DPoP error=\"use_dpop_nonce\""]),
            HTTP.Response(status: 401, fields: ["WWW-Authenticate": "Bearer error=\"insufficient_scope\""]),
        ]
    )
    func unrelated(response: HTTP.Response) async throws {
        let world = World()
        let url = "https://api.example.com/items"
        let tokens = world.client().tokens
        let sent = try await tokens.authorizationHeaders(method: .get, url: url)
        #expect(
            try await tokens.authorizationHeaders(afterRejectionOf: sent, response, method: .get, url: url) == nil
        )
        #expect(world.tokenRequests == 1)
    }
}
