import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("P59: events and errors contain no secret", .timeLimit(.minutes(15)))
struct RedactionTests {
    /// Secrets that cannot be confused with any other text.
    private enum Canary {
        static let clientSecret = "cAnArYclientsecret0123456789"
        static let assertion = "CaNaRYassertion.e30.c2lnbmF0dXJl"
        static let apiKey = "caNAryApikEy-9876543210"
        static let password = "canarYPassW0rd-ofabasic"
        static let bearer = "cANArybearer-tokenvalue"
        static let parameter = "cAnaRyparameter-ofatenant"
        static let path = "CAnarypAthargument-4711"
        static let body = "cANaryBodyOfARequest-0815"
        static let field = "CANArYfieldOfARequest-1"
        static let response = "CaNARyrESPONSEofTheAPI-2"
        static let thrown = "cANarYthrownByTheProgram"
        static let all = [
            clientSecret, assertion, apiKey, password, bearer, parameter, path, body, field, response, thrown,
        ]
    }

    private struct Thrown: Error, CustomStringConvertible {
        var description: String { Canary.thrown }
    }

    private struct FailingSource: TokenSource {
        func accessToken(for request: TokenSourceRequest) async throws -> AccessToken { throw Thrown() }
    }

    private struct Tenants: TokenRequestCustomizer {
        func customize(_ token: inout TokenRequestParameters, for call: OperationMetadata, _ request: HTTP.Request)
            throws
        {
            if request.url.path.contains("rejected-by-the-customizer") { throw Thrown() }
            token.parameters["tenant"] = Canary.parameter
        }
    }

    /// A middleware that records the requests that it receives, and the descriptions of operations.
    private final class RecordingMiddleware: CallMiddleware {
        let requests = Locked<[HTTP.Request]>([])
        let texts = Locked<[String]>([])

        func intercept(
            _ request: HTTP.Request,
            of operation: OperationMetadata,
            next: Next
        ) async throws -> HTTP.Response {
            requests.withLock { $0.append(request) }
            let texts = CanaryTests.texts(of: operation)
            self.texts.withLock { $0 += texts }
            if request.url.path.contains("rejected-by-the-middleware") { throw Thrown() }
            return try await next(request)
        }
    }

