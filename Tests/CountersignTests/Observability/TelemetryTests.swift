import CountersignTesting
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("What a runtime reports", .timeLimit(.minutes(15)))
struct TelemetryTests {
    private let telemetry = RecordingTelemetry()

    private func world(
        configure: (inout Runtime.Configuration) -> Void = { _ in },
        handler: @escaping FakeResourceServer.Handler = { _ in .json(#"{"id":"1"}"#) }
    ) -> World {
        World(
            jitter: { 0 },
            configure: {
                $0.telemetry = [telemetry]
                configure(&$0)
            },
            handler: handler
        )
    }

    @Test("The first call fetches its token, the next hits the cache; both are counted with their durations")
    func calls() async throws {
        let world = world()
        world.server.inject(.slow(by: .seconds(3)))
        let catalog = CatalogAPI(world)
        let first = Task { try await catalog.getItem(id: "1") }
        // The server's sleep and the token request's time-out.
        await world.clock.waitForSleepers(2)
        world.clock.advance(by: .seconds(3))
        _ = try await first.value
        _ = try await catalog.getItem(id: "2")
        #expect(
            telemetry.counts == [
                "tokenLookup fetched": 1, "tokenLookup hit": 1, "tokenFetched success": 1, "tokenUsed Bearer": 2,
                "callEnded 2xx": 2,
            ]
        )
        let fetch = try #require(telemetry.first(.tokenFetched))
        #expect(fetch.duration == .seconds(3))
        #expect(fetch.timer == "countersign.token.fetch.duration")
        #expect(fetch.labels == ["reason": "success"])
        let call = try #require(telemetry.first(.callEnded))
        #expect(call.duration == .seconds(3))
        #expect(call.status == 200)
        #expect(call.labels == ["client": "CatalogAPI", "operation": "getItem", "reason": "2xx"])
        #expect(call.counter == "countersign.calls")
        #expect(
            call.description == """
                a call ended duration_ms=3000 event=callEnded operation=CatalogAPI.getItem reason=2xx \
                server=https://api.example.com status=200
                """
        )
    }

    @Test("Of callers that wait for one token, one fetches and the others join")
    func joined() async throws {
        let world = world()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let client = world.client()
        await withTaskGroup(of: String.self) { group in
            group.addTask { await client.outcome() }
            await gate.waitForArrivals(1)
            for _ in 0..<9 { group.addTask { await client.outcome() } }
            while telemetry.counts["tokenLookup joined"] != 9 { await Task.yield() }
            gate.open()
            for await outcome in group { #expect(outcome == "200") }
        }
        #expect(telemetry.counts["tokenLookup fetched"] == 1)
        #expect(telemetry.counts["tokenFetched success"] == 1)
        #expect(telemetry.counts["callEnded 2xx"] == 10)
    }

    @Test("A renewal ahead of the expiry is counted, and the call that starts it has hit the cache")
    func renewedAhead() async throws {
        let world = world()
        let client = world.client()
        #expect(await client.outcome() == "200")
        telemetry.forget()
        world.clock.advance(by: .seconds(3500))
        #expect(await client.outcome() == "200")
        await client.settle()
        #expect(
            telemetry.counts == [
                "tokenLookup hit": 1, "renewalStarted ahead": 1, "tokenFetched success": 1, "tokenUsed Bearer": 1,
                "callEnded 2xx": 1,
            ]
        )
    }

