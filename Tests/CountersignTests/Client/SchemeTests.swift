import CountersignTesting
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Schemes, alternatives and combinations")
struct SchemeTests {
    private let transport = ScriptedTransport(otherwise: .response(HTTP.Response(status: 200)))

    private var runtime: CountersignRuntime {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        return CountersignRuntime(configuration)
    }

    /// Returns the request that a client with this authorization sends for `GET /items?a=b`.
    private func sent(_ authorization: APIAuthorization) async throws -> HTTP.Request {
        let client = APIClient(server: "https://api.example.com", authorization: authorization, runtime: runtime)
        _ = try await client.send(.get, "/items?a=b")
        #expect(transport.requests.count == 1)
        return try #require(transport.requests.first)
    }

    @Test("A bearer token is sent in the Authorization field")
    func bearer() async throws {
        #expect(try await sent(.bearer(SecretValue("t0ken"))).fields[.authorization] == "Bearer t0ken")
    }

    @Test("User name and password are sent in the Authorization field, in base64")
    func basic() async throws {
        let credentials = BasicCredentials(user: "aladdin", password: SecretValue("open sesame"))
        #expect(try await sent(.basic(credentials)).fields[.authorization] == "Basic YWxhZGRpbjpvcGVuIHNlc2FtZQ==")
    }

