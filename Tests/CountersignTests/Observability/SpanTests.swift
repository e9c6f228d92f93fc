import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Spans", .timeLimit(.minutes(15)))
struct SpanTests {
    private final class Recorder: CallMiddleware {
        let spans = Locked<[String?]>([])

        func intercept(
            _ request: HTTP.Request,
            of operation: OperationMetadata,
            next: Next
        ) async throws -> HTTP.Response {
            spans.withLock { $0.append(RecordingTelemetry.current) }
            return try await next(request)
        }
    }

    private func world(
        _ telemetry: any Telemetry...,
        middleware: [any CallMiddleware] = []
    ) -> World {
        World(
            jitter: { 0 },
            configure: {
                $0.telemetry = telemetry
                $0.middleware = middleware
            }
        )
    }

    @Test("The span of a call is current in middleware, and the parent of the span of each attempt")
    func current() async throws {
        let telemetry = RecordingTelemetry()
        let recorder = Recorder()
        let world = world(telemetry, middleware: [recorder])
        world.api.inject(.status(503), times: 2)
        #expect(await world.client().outcome(.get, "/items/1") == "200")
        #expect(recorder.spans.withLock { $0 } == ["GET"])
        #expect(RecordingTelemetry.current == nil)
        let attempts = telemetry.requestSpans.filter { $0.attributes["server.address"] == "api.example.com" }
        #expect(attempts.map(\.parent) == ["GET", "GET", "GET"])
        #expect(attempts.map { $0.attributes["http.request.resend_count"] } == [nil, 1, 2])
        #expect(attempts.map(\.error) == ["503", "503", nil])
        #expect(telemetry.allSpans.allSatisfy { $0.ends == 1 })
    }

    @Test("Each attempt, each token request and its discovery carry the context of their own span")
    func requestFields() async throws {
        let telemetry = RecordingTelemetry()
        let world = world(telemetry)
        world.server.configuration.nonces = .required
        world.api.configuration.nonces = .required
        #expect(await world.discoveringClient(dpop: .es256).outcome() == "200")
        let requests = world.server.requests.map(\.request) + world.api.requests.map(\.request)
        let fields = requests.compactMap { $0.fields["Traceparent"] }
        #expect(requests.count == 5)
        #expect(fields.count == 5 && Set(fields).count == 5)
        // The fields that belong to the runtime are not replaced, and invalid ones are not sent.
        #expect(requests.allSatisfy { $0.fields["Authorization"] != "of the span" && $0.fields["Bad"] == nil })
        #expect(requests.allSatisfy { $0.fields["Host"] != "of the span" })
    }

    @Test("Without spans of single requests, each request carries the context of its call or token request")
    func fieldsOfTheCall() async throws {
        let telemetry = RecordingTelemetry(recordsRequests: false)
        let world = world(telemetry)
        world.api.inject(.status(503))
        #expect(await world.client().outcome(.get, "/items/1") == "200")
        #expect(world.api.requests.map { $0.request.fields["Traceparent"] } == ["0 GET", "0 GET"])
        #expect(world.server.requests.map { $0.request.fields["Traceparent"] } == ["1 POST token"])
    }

    @Test("The span of a shared token request is linked to each call that waits for it")
    func links() async throws {
        let telemetry = RecordingTelemetry()
        let world = world(telemetry)
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let client = world.client()
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask { await client.outcome(.get, "/first") }
            await gate.waitForArrivals(1)
            for _ in 0..<4 { group.addTask { await client.outcome(.delete, "/items") } }
            try await waitUntil("four callers have joined the token request") {
                telemetry.counts["tokenLookup joined"] == 4
            }
            gate.open()
            for try await outcome in group { #expect(outcome == "200") }
        }
        let request = try #require(telemetry.spans.first { $0.kind == .tokenRequest })
        #expect(request.links == ["GET", "DELETE", "DELETE", "DELETE", "DELETE"])
        #expect(request.parent == nil)
        #expect(request.attributes["countersign.client"] == "APIClient")
    }

