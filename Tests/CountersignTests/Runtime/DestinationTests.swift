import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Destinations of tokens")
struct DestinationTests {
    @Test(
        "P52: a redirect to another origin is not followed, and nothing is sent there",
        arguments: [301, 302, 303, 307, 308]
    )
    func redirects(status: Int) async throws {
        let world = World()
        let client = world.client(dpop: .es256)
        let redirect = Fault.status(HTTP.Status(rawValue: status), fields: ["Location": "https://evil.example/"])
        world.api.inject(redirect)
        #expect(await client.outcome() == "\(status)")
        world.api.inject(redirect)
        let operation = APIOperation<Void, Never>("ping", .get, "/items", returns: [.empty(.successful)])
        do {
            try await client.send(client.request(operation))
            Issue.record("a redirect counted as a success")
        } catch {
            #expect(error.kind == .unexpectedStatus)
            #expect(error.status?.rawValue == status)
        }
        #expect(world.network.unreachableRequests.isEmpty)
        #expect(world.api.count == 2)
    }

    @Test(
        "P52: a redirect of the token endpoint or of the metadata endpoint is not followed",
        arguments: [301, 302, 303, 307, 308]
    )
    func redirectsOfServer(status: Int) async throws {
        let world = World()
        let redirect = Fault.status(HTTP.Status(rawValue: status), fields: ["Location": "https://evil.example/"])
        world.server.inject(redirect, at: .token, times: nil)
        #expect(await world.client().failure()?.tokenError?.status?.rawValue == status)
        world.server.inject(redirect, at: .metadata, times: nil)
        #expect(await world.discoveringClient().failure()?.tokenError?.kind == .metadata)
        #expect(world.network.unreachableRequests.isEmpty)
        #expect(world.api.count == 0)
    }

    @Test("P53: a server, an issuer or a token endpoint without TLS is rejected before a byte is sent")
    func withoutTLS() async throws {
        let transport = ScriptedTransport()
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        let runtime = CountersignRuntime(configuration)
        let credentials = World.credentials
        let clients = [
            APIClient(server: "http://api.example.com", runtime: runtime),
            APIClient(server: "http://127.0.0.1.example.com", runtime: runtime),
            APIClient(server: "http://10.0.0.1", runtime: runtime),
            APIClient(
                server: "https://api.example.com",
                authorization: .clientCredentials(
                    credentials,
                    OAuthConfiguration(issuer: "http://login.example.com")
                ),
                runtime: runtime
            ),
            APIClient(
                server: "https://api.example.com",
                authorization: .clientCredentials(credentials.tokenEndpoint("http://login.example.com/token")),
                runtime: runtime
            ),
        ]
        for client in clients {
            let failure = await client.failure()
            #expect(failure?.kind == .invalidRequest)
            #expect(failure?.tokenError?.kind == .configuration)
        }
        #expect(transport.requests.isEmpty)
        Promise.seen(53, "\(transport.requests.count) requests of \(clients.count) clients")
    }

    @Test("P53: an origin in insecureOrigins and loopback may be used without TLS, another port may not")
    func insecureOrigins() async throws {
        let transport = ScriptedTransport(otherwise: .response(HTTP.Response(status: 204)))
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        configuration.insecureOrigins = ["http://api.internal:8080"]
        let runtime = CountersignRuntime(configuration)
        for (server, outcome) in [
            ("http://api.internal:8080", "204"), ("http://api.internal:8081", "invalidRequest"),
            ("http://127.0.0.1:1", "204"), ("http://[::1]:1", "204"), ("http://localhost", "204"),
        ] {
            #expect(await APIClient(server: server, runtime: runtime).outcome() == outcome)
        }
        #expect(transport.requests.count == 4)
    }