    @Test("An API key is sent in its header field, or encoded at the end of the query")
    func apiKeys() async throws {
        #expect(try await sent(.apiKey(header: "X-Key", SecretValue("k/1"))).fields["X-Key"] == "k/1")
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .apiKey(query: "api key", SecretValue("k/1&x")),
            runtime: runtime
        )
        _ = try await client.send(.get, "/items?a=b")
        _ = try await client.send(.get, "/items")
        #expect(
            transport.requests.dropFirst().map(\.url.target) == [
                "/items?a=b&api%20key=k%2F1%26x", "/items?api%20key=k%2F1%26x",
            ]
        )
    }

    @Test("Credentials that are invalid in a header field, or by RFC 7617, are rejected and nothing is sent")
    func unusable() async throws {
        let authorizations: [APIAuthorization] = [
            .bearer(SecretValue("a\r\nX: y")), .bearer(SecretValue("")), .bearer(SecretValue("a b")),
            .bearer(SecretValue("ä")),
            .apiKey(header: "X-Key", SecretValue("a\nb")),
            .basic(BasicCredentials(user: "a:b", password: SecretValue("c"))),
            .bearer(.environment("COUNTERSIGN_TEST_NOT_SET")),
        ]
        for authorization in authorizations {
            let client = APIClient(server: "https://api.example.com", authorization: authorization, runtime: runtime)
            let failure = await client.failure()
            #expect(failure != nil)
            #expect(failure?.response == nil)
        }
        #expect(transport.requests.isEmpty)
    }

    /// Returns a client with two API keys, a bearer token and a token source, for operations with this requirement.
    private func client(_ requirement: SecurityRequirement, source: any TokenSource = Source()) -> APIClient {
        APIClient(
            APIDefinition(
                name: "Mixed",
                schemes: [.apiKey(header: "X-One"), .apiKey(query: "two"), .token()],
                requirements: [requirement]
            ),
            server: "https://api.example.com",
            credentials: [.apiKey(SecretValue("one")), .apiKey(SecretValue("two")), .token(source)],
            runtime: runtime
        )
    }

    @Test("A combination attaches all of its schemes")
    func combination() async throws {
        _ = try await client(.all([.scheme(0), .scheme(1), .scheme(2)])).send(.get, "/items")
        let request = try #require(transport.requests.first)
        #expect(request.fields["X-One"] == "one")
        #expect(request.fields[.authorization] == "Bearer token-1")
        #expect(request.url.target == "/items?two=two")
    }

    @Test("Only the first alternative whose token is obtained is attached")
    func alternatives() async throws {
        let broken = Source(failing: true)
        _ = try await client(.any([.scheme(2), .scheme(0)])).send(.get, "/items")
        _ = try await client(.any([.all([.scheme(1), .scheme(2)]), .scheme(0)]), source: broken).send(.get, "/items")
        let requests = transport.requests
        #expect(requests[0].fields[.authorization] == "Bearer token-1")
        #expect(!requests[0].fields.contains("X-One"))
        #expect(requests[1].fields["X-One"] == "one")
        #expect(requests[1].url.target == "/items")
    }

    @Test("If the token of an optional authorization cannot be obtained, nothing is sent")
    func optional() async throws {
        let failure = await client(.any([.none, .scheme(2)]), source: Source(failing: true)).failure()
        #expect(failure?.kind == .noToken)
        #expect(transport.requests.isEmpty)
    }

    @Test("An operation without a requirement is sent without credentials")
    func none() async throws {
        _ = try await client(.none).send(.get, "/items")
        #expect(transport.requests.first?.fields.isEmpty == true)
    }

    @Test("A source receives the scopes of the call, and the rejected token")
    func source() async throws {
        let source = Source()
        transport.enqueue(.response(HTTP.Response(status: 401)))
        let client = client(.scheme(2, scopes: ["read"]), source: source)
        #expect(await client.outcome() == "200")
        #expect(transport.requests.map { $0.fields[.authorization] } == ["Bearer token-1", "Bearer token-2"])
        let asked = source.requests
        #expect(asked.map(\.scopes) == [["read"], ["read"]])
        #expect(asked.map { $0.rejectedToken?.value } == [nil, "token-1"])
        _ = await client.options(.scopes(["write"]), .resources("urn:a"), .forceTokenRenewal).outcome()
        #expect(source.requests.last?.scopes == ["write"])
        #expect(source.requests.last?.resources == ["urn:a"])
        #expect(source.requests.last?.forceRenewal == true)
    }

    @Test("If a source has only the rejected token, the call returns the 401")
    func stubbornSource() async throws {
        transport.enqueue(.response(HTTP.Response(status: 401)))
        #expect(await client(.scheme(2), source: Source(stubborn: true)).outcome() == "401")
        #expect(transport.requests.count == 1)
    }

    @Test("A bearer token that replaces a rejected DPoP token is sent without a proof")
    func otherType() async throws {
        transport.enqueue(.response(HTTP.Response(status: 401)))
        #expect(await client(.scheme(2), source: Source(firstBoundTo: try .generate())).outcome() == "200")
        #expect(transport.requests.map { $0.fields[.authorization] } == ["DPoP token-1", "Bearer token-2"])
        #expect(transport.requests.map { $0.fields.contains(.dpop) } == [true, false])
    }

    @Test("A call does not wait for its source beyond its timeout or its cancellation")
    func slowSource() async throws {
        struct Stuck: TokenSource {
            let gate: AsyncGate

            nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
                // Ignores cancellation.
                await Task { try? await gate.pass() }.value
                return try AccessToken("late")
            }
        }
        let clock = VirtualClock()
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        configuration.clock = clock
        let gate = AsyncGate()
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .token(Stuck(gate: gate)),
            runtime: CountersignRuntime(configuration)
        ).options(.timeout(.seconds(3)))
        let call = Task { await client.outcome() }
        await gate.waitForArrivals(1)
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(3))
        #expect(await call.value == "timedOut")
        let cancelled = Task { await client.outcome() }
        await gate.waitForArrivals(2)
        cancelled.cancel()
        #expect(await cancelled.value == "cancelled")
        #expect(transport.requests.isEmpty)
        gate.open()
    }

    @Test("P59: the error names only the type of a source's error; a TokenError passes unchanged")
    func sourceErrors() async throws {
        let failure = await client(.scheme(2), source: Source(failing: true)).failure()
        #expect(failure?.tokenError?.kind == .unreachable)
        #expect(failure?.description.contains("Unhappy") == true)
        #expect(failure?.description.contains("canary") == false)
    }
}

/// A source of numbered tokens.
final class Source: TokenSource {
    struct Unhappy: Error, CustomStringConvertible {
        var description: String { "canary" }
    }

    private let asked = Locked<[TokenSourceRequest]>([])
    private let isFailing: Bool
    private let isStubborn: Bool
    private let key: DPoPKey?

    init(failing: Bool = false, stubborn: Bool = false, firstBoundTo key: DPoPKey? = nil) {
        isFailing = failing
        isStubborn = stubborn
        self.key = key
    }

    var requests: [TokenSourceRequest] { asked.withLock { $0 } }

    nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
        if isFailing { throw Unhappy() }
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count
        }
        return try AccessToken("token-\(isStubborn ? 1 : number)", boundTo: number == 1 ? key : nil)
    }
}