    @Test("The requests for the metadata of an issuer are linked to the token request that waits for it")
    func linksOfDiscovery() async throws {
        let telemetry = RecordingTelemetry()
        let world = world(telemetry)
        #expect(await world.discoveringClient().outcome() == "200")
        let discovery = try #require(
            telemetry.requestSpans.first { $0.name == "GET" && $0.attributes["server.address"] == "login.example.com" }
        )
        #expect(discovery.links == ["POST token"])
    }

    @Test("A span is linked to at most 128 calls")
    func manyLinks() async throws {
        let telemetry = RecordingTelemetry()
        let world = world(telemetry)
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let client = world.client()
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<200 { group.addTask { await client.outcome() } }
            try await waitUntil("199 callers have joined the token request") {
                telemetry.counts["tokenLookup joined"] == 199
            }
            gate.open()
            for try await outcome in group { #expect(outcome == "200") }
        }
        #expect(telemetry.spans.first { $0.kind == .tokenRequest }?.links.count == 128)
    }

    @Test("A span that runs its work never, or twice, does not change the number of requests", arguments: [0, 2])
    func wrongRun(times: Int) async throws {
        struct Wrong: Telemetry, TelemetrySpan {
            let times: Int

            func record(_ event: RuntimeEvent) {}
            func startSpan(_ description: SpanDescription) -> (any TelemetrySpan)? { self }
            func end(attributes: [String: TelemetryValue], error: String?) {}
            nonisolated(nonsending) func run(_ work: nonisolated(nonsending) () async -> Void) async {
                for _ in 0..<times { await work() }
            }
        }
        let world = world(Wrong(times: times))
        #expect(await world.client().outcome() == "200")
        #expect(world.tokenRequests == 1)
        #expect(world.api.count == 1)
    }

    @Test("Of two telemetries, each receives its own spans and links, and the first sets the fields of requests")
    func several() async throws {
        let first = RecordingTelemetry(recordsRequests: false)
        let second = RecordingTelemetry()
        let world = world(first, second)
        #expect(await world.client().outcome() == "200")
        #expect(world.api.requests.map { $0.request.fields["Traceparent"] } == ["0 GET"])
        #expect(first.spans.map(\.links) == [[], ["GET"]])
        #expect(second.spans.map(\.links) == [[], ["GET"]])
    }

    @Test("Calls of another runtime inside of a call do not mix their telemetry with that of the call")
    func nestedRuntimes() async throws {
        struct Nested: CallMiddleware {
            let client: APIClient

            func intercept(
                _ request: HTTP.Request,
                of operation: OperationMetadata,
                next: Next
            ) async throws -> HTTP.Response {
                _ = try await client.send(.delete, "/nested")
                return try await next(request)
            }
        }
        let inner = RecordingTelemetry()
        let outer = RecordingTelemetry(recordsRequests: false)
        let innerWorld = world(inner)
        let outerWorld = world(outer, outer, middleware: [Nested(client: innerWorld.client())])
        #expect(await outerWorld.client().outcome() == "200")
        #expect(inner.spans.map(\.name) == ["DELETE", "POST token"])
        #expect(inner.spans.map(\.links) == [[], ["DELETE"]])
    }

    @Test("Events about tokens name the API client, the client identifier and the issuer")
    func names() async throws {
        let telemetry = RecordingTelemetry()
        let world = world(telemetry)
        world.server.inject(.oauthError("invalid_client", status: 401))
        let client = world.discoveringClient()
        #expect(await client.outcome() == "noToken")
        let failure = try #require(telemetry.first(.tokenFetchFailed))
        #expect(failure.client == "APIClient" && failure.clientID == "worker" && failure.issuer == world.server.issuer)
        #expect(failure.server?.description == "https://login.example.com")
        #expect(failure.metadata["status"] == 401)
        let lookup = try #require(telemetry.first(.tokenLookup))
        #expect(lookup.operation?.client == "APIClient" && lookup.issuer == world.server.issuer)
        #expect(telemetry.events.allSatisfy { $0.labels["reason"] == $0.reason })
    }

    @Test("A program that reads a token outside of a call is named in the events, too")
    func namesOutsideOfCalls() async throws {
        let telemetry = RecordingTelemetry()
        let client = world(telemetry).client()
        _ = try await client.tokens.current()
        _ = try await client.tokens.current()
        #expect(telemetry.events.map(\.client) == ["APIClient", "APIClient", "APIClient"])
    }

    @Test(
        "An issuer that could contain a secret is not named",
        arguments: [
            "https://user:s3cret@login.example.com", "https://login.example.com?key=s3cret",
            "https://login.example.com#s3cret", "s3cret",
        ]
    )
    func secretIssuers(issuer: String) {
        let subject = TokenSubject(clientID: "worker", at: .issuer(TrustedIssuer(issuer)))
        #expect(subject.issuer == nil)
    }
}
