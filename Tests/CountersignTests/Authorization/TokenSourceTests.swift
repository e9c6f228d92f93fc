import CountersignTesting
import Foundation
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Token sources with a cache", .timeLimit(.minutes(5)))
struct TokenSourceTests {
    struct Unhappy: Error, CustomStringConvertible {
        var description: String { "canary" }
    }

    /// A source of numbered tokens, each of which is valid for an hour.
    final class Numbered: TokenSource {
        struct State {
            var requests: [TokenSourceRequest] = []
            var errors: [any Error] = []
            var gate: AsyncGate?
        }

        let tokenIdentity: String?
        private let clock: VirtualClock
        private let state = Locked(State())

        init(_ identity: String? = "a", clock: VirtualClock) {
            tokenIdentity = identity
            self.clock = clock
        }

        var requests: [TokenSourceRequest] { state.withLock { $0.requests } }

        func fail(with errors: any Error...) { state.withLock { $0.errors = errors } }
        func wait(for gate: AsyncGate?) { state.withLock { $0.gate = gate } }

        nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
            let (number, error, gate) = state.withLock { state in
                state.requests.append(request)
                let error = state.errors.isEmpty ? nil : state.errors.removeFirst()
                return (state.requests.count, error, state.gate)
            }
            try await gate?.pass()
            if let error { throw error }
            return try AccessToken("token-\(number)", expiresAt: clock.date() + 3600)
        }
    }

    private let clock = VirtualClock()
    private let transport = ScriptedTransport(otherwise: .response(HTTP.Response(status: 200)))
    private let telemetry = RecordingTelemetry()

    private func runtime() -> CountersignRuntime {
        CountersignRuntime(transport: transport, clock: clock) {
            $0.jitter = { 0.5 }
            $0.telemetry = [telemetry]
        }
    }

    private func client(_ source: any TokenSource, _ runtime: CountersignRuntime, scopes: [String] = []) -> APIClient {
        APIClient(
            server: "https://api.example.com",
            authorization: .token(source, scopes: scopes),
            runtime: runtime
        )
    }

    private var sentTokens: [String?] { transport.requests.map { $0.fields[.authorization] } }

    @Test("P88: concurrent calls share one request of the source, and its token is cached until it is due for renewal")
    func shared() async throws {
        let source = Numbered(clock: clock)
        let client = client(source, runtime())
        let gate = AsyncGate()
        source.wait(for: gate)
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<1000 { group.addTask { await client.outcome() } }
            await gate.waitForArrivals(1)
            gate.open()
            for await outcome in group { #expect(outcome == "200") }
        }
        source.wait(for: nil)
        #expect(source.requests.count == 1)
        #expect(source.requests.first?.forceRenewal == false)
        #expect(Set(sentTokens) == ["Bearer token-1"])
        // The renewal window of an hour's token, with half of the jitter of two minutes.
        clock.advance(by: .seconds(3600 - 1210 - 60) - .nanoseconds(1))
        #expect(await client.outcome() == "200")
        #expect(source.requests.count == 1)
        clock.advance(by: .nanoseconds(1))
        #expect(await client.outcome() == "200")
        #expect(sentTokens.last == "Bearer token-1", "no call waits for the renewal")
        await client.settle()
        #expect(source.requests.map(\.forceRenewal) == [false, true])
        #expect(await client.outcome() == "200")
        #expect(sentTokens.last == "Bearer token-2")
        #expect(telemetry.counts["tokenFetched success"] == 2)
        #expect(telemetry.counts["renewalStarted expiring"] == 1)
        #expect(telemetry.counts["tokenLookup fetched"] == 1)
        #expect(telemetry.counts["tokenLookup source"] == nil)
        #expect(telemetry.spans.count { $0.name == "token source" && $0.ends == 1 } == 2)
        Promise.seen(88, "1,000 concurrent calls of a source: 1 request; its renewal in the background: 1 request")
    }

    @Test("P88: after a 401 the token is renewed once, for all calls that carried it")
    func rejected() async throws {
        let source = Numbered(clock: clock)
        let runtime = runtime()
        let client = client(source, runtime)
        #expect(await client.outcome() == "200")
        transport.enqueue(.response(HTTP.Response(status: 401)))
        #expect(await client.outcome(.post) == "200")
        #expect(sentTokens == ["Bearer token-1", "Bearer token-1", "Bearer token-2"])
        #expect(source.requests.count == 2)
        #expect(source.requests.allSatisfy { $0.rejectedToken == nil })
        #expect(telemetry.counts["tokenRejected 401"] == 1)
        #expect(telemetry.counts["requestResent token"] == 1)
        Promise.seen(88, "after a 401: 1 renewal, 1 resend")
    }

    @Test("P88, P29: an API that always responds with 401 causes at most five renewals in 30 seconds")
    func alwaysRejected() async throws {
        let source = Numbered(clock: clock)
        let runtime = CountersignRuntime(
            transport: ScriptedTransport(otherwise: .response(HTTP.Response(status: 401))),
            clock: clock
        )
        for _ in 0..<20 { _ = await client(source, runtime).outcome() }
        #expect(source.requests.count == 6)
    }

    @Test("P88: a transient failure is retried, then calls fail at once until the backoff ends")
    func transientFailure() async throws {
        let source = Numbered(clock: clock)
        let client = client(source, runtime())
        source.fail(with: Unhappy(), TokenError(.serverError, "busy", status: 503, retryAfter: .seconds(2)))
        let call = Task { await client.outcome() }
        await clock.advanceToSleeper(due: .milliseconds(250)...(.milliseconds(250)))
        await clock.advanceToSleeper(due: .milliseconds(2500)...(.milliseconds(2500)))
        #expect(await call.value == "200")
        #expect(source.requests.count == 3)
        #expect(telemetry.counts["tokenFetchFailed unreachable"] == 1)
        #expect(telemetry.counts["tokenFetchFailed serverError"] == 1)
        #expect(telemetry.counts["requestRetried status"] == 1)
        #expect(telemetry.counts["requestRetried transport"] == 1)
    }

    @Test("P88: an error that the source calls permanent is not retried for a minute")
    func permanentFailure() async throws {
        let source = Numbered(clock: clock)
        let client = client(source, runtime())
        source.fail(with: TokenError(.rejected, "the app is suspended", status: 403))
        for _ in 0..<1000 {
            let error = await client.failure()?.tokenError
            #expect(error?.kind == .rejected && error?.message == "the app is suspended" && error?.status == 403)
        }
        #expect(source.requests.count == 1)
        clock.advance(by: .seconds(59))
        #expect(await client.outcome() == "noToken")
        clock.advance(by: .seconds(1))
        #expect(await client.outcome() == "200")
    }

    @Test("P88: the source decides whether an error is transient, whatever its kind")
    func transience() async throws {
        let source = Numbered(clock: clock)
        let client = client(source, runtime())
        source.fail(with: TokenError(.serverError, "closed for good", isTransient: false))
        #expect(await client.failure()?.tokenError?.isTransient == false)
        #expect(source.requests.count == 1)
        #expect(TokenError(.rejected, "later", isTransient: true).isTransient)
        #expect(!TokenError(.rejected, "no").isTransient)
        #expect(TokenError(.unreachable, "down").isTransient)
    }

    @Test("P88, P23: a failed renewal does not affect calls while the token is valid")
    func failedRenewal() async throws {
        let source = Numbered(clock: clock)
        let client = client(source, runtime())
        #expect(await client.outcome() == "200")
        clock.advance(by: .seconds(3000))
        source.fail(with: TokenError(.rejected, "no"))
        #expect(await client.outcome() == "200")
        await client.settle()
        #expect(await client.outcome() == "200")
        #expect(source.requests.count == 2)
        clock.advance(by: .seconds(600))
        #expect(await client.outcome() == "200")
        #expect(sentTokens.last == "Bearer token-3", "an expired token is not sent")
    }

    @Test("P88: sources with equal identities share tokens, in all clients of a runtime; others do not")
    func identity() async throws {
        struct Other: TokenSource {
            let source: Numbered
            var tokenIdentity: String? { source.tokenIdentity }
            nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
                try await source.accessToken(for: request)
            }
        }
        let runtime = runtime()
        let first = Numbered("a", clock: clock)
        #expect(await client(first, runtime).outcome() == "200")
        #expect(await client(first, runtime).outcome() == "200")
        let same = Numbered("a", clock: clock)
        #expect(await client(same, runtime).outcome() == "200")
        #expect(first.requests.count == 1 && same.requests.isEmpty)

        for identity in ["b", "A", "", "a "] {
            let source = Numbered(identity, clock: clock)
            #expect(await client(source, runtime).outcome() == "200")
            #expect(source.requests.count == 1)
        }
        let otherType = Numbered("a", clock: clock)
        #expect(await client(Other(source: otherType), runtime).outcome() == "200")
        #expect(otherType.requests.count == 1)

        // The scopes and resources of a request are part of the identity.
        #expect(await client(first, runtime, scopes: ["x", "y"]).outcome() == "200")
        #expect(await client(first, runtime, scopes: ["y", "x"]).outcome() == "200")
        #expect(await client(first, runtime).options(.scopes(["z"])).outcome() == "200")
        #expect(await client(first, runtime).options(.resources("https://r.example")).outcome() == "200")
        #expect(first.requests.map(\.scopes) == [[], ["x", "y"], ["z"], []])
        #expect(first.requests.last?.resources == ["https://r.example"])

        #expect(await client(first, self.runtime()).outcome() == "200")
        #expect(first.requests.count == 5, "runtimes share nothing")
    }

    @Test("P88: parameters of a call are never ignored by a cached token: the call fails, and nothing is sent")
    func parameters() async throws {
        let source = Numbered(clock: clock)
        let client = client(source, runtime())
        #expect(await client.outcome() == "200")
        for option in [CallOption.parameters(["tenant": "b"]), .assertion(SecretValue("an assertion"))] {
            let failure = await client.options(option).failure()
            #expect(failure?.tokenError?.kind == .configuration)
        }
        #expect(sentTokens == ["Bearer token-1"])
        #expect(source.requests.count == 1)
    }

    @Test("P88: a source without an identity is asked before each call, and after a 401")
    func withoutIdentity() async throws {
        let source = Numbered(nil, clock: clock)
        let client = client(source, runtime())
        #expect(await client.outcome() == "200")
        #expect(await client.outcome() == "200")
        #expect(source.requests.count == 2)
        transport.enqueue(.response(HTTP.Response(status: 401)))
        #expect(await client.outcome() == "200")
        #expect(source.requests.last?.rejectedToken?.value == "token-3")
        #expect(telemetry.counts["tokenLookup source"] == 3)
    }

    @Test("P88: a source that does not return in time fails the callers, and is asked again by a later call")
    func timeout() async throws {
        let source = Numbered(clock: clock)
        let client = client(source, runtime())
        let gate = AsyncGate()
        source.wait(for: gate)
        let call = Task { await client.failure() }
        await gate.waitForArrivals(1)
        await clock.advanceToSleeper(due: .seconds(10)...(.seconds(10)))
        #expect(await call.value?.tokenError?.kind == .timedOut)
        gate.open()
        source.wait(for: nil)
        clock.advance(by: .seconds(5))
        #expect(await client.outcome() == "200")
    }

    @Test("P88: a token that has expired when the source returns it is not sent")
    func expired() async throws {
        struct Late: TokenSource {
            var tokenIdentity: String? { "late" }
            nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
                try AccessToken("old", expiresAt: Date(timeIntervalSince1970: 0))
            }
        }
        #expect(await client(Late(), runtime()).failure()?.tokenError?.kind == .expiredWhenReceived)
        #expect(transport.requests.isEmpty)
    }

    @Test("P88: invalidation and forced renewal ask the source again")
    func invalidation() async throws {
        let source = Numbered(clock: clock)
        let runtime = runtime()
        let client = client(source, runtime)
        let token = try await client.tokens.current()
        #expect(token.lifetime == .seconds(3600))
        client.tokens.invalidate()
        #expect(await client.outcome() == "200")
        #expect(await client.options(.forceTokenRenewal).outcome() == "200")
        runtime.invalidateTokens()
        #expect(await client.outcome() == "200")
        #expect(source.requests.count == 4)
        #expect(sentTokens == ["Bearer token-2", "Bearer token-3", "Bearer token-4"])
    }

    /// A token endpoint and an API.
    private struct ExchangeServer: HTTP.Transport {
        nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
            request.method == .post
                ? .json(#"{"access_token":"exchanged","token_type":"Bearer","expires_in":3600}"#)
                : HTTP.Response(status: 200)
        }
    }

    @Test("P88: the token of a subject with an identity is cached, and exchanged once")
    func subject() async throws {
        let source = Numbered(clock: clock)
        let runtime = CountersignRuntime(transport: ExchangeServer(), clock: clock)
        let scheme = OAuthConfiguration(tokenEndpoint: "https://login.example.com/token")
        let client = APIClient(
            APIDefinition(
                name: "OrdersAPI",
                schemes: [.tokenExchange(scheme)],
                requirements: [.scheme(0)]
            ),
            server: "https://api.example.com",
            credentials: [.tokenExchange(World.credentials, subject: source)],
            runtime: runtime
        )
        for _ in 0..<10 { #expect(await client.outcome() == "200") }
        #expect(source.requests.count == 1)
    }

    @Test("P59: neither the identity of a source nor its error's text is printed")
    func canary() async throws {
        let source = Numbered("canary-identity", clock: clock)
        let client = client(source, runtime())
        source.fail(with: Unhappy(), Unhappy(), Unhappy())
        let call = Task { await client.failure() }
        await clock.advanceToSleeper(due: .milliseconds(250)...(.milliseconds(250)))
        await clock.advanceToSleeper(due: .milliseconds(500)...(.milliseconds(500)))
        let failure = try #require(await call.value)
        #expect(failure.description.contains("Unhappy"))
        #expect(!failure.description.contains("canary"))
        #expect(!telemetry.events.contains { $0.description.contains("canary") })
    }
}
