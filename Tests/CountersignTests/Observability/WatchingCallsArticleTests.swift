import Countersign
import CountersignTesting
import Foundation
import Testing

// The examples of the article, line by line, with public API only.

private struct CircuitBreaker: CallMiddleware {
    struct IsOpen: Error {}
    let isOpen: @Sendable (OperationMetadata) -> Bool

    func intercept(
        _ request: HTTP.Request,
        of operation: OperationMetadata,
        next: Next
    ) async throws -> HTTP.Response {
        if isOpen(operation) { throw IsOpen() }
        var request = request
        request.fields["X-Client"] = operation.client
        return try await next(request)
    }
}

enum Tenant {
    @TaskLocal static var current: String?
}

struct TenantTokens: TokenRequestCustomizer {
    struct NoTenant: Error {}

    func customize(_ token: inout TokenRequestParameters, for call: OperationMetadata, _ request: HTTP.Request) throws {
        guard let tenant = Tenant.current else { throw NoTenant() }
        token.parameters["tenant"] = tenant
    }
}

struct StandardOutput: Telemetry {
    func record(_ event: RuntimeEvent) {
        print(event.level.rawValue, event.message, event.metadata)
    }
}

@Suite("Article WatchingCalls", .timeLimit(.minutes(15)))
struct WatchingCallsArticleTests {
    @Test("The retries and hooks of the article work with public API")
    func examples() async throws {
        let transport = ScriptedTransport(otherwise: .response(HTTP.Response(status: 503)))
        var configuration = CountersignRuntime.Configuration()
        configuration.retries.maximumAttempts = 5
        configuration.retries.retryableStatuses.remove(500)
        configuration.transport = transport
        configuration.middleware = [CircuitBreaker(isOpen: { $0.method == .delete })]
        configuration.tokenRequestCustomizer = TenantTokens()
        let catalog = APIClient(
            server: "https://api.example.com",
            name: "Catalog",
            runtime: CountersignRuntime(configuration)
        )

        let once = catalog.options(.withoutRetries)
        #expect(try await once.send(.get, "/items").status == 503)
        #expect(transport.requests.map { $0.fields["X-Client"] } == ["Catalog"])
        do {
            _ = try await once.send(.delete, "/items")
            Issue.record("the call was sent although the circuit breaker is open")
        } catch {
            #expect(error.middlewareError is CircuitBreaker.IsOpen)
        }
    }

    @Test("The telemetry of the article works with public API")
    func telemetry() async throws {
        let events = EventStream()
        var watched = CountersignRuntime.Configuration()
        watched.telemetry = [StandardOutput(), events]
        let watcher = Task {
            for await event in events where event.kind == .tokenFetchFailed { print("no token:", event.reason) }
        }
        watched.transport = ScriptedTransport(.response(HTTP.Response(status: 200)))
        _ = try await APIClient(server: "https://api.example.com", runtime: CountersignRuntime(watched)).send(.get, "/")
        events.finish()
        await watcher.value
    }

    @Test("The events of a test and the wire log of the article work with public API")
    func eventsAndWireLog() {
        let failure = RuntimeEvent(.tokenFetchFailed, reason: "rejected", clientID: "worker", status: 401)
        StandardOutput().record(failure)
        #expect(failure.metadata["status"] == .integer(401))
        #expect(failure.labels == ["reason": "rejected", "client": "", "client_id": "worker", "issuer": ""])
        var traced = CountersignRuntime.Configuration()
        traced.transport = WireLog(traced.transport)
        #expect(traced.transport is WireLog)
    }

    @Test("The article lists every counter with its labels, and no other")
    func counters() throws {
        let operation = OperationMetadata(client: "CatalogAPI", name: "getItem", method: .get, pathTemplate: "/items")
        var expected: [String: [String]] = [:]
        for kind in RuntimeEvent.Kind.allCases {
            for event in [RuntimeEvent(kind, reason: "x"), RuntimeEvent(kind, reason: "x", operation: operation)] {
                expected[event.counter] = event.labels.keys.sorted()
            }
        }
        let rows = try Self.article().matches(of: /(?m)^\| `(countersign[a-z.]+)` \| ([a-z_, ]+) \|/)
        var listed: [String: [String]] = [:]
        for row in rows { listed[String(row.output.1)] = row.output.2.split(separator: ", ").map(String.init).sorted() }
        #expect(listed == expected)
    }

    private static func article() throws -> String {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let article = package.appending(path: "Sources/Countersign/Countersign.docc/WatchingCalls.md")
        return try String(contentsOf: article, encoding: .utf8)
    }

    @Test("This file contains every line of Swift in the article, so that all of them compile")
    func lines() throws {
        let here = URL(filePath: #filePath)
        let text = try Self.article()
        func trimmed(_ text: some StringProtocol) -> [String] {
            text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        let compiled = Set(trimmed(try String(contentsOf: here, encoding: .utf8)).map { $0.without("private ") })
        let snippets = text.matches(of: /(?ms)^```swift\n(.*?)^```$/).map(\.output.1)
        #expect(snippets.count == 6)
        for line in snippets.flatMap({ trimmed($0) }) { #expect(compiled.contains(line)) }
    }
}

extension String {
    fileprivate func without(_ prefix: String) -> String { hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self }
}
