import Countersign
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@Suite("Faults", .timeLimit(.minutes(15)))
struct FaultTests {
    let clock = VirtualClock()
    let server: FakeAuthorizationServer

    init() {
        server = FakeAuthorizationServer(clock: clock)
        server.register(.init(id: "worker", authentication: .clientSecretPost(secret: "s3cret"), scopes: ["catalog"]))
    }

    func token() async throws -> HTTP.Response {
        let body = "grant_type=client_credentials&client_id=worker&client_secret=s3cret"
        return try await server.send(HandMade.form(server.url(of: .token), body))
    }

    @Test("An injected status is sent the requested number of times, then requests succeed again")
    func status() async throws {
        server.inject(.status(503, body: "busy", fields: ["Retry-After": "30"]), times: 2)
        for _ in 0..<2 {
            let response = try await token()
            #expect(response.status == 503)
            #expect(response.text == "busy")
            #expect(response.fields["Retry-After"] == "30")
        }
        #expect(try await token().status == 200)
        #expect(server.issuedTokens.count == 1)
        #expect(server.count(.token) == 3)
    }

    @Test("An injected OAuth error can apply until it is cleared")
    func oauthError() async throws {
        server.inject(.oauthError("invalid_client", description: "gone", status: 401), times: nil)
        for _ in 0..<3 { #expect(try await token().member("error")?.string == "invalid_client") }
        server.clearFaults()
        #expect(try await token().status == 200)
    }

    @Test("Faults apply in the order of injection, and only at their endpoint")
    func order() async throws {
        server.inject(.status(500), at: .metadata)
        server.inject(.status(501))
        server.inject(.status(502), at: nil)
        #expect(try await token().status == 501)
        #expect(try await token().status == 502)
        #expect(try await token().status == 200)
        let metadata = HTTP.Request(url: try HTTP.URL(server.url(of: .metadata)))
        #expect(try await server.send(metadata).status == 500)
        #expect(try await server.send(metadata).status == 200)
    }

    @Test("A slow server processes the request after the delay, and a slow response before it")
    func delaysBeforeAndAfterProcessing() async throws {
        for (fault, issued) in [(Fault.slow(by: .seconds(5)), 0), (.slowResponse(by: .seconds(5)), 1)] {
            let before = server.issuedTokens.count
            server.inject(fault)
            async let response = token()
            await clock.waitForSleepers(1)
            #expect(server.issuedTokens.count - before == issued)
            clock.advance(by: .seconds(5))
            #expect(try await response.status == 200)
            #expect(server.issuedTokens.count - before == 1)
        }
    }

    @Test("A client that is cancelled during a slow response does not receive the token that was issued")
    func cancelledDuringSlowResponse() async throws {
        let gate = AsyncGate()
        server.inject(.responseHeld(by: gate))
        let client = Task { try await token() }
        await gate.waitForArrivals(1)
        #expect(server.issuedTokens.count == 1)
        client.cancel()
        await #expect(throws: HTTP.TransportError.self) { try await client.value }
    }

    @Test("A transport error issues no token; a lost response does")
    func transport() async throws {
        let error = HTTP.TransportError(kind: .connect, message: "refused", requestMayHaveBeenProcessed: false)
        server.inject(.transportError(error))
        await #expect(throws: error) { try await token() }
        #expect(server.issuedTokens.isEmpty)
        server.inject(.lostResponse)
        let lost = await #expect(throws: HTTP.TransportError.self) { try await token() }
        #expect(lost?.kind == .closed)
        #expect(lost?.requestMayHaveBeenProcessed == true)
        #expect(server.issuedTokens.count == 1)
        server.inject(.truncatedBody(after: 4))
        let truncated = await #expect(throws: HTTP.TransportError.self) { try await token() }
        #expect(truncated?.kind == .closed)
    }

    @Test("A response can be truncated, and its members changed or removed")
    func editing() async throws {
        server.inject(.malformedBody)
        let malformed = try await token()
        #expect(malformed.status == 200)
        #expect(throws: JSONSyntaxError.self) { try JSONDocument(parsing: malformed.body) }
        server.inject(.withoutMember("expires_in"))
        let without = try await token()
        #expect(try without.member("expires_in") == nil)
        #expect(try without.member("access_token") != nil)
        server.inject(.member("token_type", "mac"))
        #expect(try await token().member("token_type")?.string == "mac")
        server.inject(.editingJSON { $0["expires_in"] = "3600" })
        #expect(try await token().member("expires_in")?.string == "3600")
        server.inject(.editing { $0.fields["Content-Type"] = "text/html" })
        #expect(try await token().fields["Content-Type"] == "text/html")
    }

    @Test("A response can be held until a test releases it, while others are sent")
    func held() async throws {
        let gate = AsyncGate()
        server.inject(.held(by: gate))
        async let first = token()
        await gate.waitForArrivals(1)
        #expect(server.count(.token) == 1)
        #expect(server.issuedTokens.isEmpty)
        #expect(try await token().status == 200)
        gate.open()
        #expect(try await first.status == 200)
        let second = AsyncGate()
        server.inject(.status(500).held(by: second))
        async let failing = token()
        await second.waitForArrivals(1)
        second.open()
        #expect(try await failing.status == 500)
    }

    @Test("A slow response takes its time on the virtual clock")
    func slow() async throws {
        server.inject(.slow(by: .seconds(20)))
        async let response = token()
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(19))
        #expect(clock.sleepers == 1)
        clock.advance(by: .seconds(1))
        #expect(try await response.status == 200)
    }

