import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Validation at the start of a program", .timeLimit(.minutes(15)))
struct ValidationTests {
    private struct Source: TokenSource {
        struct Unavailable: Error {}
        var fails = false

        func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
            if fails { throw Unavailable() }
            return try AccessToken("of-the-source")
        }
    }

    private func problems(_ client: APIClient) async -> [TokenError] {
        do {
            try await client.validate()
            return []
        } catch {
            #expect(error.client == client.configuration.name)
            for problem in error.problems { #expect(error.description.contains(problem.message)) }
            return error.problems
        }
    }

    @Test("A client whose configuration is complete has no problems, and its first call reuses the token")
    func complete() async throws {
        let world = World()
        let client = world.discoveringClient(dpop: .es256)
        #expect(await problems(client).isEmpty)
        #expect(world.tokenRequests == 1)
        #expect(world.api.count == 0)
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 1)
    }

    @Test("One error names all problems: servers, variables, issuers and rejected credentials")
    func all() async throws {
        let world = World()
        let missing = OAuthConfiguration(issuer: "https://missing.example.com")
        let definition = APIDefinition(
            name: "CatalogAPI",
            schemes: [
                .clientCredentials(missing), .apiKey(header: "X-Key"), .basic(), .bearer(), .token(),
                .clientCredentials(OAuthConfiguration(issuer: world.server.issuer)), .user(), .user(),
            ],
            requirements: [
                .all([.scheme(0, scopes: ["read"]), .scheme(1)]), .any([.scheme(2), .scheme(3)]), .scheme(4),
                .scheme(5), .scheme(0, scopes: ["write"]), .scheme(6), .none,
            ],
            servers: ["https://user:password@other.example.com", "https://fine.example.com"]
        )
        let client = APIClient(
            definition,
            server: "ftp://api.example.com",
            issuer: "https://users.example.com",
            credentials: [
                .clientCredentials(.secret(id: "worker", .environment("COUNTERSIGN_TEST_SECRET"))),
                .apiKey(.environment("COUNTERSIGN_TEST_KEY")),
                .basic(BasicCredentials(user: "a", password: .environment("COUNTERSIGN_TEST_PASSWORD"))),
                .bearer(.environment("COUNTERSIGN_TEST_BEARER")), .token(Source(fails: true)),
                .clientCredentials(.secret(id: "worker", SecretValue("wrong-s3cret"))), .user(nil), .user(nil),
            ],
            runtime: world.runtime
        )
        let problems = await problems(client)
        let text = ClientValidationError(client: "CatalogAPI", problems: problems).description
        for expected in [
            "the URL of the server is invalid", "user name or password", "COUNTERSIGN_TEST_SECRET",
            "COUNTERSIGN_TEST_KEY", "COUNTERSIGN_TEST_PASSWORD", "COUNTERSIGN_TEST_BEARER",
            "https://missing.example.com", "https://users.example.com", "the token source failed with Unavailable",
            "client 'worker' at https://login.example.com/token", "invalid_client",
        ] {
            #expect(text.contains(expected), "\(expected) is missing in: \(text)")
        }
        #expect(problems.count == 10)
        #expect(text.hasPrefix("CatalogAPI cannot make all of its calls, 10 problems: (1) "))
        #expect(!text.contains("wrong-s3cret") && !text.contains("password@"))
        #expect(world.api.count == 0)
    }

    @Test("A problem that several requirements share is reported once, and one that time mends is transient")
    func shared() async throws {
        let world = World()
        world.server.inject(.transportError(.connect), times: nil)
        let problems = await problems(world.discoveringClient())
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.isTransient })
    }

    @Test("The options of the client value apply: another server, and header fields")
    func options() async throws {
        let world = World()
        let client = world.client().options(.server("nowhere"), .headers(["Cookie": "a=b"]))
        let problems = await problems(client)
        #expect(problems.count == 2)
        #expect(problems.first?.message.contains("Cookie") == true)
    }

    @Test("A client without authorization, and the client of a stub, have no problems")
    func nothingToValidate() async throws {
        #expect(await problems(APIClient(server: "https://api.example.com")).isEmpty)
        let definition = APIDefinition(
            name: "StubbedAPI",
            schemes: [.bearer()],
            requirements: [.scheme(0)]
        )
        #expect(await problems(APIClient(definition, server: "https://api.example.com")).isEmpty)
    }
}