    @Test(
        "P54: there are no authorization headers for a request to another origin than the client's",
        arguments: [
            "https://evil.example/items", "http://api.example.com/items", "https://api.example.com:8443/items",
            "https://api.example.com.evil.example/", "https://api.example.com@evil.example/", "/items", "",
        ]
    )
    func foreignURLs(url: String) async throws {
        let world = World()
        await #expect(throws: TokenError.self) {
            try await world.client(dpop: .es256).tokens.authorizationHeaders(method: .get, url: url)
        }
        #expect(world.tokenRequests == 0)
        Promise.seen(54, "\(world.tokenRequests) tokens requested for URLs of other origins")
    }

    @Test("P54: the authorization headers for a request to the client's own server are accepted there")
    func ownURL() async throws {
        let world = World()
        world.api.configuration.nonces = .required
        let client = world.client(dpop: .es256)
        let url = try HTTP.URL("https://api.example.com/items?page=2")
        let tokens = client.tokens
        for expected in [401, 200, 200] {
            let fields = try await tokens.authorizationHeaders(method: .get, url: url.string)
            #expect(Set(fields.map(\.name)) == [.authorization, .dpop])
            let response = try await world.network.send(HTTP.Request(url: url, fields: fields))
            #expect(response.status.rawValue == expected)
            tokens.updateDPoPNonce(from: response.fields)
        }
        #expect(world.tokenRequests == 1)
    }

    @Test(
        "P54: a path never leads to another origin",
        arguments: ["https://evil.example/", "@evil.example/", ":8443/", ".evil.example/", "items", "", "?x", "\\evil"]
    )
    func paths(path: String) async throws {
        let world = World()
        #expect(await world.client().outcome(.get, path) == "invalidRequest")
        #expect(world.tokenRequests == 0)
        #expect(world.network.unreachableRequests.isEmpty)
    }

    @Test("P54: a path that begins with two slashes stays on the client's server")
    func slashes() async throws {
        let world = World()
        #expect(await world.client().outcome(.get, "//evil.example/x") == "200")
        #expect(world.api.requests.last?.request.url.string == "https://api.example.com//evil.example/x")
    }

    @Test("P54: a raw call cannot set Authorization, DPoP or Host")
    func fields() async throws {
        let world = World()
        for name in [HTTP.FieldName.authorization, .dpop, .host, "HOST", "dpop"] {
            do {
                var fields = HTTP.Fields()
                fields.append(name: name, value: "x")
                _ = try await world.client().send(.get, "/items", fields: fields)
                Issue.record("\(name) was sent")
            } catch {
                #expect(error.kind == .invalidRequest)
            }
        }
        #expect(world.api.count == 0)
        Promise.seen(54, "\(world.api.count) calls with reserved header fields sent")
    }

    @Test(
        "P55: metadata of another issuer, or with endpoints at another origin, is rejected",
        arguments: [
            ["issuer": "https://evil.example"], ["issuer": "https://login.example.com/"], ["issuer": .null],
            ["token_endpoint": "https://evil.example/token"], ["token_endpoint": "http://login.example.com/token"],
            ["token_endpoint": "https://login.example.com:8443/token"], ["token_endpoint": .null],
            ["token_endpoint": "/token"], ["token_endpoint": 7],
        ] as [[String: JSONValue]]
    )
    func hostileMetadata(members: [String: JSONValue]) async throws {
        let world = World()
        world.server.configuration.metadata = members
        let failure = await world.discoveringClient().failure()
        #expect(failure?.tokenError?.kind == .metadata)
        #expect(world.tokenRequests == 0)
        #expect(world.network.unreachableRequests.isEmpty)
        Promise.seen(55, "\(world.network.unreachableRequests.count) requests to endpoints that hostile metadata names")
    }

    @Test("P55: an endpoint may be at an origin in endpointOrigins")
    func endpointOrigins() async throws {
        let world = World(configure: { $0.endpointOrigins = ["https://token.example.com"] })
        world.server.configuration.metadata = ["token_endpoint": "https://token.example.com/t"]
        #expect(await world.discoveringClient().failure()?.tokenError?.kind == .configuration)
        #expect(world.network.unreachableRequests.map(\.url.string) == ["https://token.example.com/t"])
    }

    @Test("P55: at most 512 KiB of metadata are read")
    func largeMetadata() async throws {
        let world = World()
        world.server.inject(.editing { $0.body += Array(repeating: 0x20, count: 512 << 10) }, at: .metadata, times: nil)
        let failure = await world.discoveringClient().failure()
        #expect(failure?.tokenError?.kind == .malformedResponse)
        #expect(world.server.requests(to: .metadata).allSatisfy { $0.request.maximumResponseBytes == 512 << 10 })
        Promise.seen(55, "\(512 << 10) bytes read at most")
        #expect(world.tokenRequests == 0)
    }

    @Test("P55: a metadata request times out after 10 seconds")
    func slowMetadata() async throws {
        let world = World()
        world.server.inject(.held(by: AsyncGate()), at: .metadata, times: nil)
        let client = world.discoveringClient()
        let call = Task { await client.failure() }
        await world.clock.waitForSleepers(1)
        await world.server.waitForRequests(1, at: .metadata)
        world.clock.advance(by: .seconds(10))
        #expect(await call.value?.tokenError?.kind == .timedOut)
        #expect(world.clock.now() == .at(10))
        Promise.seen(55, "timed out after \(world.clock.now() - .at(0))")
    }

    @Test("Metadata is fetched once for many token identities, and again after an hour")
    func metadataShared() async throws {
        let world = World()
        let client = world.discoveringClient()
        await withTaskGroup(of: String.self) { group in
            for number in 0..<100 {
                let keyed = client.options(.parameters(["tenant": "\(number)"]))
                group.addTask { await keyed.outcome() }
            }
            for await outcome in group { #expect(outcome == "200") }
        }
        #expect(world.server.count(.metadata) == 1)
        world.clock.advance(by: .seconds(3600))
        #expect(await client.outcome() == "200")
        #expect(world.server.count(.metadata) == 2)
    }

    @Test("Cached metadata stays in use while fetching it again fails")
    func metadataOutage() async throws {
        let world = World()
        let client = world.discoveringClient()
        #expect(await client.outcome() == "200")
        world.server.inject(.status(503), at: .metadata, times: nil)
        world.clock.advance(by: .seconds(3600))
        #expect(await client.outcome() == "200")
        #expect(world.server.count(.metadata) == 3)
        #expect(await client.options(.forceTokenRenewal).outcome() == "200")
        #expect(world.server.count(.metadata) == 3)
        // It is fetched again a minute later. An invalid document is an error immediately.
        world.server.clearFaults()
        world.server.configuration.metadata = ["issuer": "https://evil.example"]
        world.clock.advance(by: .seconds(60))
        #expect(await client.options(.forceTokenRenewal).outcome() == "noToken")
    }

    @Test("A transient failure at one metadata URL does not mean that there is no metadata")
    func transientMetadataFailure() async throws {
        let world = World()
        world.server.inject(.status(503), at: .metadata)
        world.server.inject(.status(404), at: .metadata)
        let failure = await world.discoveringClient().failure()
        #expect(failure?.tokenError?.kind == .serverError)
        world.clock.advance(by: .seconds(5))
        #expect(await world.discoveringClient().outcome() == "200")
    }

    @Test("Metadata that exists only at the URL of RFC 8414 is found there, for an issuer with a path")
    func metadataURLs() async throws {
        let world = World(issuer: "https://login.example.com/tenant/one")
        world.server.inject(.status(404), at: .metadata)
        #expect(await world.discoveringClient().outcome() == "200")
        #expect(
            world.server.requests(to: .metadata).map(\.request.url.path) == [
                "/tenant/one/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server/tenant/one",
            ]
        )
    }

    @Test("An endpoint that is missing in OpenID Provider metadata is looked up in RFC 8414 metadata, once")
    func endpointNamedInOneDocument() async throws {
        let issuer = "https://login.example.com"
        let openID = #"{"issuer":"\#(issuer)","token_endpoint":"\#(issuer)/token"}"#
        let further =
            #"{"issuer":"\#(issuer)","token_endpoint":"\#(issuer)/token","#
            + #""revocation_endpoint":"\#(issuer)/revoke"}"#
        let transport = ScriptedTransport(
            .response(.json(openID)),
            .response(.json(further)),
            .response(.json("{}")),
            .response(.json("{}"))
        )
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        let runtime = CountersignRuntime(configuration)
        let request = TokenEndpointRequest(
            .revocation,
            at: .issuer(TrustedIssuer(issuer)),
            authentication: .clientSecretBasic,
            credentials: World.credentials,
            parameters: []
        )
        for _ in 0..<2 { _ = try await runtime.post(request) }
        #expect(
            transport.requests.map(\.url.path) == [
                "/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/revoke", "/revoke",
            ]
        )
        await #expect(throws: TokenError.self) {
            var introspection = request
            introspection.endpoint = .introspection
            _ = try await runtime.post(introspection)
        }
        #expect(transport.requests.count == 4)
    }
}
