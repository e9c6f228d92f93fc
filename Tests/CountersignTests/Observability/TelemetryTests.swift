import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Events and spans", .timeLimit(.minutes(15)))
struct TelemetryTests {
    private let telemetry = RecordingTelemetry()

    private func world(
        configure: (inout CountersignRuntime.Configuration) -> Void = { _ in },
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

    private func waitForJoiners(_ count: Int) async {
        do {
            try await waitUntil("\(count) callers have joined a token request") {
                telemetry.counts["tokenLookup joined"] == count
            }
        } catch {
            Issue.record(error)
        }
    }

    @Test("The first call fetches a token, the next one hits the cache, and both are recorded with their durations")
    func calls() async throws {
        let world = world()
        world.server.inject(.slow(by: .seconds(3)))
        let catalog = CatalogAPI(world)
        let first = Task { try await catalog.getItem(id: "1") }
        // The delay of the server, and the timeout of the token request.
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
        #expect(
            fetch.labels == [
                "reason": "success", "client": "CatalogAPI", "client_id": "worker", "issuer": "",
            ]
        )
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

    @Test("Of the callers that wait for one token, one fetches it and the others join")
    func joined() async throws {
        let world = world()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let client = world.client()
        await withTaskGroup(of: String.self) { group in
            group.addTask { await client.outcome() }
            await gate.waitForArrivals(1)
            for _ in 0..<9 { group.addTask { await client.outcome() } }
            await waitForJoiners(9)
            gate.open()
            for await outcome in group { #expect(outcome == "200") }
        }
        #expect(telemetry.counts["tokenLookup fetched"] == 1)
        #expect(telemetry.counts["tokenFetched success"] == 1)
        #expect(telemetry.counts["callEnded 2xx"] == 10)
    }

    @Test("A background renewal is recorded, and the lookup of the call that starts it is a hit")
    func backgroundRenewal() async throws {
        let world = world()
        let client = world.client()
        #expect(await client.outcome() == "200")
        telemetry.removeAll()
        world.clock.advance(by: .seconds(3500))
        #expect(await client.outcome() == "200")
        await client.settle()
        #expect(
            telemetry.counts == [
                "tokenLookup hit": 1, "renewalStarted expiring": 1, "tokenFetched success": 1, "tokenUsed Bearer": 1,
                "callEnded 2xx": 1,
            ]
        )
    }

    @Test("A failed token request and the calls that fail because of it are recorded with their error kinds")
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

    @Test("Each resend and each retry is recorded with its reason")
    func resends() async throws {
        let world = world()
        world.server.configuration.nonces = .required
        world.api.configuration.nonces = .required
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["requestResent nonce"] == 2)
        let nonces = telemetry.events.filter { $0.kind == .requestResent }
        #expect(nonces.map(\.operation?.client) == [nil, "APIClient"])
        #expect(nonces.map(\.server?.description) == ["https://login.example.com", "https://api.example.com"])
        telemetry.removeAll()

        world.api.rejectIssuedTokens()
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["tokenRejected 401"] == 1)
        #expect(telemetry.counts["requestResent token"] == 1)

        world.api.inject(.lostResponse)
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["requestResent connection"] == 1)

        world.api.inject(.status(429, fields: ["Retry-After": "0"]))
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["requestRetried status"] == 1)
        let retry = try #require(telemetry.first(.requestRetried))
        #expect(retry.status == 429)
        #expect(retry.duration == .zero)
        #expect(retry.timer == nil)
        #expect(retry.counter == "countersign.retries")
        telemetry.removeAll()

        world.api.inject(.transportError(.failing(.connect)))
        #expect(await client.outcome() == "200")
        #expect(telemetry.counts["requestRetried transport"] == 1)
    }

    @Test("A response that does not match the schema is recorded")
    func undecodable() async throws {
        let world = world(handler: { _ in .json("[]") })
        do {
            _ = try await CatalogAPI(world).getItem(id: "1")
        } catch {
            #expect(error.kind == .undecodableResponse)
        }
        let event = try #require(telemetry.first(.undecodableResponse))
        #expect(event.operation?.description == "CatalogAPI.getItem")
        #expect(event.counter == "countersign.responses.undecodable")
    }

    @Test("A call with retries has one span, and its token request has another one")
    func spans() async throws {
        let world = world()
        world.api.inject(.status(503), times: 2)
        let catalog = CatalogAPI(world)
        let call = Task { try await catalog.getItem(id: "secret-of-a-path") }
        _ = try await call.value
        let attributes: [String: TelemetryValue] = [
            "http.request.method": "GET", "url.template": "/items/{id}", "server.address": "api.example.com",
            "server.port": 443, "countersign.client": "CatalogAPI", "countersign.operation": "CatalogAPI.getItem",
            "http.response.status_code": 200,
        ]
        let tokenAttributes: [String: TelemetryValue] = [
            "http.request.method": "POST", "server.address": "login.example.com", "server.port": 443,
            "countersign.client": "CatalogAPI", "countersign.client_id": "worker",
            "countersign.grant_type": "client_credentials",
        ]
        #expect(
            telemetry.spans == [
                .init(name: "GET /items/{id}", attributes: attributes, ends: 1),
                .init(
                    kind: .tokenRequest,
                    name: "POST token",
                    attributes: tokenAttributes,
                    ends: 1,
                    links: ["GET /items/{id}"]
                ),
            ]
        )
        telemetry.removeAll()
        world.api.inject(.status(404))
        _ = await world.client().outcome()
        #expect(telemetry.spans.map(\.name) == ["GET", "POST token"])
        #expect(telemetry.spans.first?.error == "404")
    }

    @Test("Labels and reasons are fixed words or names of the schema, whichever calls are made and responses received")
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
        for (counter, events) in Dictionary(grouping: telemetry.events, by: \.counter) {
            #expect(Set(events.map { Set($0.labels.keys) }).count == 1, "the labels of \(counter) differ")
        }
        for event in telemetry.events {
            #expect(!event.counter.contains { !($0.isLetter || $0 == ".") })
            #expect(event.description.contains(event.message))
        }
    }

    @Test("Each telemetry receives all events, also one that has no spans")
    func several() async throws {
        let events = EventStream(capacity: 3)
        let world = world(configure: { $0.telemetry.append(events) })
        #expect(await world.client().outcome() == "200")
        events.finish()
        var seen: [RuntimeEvent] = []
        for await event in events { seen.append(event) }
        // The newest events, since the buffer has a capacity of three.
        #expect(seen == Array(telemetry.events.suffix(3)))
        #expect(telemetry.spans.count == 2)
    }

    @Test("A program that requests a token itself causes a lookup")
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