    @Test("P59: canaries in all secrets and contents appear in no event, span, log line, stream, hook or error")
    func canaries() async throws {
        let telemetry = RecordingTelemetry()
        let stream = EventStream()
        let middleware = RecordingMiddleware()
        let world = World(
            jitter: { 0 },
            configure: {
                $0.telemetry = [telemetry, stream]
                $0.middleware = [middleware]
                $0.tokenRequestCustomizer = Tenants()
            },
            handler: { _ in .json("\"\(Canary.response)\"", fields: ["X-Response": Canary.response]) }
        )
        world.server.register(
            FakeAuthorizationServer.Client(
                id: "canary",
                authentication: .clientSecretBasic(secret: Canary.clientSecret),
                scopes: ["read", "write"]
            )
        )
        world.server.configuration.nonces = .required
        world.api.configuration.nonces = .required
        let origin = world.api.origin.description
        let credentials = ClientCredentials.secret(id: "canary", SecretValue(Canary.clientSecret))
        let plain = world.client(credentials)
        let bound = world.client(credentials, dpop: .es256)
        let others: [APIAuthorization] = [
            .apiKey(header: "X-Key", SecretValue(Canary.apiKey)), .apiKey(query: "key", SecretValue(Canary.apiKey)),
            .basic(BasicCredentials(user: "u", password: SecretValue(Canary.password))),
            .bearer(SecretValue(Canary.bearer)),
            .token(FailingSource()),
        ]
        let asserting = bound.options(.assertion(SecretValue(Canary.assertion)))
        let clients =
            [plain, bound, asserting]
            + others.map { APIClient(server: origin, authorization: $0, runtime: world.runtime) }

        var failures: [CallError<Never>] = []
        func call(_ client: APIClient, _ path: String = "/items") async {
            do {
                _ = try await client.send(
                    .put,
                    "\(path)/\(Canary.path)",
                    query: [("q", Canary.path)],
                    fields: ["X-Field": Canary.field],
                    body: .bytes(Array(Canary.body.utf8))
                )
            } catch {
                failures.append(error)
            }
        }
        let apiFaults: [Fault] = [
            .status(503, body: Canary.response, fields: ["Retry-After": "0"]), .lostResponse, .status(404),
            .status(401, body: Canary.response, fields: ["WWW-Authenticate": "Bearer error=\"\(Canary.response)\""]),
            .transportError(.failing(.tls)), .truncatedBody(after: 3),
        ]
        let serverFaults: [Fault] = [
            .status(503, body: Canary.response), .oauthError(Canary.response, description: Canary.response),
            .response(.json(#"{"access_token":"\#(Canary.response)","token_type":"\#(Canary.response)"}"#)),
            .lostResponse,
        ]
        for client in clients {
            await call(client)
            for fault in apiFaults {
                world.api.inject(fault)
                await call(client)
            }
            world.api.rejectIssuedTokens()
            await call(client)
            for fault in serverFaults {
                client.tokens.invalidate()
                world.runtime.invalidateTokens()
                world.server.inject(fault)
                await call(client)
                await client.settle()
                world.clock.advance(by: .seconds(120))
            }
            await call(client, "/rejected-by-the-middleware")
            await call(client, "/rejected-by-the-customizer")
        }
        world.server.clearFaults()
        world.api.clearFaults()
        world.clock.advance(by: .seconds(120))
        await call(bound)
        world.clock.advance(by: .seconds(3500))
        await call(bound)
        await bound.settle()
        do {
            _ = try await CatalogAPI(client: bound).getItem(id: Canary.path)
            Issue.record("a string was decoded as an object")
        } catch {
            // The response is a string instead of an object. It must not be quoted.
            #expect(error.kind == .undecodableResponse)
            CanaryTests.check(error, for: Canary.all)
        }
        stream.finish()

        // All tokens and proofs that were sent are secrets, too.
        let sent = world.api.requests.map(\.request) + world.server.requests(to: .token).map(\.request)
        var secrets = Canary.all + world.server.issuedTokens.map(\.value)
        for request in sent {
            secrets += request.fields[.authorization].map { [String($0.drop { $0 != " " }.dropFirst())] } ?? []
            secrets += request.fields[.dpop].map { $0.split(separator: ".").dropFirst().map(String.init) } ?? []
        }
        #expect(sent.count > 100)
        #expect(failures.count > 50)
        #expect(Set(telemetry.events.map(\.kind)).count == 10)

        var texts: [String] = []
        for event in telemetry.events {
            texts += CanaryTests.texts(of: event) + [event.message, "\(event.labels)", "\(event.metadata)"]
        }
        for await event in stream { texts.append("\(event)") }
        for span in telemetry.allSpans { texts.append("\(span)") }
        texts += middleware.texts.withLock { $0 }
        for failure in failures { texts += CanaryTests.texts(of: failure) }
        texts += CanaryTests.texts(of: world.runtime)
        expectNone(of: secrets, in: texts)
        Promise.seen(59, "0 of \(Set(secrets).count) secrets, to 8 characters, in \(texts.count) texts")

        // Middleware receives the caller's own request, without authorization.
        let caller = [Canary.path, Canary.body, Canary.field]
        let requests = middleware.requests.withLock { $0 }
        #expect(requests.count > 50)
        expectNone(of: secrets.filter { !caller.contains($0) }, in: requests.map { "\($0)" })
    }

    /// Records an issue if a text contains eight consecutive bytes of a secret.
    private func expectNone(of secrets: [String], in texts: [String]) {
        var pieces: Set<UInt64> = []
        for secret in Set(secrets) { Self.forEachEight(of: secret) { pieces.insert($0) } }
        for text in Set(texts) {
            var isLeaking = false
            Self.forEachEight(of: text) { if pieces.contains($0) { isLeaking = true } }
            if isLeaking { Issue.record("a text contains a secret: \(text.prefix(500))") }
        }
    }

    private static func forEachEight(of text: String, _ body: (UInt64) -> Void) {
        var window: UInt64 = 0
        for (index, byte) in text.utf8.enumerated() {
            window = window << 8 | UInt64(byte)
            if index >= 7 { body(window) }
        }
    }
}
