import CountersignCrypto
import CountersignTesting
import Foundation
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Token requests on the wire")
struct TokenRequestTests {
    private let transport = ScriptedTransport(
        .response(.json(#"{"access_token":"t1","token_type":"bearer","expires_in":3600}"#)),
        .response(.json("{}"))
    )
    private let clock = VirtualClock()

    /// Returns the token request of a call through a client with this authorization.
    private func tokenRequest(
        _ credentials: ClientCredentials,
        _ authentication: ClientAuthentication = .clientSecretBasic,
        scopes: [String] = [],
        resources: [String] = [],
        audience: String? = nil,
        parameters: [String: String] = [:],
        options: [CallOption] = []
    ) async throws -> HTTP.Request {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        configuration.clock = clock
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(
                credentials.tokenEndpoint("https://login.example.com/token"),
                OAuthConfiguration(
                    clientAuthentication: authentication,
                    resources: resources,
                    audience: audience,
                    parameters: parameters
                ),
                scopes: scopes
            ),
            runtime: CountersignRuntime(configuration)
        )
        let response = try await client.options(options).send(.get, "/items")
        #expect(response.status == 200)
        #expect(transport.unexpectedRequests.isEmpty)
        let request = try #require(transport.requests.first)
        #expect(transport.requests.count == 2)
        #expect(transport.requests.last?.fields[.authorization] == "Bearer t1")
        #expect(request.method == .post)
        #expect(request.url.string == "https://login.example.com/token")
        #expect(request.fields[.contentType] == "application/x-www-form-urlencoded")
        #expect(request.fields[.accept] == "application/json")
        #expect(request.timeout == .seconds(10))
        return request
    }

    private func body(_ request: HTTP.Request) -> String {
        String(decoding: request.body?.bytes ?? [], as: UTF8.self)
    }

    @Test("client_secret_basic: identifier and secret are form-encoded, then base64")
    func basic() async throws {
        let request = try await tokenRequest(.secret(id: "wörk er:1", SecretValue("p@ss w/rd+%é")))
        #expect(request.fields[.authorization] == "Basic dyVDMyVCNnJrK2VyJTNBMTpwJTQwc3MrdyUyRnJkJTJCJTI1JUMzJUE5")
        #expect(body(request) == "grant_type=client_credentials")
        #expect(request.fields.count == 3)
    }

    @Test("client_secret_basic, raw: identifier and secret are not form-encoded")
    func basicRaw() async throws {
        let request = try await tokenRequest(.secret(id: "wörk er", SecretValue("p@ss:w/rd")).basicEncoding(.raw))
        #expect(request.fields[.authorization] == "Basic d8O2cmsgZXI6cEBzczp3L3Jk")
    }

    @Test("client_secret_post: identifier and secret are in the body only")
    func post() async throws {
        let request = try await tokenRequest(.secret(id: "a b", SecretValue("x&y=z")), .clientSecretPost)
        #expect(body(request) == "grant_type=client_credentials&client_id=a+b&client_secret=x%26y%3Dz")
        #expect(!request.fields.contains(.authorization))
    }

    @Test("none: only the identifier is in the body")
    func publicClient() async throws {
        let request = try await tokenRequest(.publicClient(id: "app"), .none)
        #expect(body(request) == "grant_type=client_credentials&client_id=app")
        #expect(!request.fields.contains(.authorization))
    }

    @Test("Scopes are joined by spaces, resources are repeated, audience and parameters follow in a fixed order")
    func parameters() async throws {
        let request = try await tokenRequest(
            .publicClient(id: "app"),
            .none,
            scopes: ["read", "write:all"],
            resources: ["https://a.example/x?y", "urn:b"],
            audience: "cat alog",
            parameters: ["zone": "1", "actor": "ä"]
        )
        #expect(
            body(request)
                == "grant_type=client_credentials&scope=read+write%3Aall&resource=https%3A%2F%2Fa.example%2Fx%3Fy"
                + "&resource=urn%3Ab&audience=cat+alog&actor=%C3%A4&zone=1&client_id=app"
        )
    }