    @Test("A cancelled request stops waiting for a held or slow response immediately")
    func cancellation() async throws {
        let gate = AsyncGate()
        server.inject(.held(by: gate))
        let held = Task { try await token() }
        await gate.waitForArrivals(1)
        held.cancel()
        let first = await #expect(throws: HTTP.TransportError.self) { try await held.value }
        #expect(first?.kind == .cancelled)
        server.inject(.slow(by: .seconds(20)))
        let slow = Task { try await token() }
        await clock.waitForSleepers(1)
        slow.cancel()
        let second = await #expect(throws: HTTP.TransportError.self) { try await slow.value }
        #expect(second?.kind == .cancelled)
        #expect(clock.sleepers == 0)
    }

    @Test("A request times out on the network's clock, and a response in time ends the timeout")
    func timeout() async throws {
        let network = FakeNetwork(server, clock: clock)
        let gate = AsyncGate()
        server.inject(.held(by: gate))
        var request = try HandMade.form(server.url(of: .token), "")
        request.timeout = .seconds(5)
        let task = Task { [request] in try await network.send(request) }
        await gate.waitForArrivals(1)
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(5))
        let error = await #expect(throws: HTTP.TransportError.self) { try await task.value }
        #expect(error?.kind == .timedOut)
        #expect(error?.requestMayHaveBeenProcessed == true)
        #expect(try await network.send(request).status == 401)
        #expect(clock.sleepers == 0)
    }

    @Test("A request to an unknown origin fails and is recorded")
    func unknownOrigin() async throws {
        let network = FakeNetwork(server)
        let request = HTTP.Request(url: try HTTP.URL("https://evil.example/?token=t0p"))
        let error = await #expect(throws: HTTP.TransportError.self) { try await network.send(request) }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.requestMayHaveBeenProcessed == false)
        #expect(error?.message.contains("t0p") == false)
        #expect(network.unreachableRequests.count == 1)
        #expect(server.requests.isEmpty)
    }

    @Test(
        "A call to an origin without a fake fails immediately with its name, even with retries and a stopped clock",
        .timeLimit(.minutes(15))
    )
    func forgottenFake() async throws {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, clock: clock)
        configuration.clock = clock
        let client = APIClient(
            server: "https://other.example",
            authorization: .clientCredentials(
                .secret(id: "worker", SecretValue("s3cret")),
                OAuthConfiguration(issuer: server.issuer, clientAuthentication: .clientSecretPost)
            ),
            runtime: CountersignRuntime(configuration)
        )
        let failure = await #expect(throws: CallError<Never>.self) { try await client.send(.get, "/items") }
        #expect(failure?.transportError?.kind == .invalidRequest)
        #expect(failure?.description.contains("the fake network has no server at https://other.example") == true)
        #expect(clock.sleepers == 0)
    }

    @Test(
        "A transport error can be created from its kind, which determines requestMayHaveBeenProcessed",
        arguments: [
            (HTTP.TransportError.Kind.connect, false), (.nameResolution, false), (.tls, false),
            (.invalidRequest, false),
            (.timedOut, true), (.closed, true), (.tooLarge, true), (.cancelled, true), (.other, true),
        ]
    )
    func kinds(kind: HTTP.TransportError.Kind, mayHaveBeenProcessed: Bool) async throws {
        server.inject(.transportError(kind, message: "injected"))
        let scripted = ScriptedTransport(.failure(kind, message: "injected"))
        let expected = HTTP.TransportError(
            kind: kind,
            message: "injected",
            requestMayHaveBeenProcessed: mayHaveBeenProcessed
        )
        await #expect(throws: expected) { try await token() }
        await #expect(throws: expected) { try await scripted.send(ScriptedTransportTests.request("/")) }
        #expect(server.issuedTokens.isEmpty)
    }

    @Test("The size limit of a request applies to its response")
    func tooLarge() async throws {
        let request = HTTP.Request(url: try HTTP.URL(server.url(of: .metadata)), maximumResponseBytes: 10)
        let error = await #expect(throws: HTTP.TransportError.self) { try await server.send(request) }
        #expect(error?.kind == .tooLarge)
    }
}