    @Test("A failed token request is counted by its kind, and so are the calls that fail for it")
    func failures() async throws {
        let world = world()
        world.server.inject(.oauthError("invalid_client", description: "who?", status: 401))
        let client = world.client()
        #expect(await client.outcome() == "noToken")
        #expect(await client.outcome() == "noToken")
        #expect(
            telemetry.counts == [
                "tokenLookup fetched": 1, "tokenLookup failed": 1, "tokenFetchFailed rejected": 1,
                "callEnded noToken": 2,
            ]
        )
        let failure = try #require(telemetry.first(.tokenFetchFailed))
        #expect(failure.status == 401)
        #expect(failure.level == .warning)
        #expect(telemetry.spans.map(\.error) == ["noToken", "rejected", "noToken"])
        #expect(telemetry.spans.allSatisfy { $0.ends == 1 })
    }

    @Test("Every repeat says why: nonce, token, connection, a passing failure")
    func repeats() async throws {
        let world = world()
        world.server.configuration.nonces = .required
        world.api.configuration.nonces = .required
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["requestRepeated nonce"] == 2)
        let nonces = telemetry.events.filter { $0.kind == .requestRepeated }
        #expect(nonces.map(\.operation?.client) == [nil, "APIClient"])
        #expect(nonces.map(\.server?.description) == ["https://login.example.com", "https://api.example.com"])
        telemetry.forget()

        world.api.refuseTokensIssuedSoFar()
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["tokenRefused 401"] == 1)
        #expect(telemetry.counts["requestRepeated token"] == 1)

        world.api.inject(.lostResponse)
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["requestRepeated connection"] == 1)

        world.api.inject(.status(429, fields: ["Retry-After": "0"]))
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["requestRepeated transient"] == 1)
        let retry = try #require(telemetry.events.last { $0.kind == .requestRepeated })
        #expect(retry.status == 429)
        #expect(retry.duration == .zero)
        #expect(retry.timer == nil)
    }

    @Test("An answer that is not what the schema declares is reported")
    func undecodable() async throws {
        let world = world(handler: { _ in .json("[]") })
        do {
            _ = try await CatalogAPI(world).getItem(id: "1")
        } catch {
            #expect(error.kind == .undecodableResponse)
        }
        let event = try #require(telemetry.first(.responseUndecodable))
        #expect(event.operation?.description == "CatalogAPI.getItem")
        #expect(event.counter == "countersign.undecodable")
    }

    @Test("A call is one span from beginning to end, whatever happens in it; a token request is another")
    func spans() async throws {
        let world = world()
        world.api.inject(.status(503), times: 2)
        let catalog = CatalogAPI(world)
        let call = Task { try await catalog.getItem(id: "secret-of-a-path") }
        _ = try await call.value
        let attributes = [
            "http.request.method": "GET", "url.template": "/items/{id}", "server.address": "api.example.com",
            "server.port": "443", "countersign.operation": "CatalogAPI.getItem", "http.response.status_code": "200",
        ]
        #expect(
            telemetry.spans == [
                .init(name: "GET /items/{id}", attributes: attributes, error: nil, ends: 1),
                .init(name: "POST token", attributes: ["http.request.method": "POST"], error: nil, ends: 1),
            ]
        )
        telemetry.forget()
        world.api.inject(.status(404))
        _ = await world.client().outcome()
        #expect(telemetry.spans.map(\.name) == ["GET", "POST token"])
        #expect(telemetry.spans.first?.error == "404")
    }

    @Test("Labels and reasons are fixed words and names of the schema, whatever is called and answered")
    func boundedLabels() async throws {
        let world = world()
        world.api.inject(.status(799))
        for number in 0..<20 {
            _ = await world.client().outcome(.get, "/items/\(number)?q=\(number)")
            _ = await world.client().outcome(.delete, "/items/\(number)")
        }
        var series: Set<[String: String]> = []
        for event in telemetry.events { series.insert(event.labels.merging(["": event.counter]) { $1 }) }
        #expect(series.count <= 9)
        for event in telemetry.events {
            #expect(!event.counter.contains { !($0.isLetter || $0 == ".") })
            #expect(event.description.contains(event.message))
        }
    }

    @Test("Several are told the same, one that knows nothing of spans among them")
    func several() async throws {
        let events = EventStream(capacity: 3)
        let world = world(configure: { $0.telemetry.append(events) })
        #expect(await world.client().outcome() == "200")
        events.finish()
        var seen: [RuntimeEvent] = []
        for await event in events { seen.append(event) }
        // The newest of what was recorded.
        #expect(seen == Array(telemetry.events.suffix(3)))
        #expect(telemetry.spans.count == 2)
    }

    @Test("Tokens that the program takes itself are lookups, too")
    func manual() async throws {
        let world = world()
        let client = world.client()
        _ = try await client.tokens.current()
        _ = try await client.tokens.current()
        #expect(
            telemetry.counts == ["tokenLookup fetched": 1, "tokenFetched success": 1, "tokenLookup hit": 1]
        )
    }
}