    @Test("Options replace scopes and resources, add parameters, and set an assertion")
    func options() async throws {
        let request = try await tokenRequest(
            .secret(id: "app", SecretValue("unused")),
            scopes: ["read"],
            resources: ["urn:a"],
            audience: "one",
            parameters: ["zone": "1", "kept": "2"],
            options: [
                .scopes(["admin"]), .resources("urn:b", "urn:c"), .parameters(["zone": "9", "audience": "two"]),
                .assertion(SecretValue("e30.e30.c2ln")),
            ]
        )
        #expect(
            body(request)
                == "grant_type=client_credentials&scope=admin&resource=urn%3Ab&resource=urn%3Ac&audience=two&kept=2"
                + "&zone=9&client_id=app"
                + "&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
                + "&client_assertion=e30.e30.c2ln"
        )
        #expect(!request.fields.contains(.authorization))
    }

    @Test("An assertion provider is called for each request, with the audience of the assertion")
    func provider() async throws {
        let credentials = ClientCredentials.assertion(id: "app") { "made.for.\($0.clientID)@\($0.audience)" }
        let request = try await tokenRequest(credentials, .privateKeyJWT)
        #expect(body(request).hasSuffix("&client_assertion=made.for.app%40https%3A%2F%2Flogin.example.com%2Ftoken"))
    }

    @Test(
        "P07: an assertion provider that never returns ends the token request at its deadline, and is called again later"
    )
    func stuckProvider() async throws {
        let gate = AsyncGate()
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        configuration.clock = clock
        configuration.jitter = { 0.5 }
        let credentials = ClientCredentials.assertion(id: "app") { _ in
            await Task { try? await gate.pass() }.value
            return "e30.e30.c2ln"
        }
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(
                credentials.tokenEndpoint("https://login.example.com/token"),
                OAuthConfiguration(clientAuthentication: .privateKeyJWT)
            ),
            runtime: CountersignRuntime(configuration)
        )
        let call = Task { await client.outcome() }
        await gate.waitForArrivals(1)
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(10))
        #expect(await call.value == "timedOut")
        #expect(transport.requests.isEmpty)
        gate.open()
        clock.advance(by: .seconds(5))
        #expect(await client.outcome() == "200")
    }

    @Test("An assertion provider that fails is called again after a backoff, and the text of its error is not shown")
    func failingProvider() async throws {
        struct KeyServiceIsDown: Error {}
        let asked = Locked(0)
        let credentials = ClientCredentials.assertion(id: "worker") { _ in
            let number = asked.withLock { asked in
                asked += 1
                return asked
            }
            guard number > 1 else { throw KeyServiceIsDown() }
            return "e30.e30.c2ln"
        }
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        configuration.clock = clock
        configuration.renewal.maximumAttempts = 1
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(
                credentials.tokenEndpoint("https://login.example.com/token"),
                OAuthConfiguration(clientAuthentication: .privateKeyJWT)
            ),
            runtime: CountersignRuntime(configuration)
        )
        let failure = await client.failure()
        #expect(failure?.kind == .noToken)
        #expect(failure?.tokenError?.isTransient == true)
        #expect(transport.requests.isEmpty)
        clock.advance(by: .seconds(5))
        #expect(await client.outcome() == "200")
    }

    @Test(
        "A parameter that the runtime sets itself is rejected before anything is sent",
        arguments: [
            "grant_type", "client_id", "client_secret", "client_assertion", "client_assertion_type", "scope",
            "resource",
        ]
    )
    func reserved(name: String) async throws {
        let world = World()
        await #expect(throws: TokenError.self) {
            try await world.client().options(.parameters([name: "x"])).tokens.current()
        }
        do {
            _ = try await world.client().options(.parameters([name: "x"])).send(.get, "/items")
            Issue.record("the call was made")
        } catch {
            #expect(error.kind == .invalidRequest)
            #expect(error.tokenError?.kind == .configuration)
            #expect(error.description.contains("'\(name)'"))
        }
        #expect(world.tokenRequests == 0)
        #expect(world.api.count == 0)
    }

    @Test(
        "Credentials that do not match the authentication method are rejected before anything is sent",
        arguments: [
            (ClientCredentials.publicClient(id: "a"), ClientAuthentication.clientSecretBasic),
            (.publicClient(id: "a"), .privateKeyJWT), (.secret(id: "a", SecretValue("b")), .privateKeyJWT),
            (.secret(id: "a", .environment("COUNTERSIGN_TEST_NOT_SET")), .clientSecretPost),
            (.secret(id: "a:b", SecretValue("c")).basicEncoding(.raw), .clientSecretBasic),
        ]
    )
    func wrongCredentials(credentials: ClientCredentials, authentication: ClientAuthentication) async throws {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(
                credentials.tokenEndpoint("https://login.example.com/token"),
                OAuthConfiguration(clientAuthentication: authentication)
            ),
            runtime: CountersignRuntime(configuration)
        )
        #expect(await client.outcome() == "invalidRequest")
        #expect(transport.requests.isEmpty)
    }

    @Test(
        "A server that requires an authentication method accepts the client that uses it",
        arguments: [
            "client_secret_basic", "raw basic", "client_secret_post", "client_secret_jwt", "private_key_jwt",
            "private_key_jwt EdDSA", "private_key_jwt for the endpoint",
        ]
    )
    func accepted(name: String) async throws {
        let world = World()
        let secret = "ä secret: of 32 bytes & more, + % =/?"
        let key = try SigningKey.generate(name.hasSuffix("EdDSA") ? .edDSA : .es256)
        let registered: FakeAuthorizationServer.ClientAuthentication
        let authentication: ClientAuthentication
        var credentials = ClientCredentials.secret(id: "client 1", SecretValue(secret))
        switch name {
        case "client_secret_basic":
            (registered, authentication) = (.clientSecretBasic(secret: secret), .clientSecretBasic)
        case "raw basic":
            (registered, authentication) = (.clientSecretBasic(secret: secret, formEncoded: false), .clientSecretBasic)
            credentials = credentials.basicEncoding(.raw)
        case "client_secret_post":
            (registered, authentication) = (.clientSecretPost(secret: secret), .clientSecretPost)
        case "client_secret_jwt":
            (registered, authentication) = (.clientSecretJWT(secret: secret), .clientSecretJWT)
        default:
            let publicKey = PublicKey(of: key, keyID: "2026")
            (registered, authentication) = (.privateKeyJWT(keys: [publicKey]), .privateKeyJWT)
            credentials = .privateKey(id: "client 1", key, keyID: "2026")
        }
        world.server.configuration.assertionAudience = .issuer
        if name.hasSuffix("endpoint") {
            world.server.configuration.assertionAudience = .tokenEndpoint
            credentials = credentials.assertionAudience(.tokenEndpoint)
        }
        world.server.register(.init(id: "client 1", authentication: registered))
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(
                credentials,
                OAuthConfiguration(issuer: world.server.issuer, clientAuthentication: authentication)
            ),
            runtime: world.runtime
        )
        #expect(await client.outcome() == "200")
        // The server rejects an assertion that it has seen.
        #expect(await client.options(.forceTokenRenewal).outcome() == "200")
        #expect(world.server.requests(to: .token).map(\.status) == [200, 200])
    }

    @Test(
        "P48: after the server rejects an assertion, assertions have the time of its clock and are accepted",
        arguments: [(600, false), (-600, false), (600, true), (-600, true)]
    )
    func assertionClock(seconds: Int, isBound: Bool) async throws {
        let world = World()
        world.server.configuration.proofWindow = .seconds(10)
        world.api.configuration.proofWindow = .seconds(10)
        let key = try SigningKey.generate(.es256)
        let publicKey = PublicKey(of: key, keyID: "2026")
        world.server.register(.init(id: "client 1", authentication: .privateKeyJWT(keys: [publicKey])))
        world.clock.setWallClock(to: world.clock.date() + Double(seconds))
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(
                .privateKey(id: "client 1", key, keyID: "2026").tokenEndpoint(world.server.url(of: .token)),
                OAuthConfiguration(clientAuthentication: .privateKeyJWT, dpop: isBound ? .es256 : nil)
            ),
            runtime: world.runtime
        )
        #expect(await client.outcome() == "200")
        for _ in 0..<5 { #expect(await client.options(.forceTokenRenewal).outcome() == "200") }
        #expect(world.tokenRequests == 7)
        #expect(world.server.requests(to: .token).filter { $0.status != 200 }.count == 1)
    }

    @Test("P48: none of several concurrent token requests with a wrong clock makes its client back off as rejected")
    func assertionClockTogether() async throws {
        for isBound in [false, true] {
            let world = World()
            world.server.configuration.proofWindow = .seconds(10)
            let key = try SigningKey.generate(.es256)
            let publicKey = PublicKey(of: key, keyID: "2026")
            let scopes = ["read", "write"]
            world.server.register(
                .init(id: "client 1", authentication: .privateKeyJWT(keys: [publicKey]), scopes: Set(scopes))
            )
            world.clock.setWallClock(to: world.clock.date() + 600)
            let gate = AsyncGate()
            world.server.inject(.held(by: gate), at: .token, times: 2)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for scope in scopes {
                    let client = APIClient(
                        server: "https://api.example.com",
                        authorization: .clientCredentials(
                            .privateKey(id: "client 1", key, keyID: "2026").tokenEndpoint(world.server.url(of: .token)),
                            OAuthConfiguration(clientAuthentication: .privateKeyJWT, dpop: isBound ? .es256 : nil),
                            scopes: [scope]
                        ),
                        runtime: world.runtime
                    )
                    group.addTask { await client.outcome() }
                }
                await gate.waitForArrivals(2)
                gate.open()
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes == ["200", "200"])
            #expect(world.tokenRequests == 4)
        }
    }

    @Test("P48: a client that is rejected although the clocks agree sends no second request")
    func refusedAssertion() async throws {
        let world = World()
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(
                .privateKey(id: "nobody", try .generate(.es256)).tokenEndpoint(world.server.url(of: .token)),
                OAuthConfiguration(clientAuthentication: .privateKeyJWT)
            ),
            runtime: world.runtime
        )
        #expect(await client.failure()?.tokenError?.kind == .rejected)
        #expect(world.tokenRequests == 1)
    }
}
