import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// Fetches of a token while none is cached: up to three attempts.
///
/// With a jitter of 0.5, the first retry follows after 250 ms, and the second one 500 ms later.
@Suite("Cold starts", .timeLimit(.minutes(5)))
struct ColdStartTests {
    private let telemetry = RecordingTelemetry()

    private func world() -> World {
        World(
            configure: {
                $0.renewal = RenewalPolicy()
                $0.telemetry = [telemetry]
            }
        )
    }

    /// Faults that last for one attempt, with the number of requests of that attempt.
    private static let blips: [(fault: Fault, requests: Int, kind: String)] = [
        (.status(503), 1, "serverError"), (.status(500), 1, "serverError"), (.status(429), 1, "serverError"),
        (.oauthError("temporarily_unavailable"), 1, "serverError"),
        (.transportError(.failing(.connect)), 1, "unreachable"),
        (.transportError(.failing(.nameResolution)), 1, "unreachable"),
        (.transportError(.failing(.timedOut)), 1, "timedOut"),
        // A request on a closed connection is resent at once, so that one attempt is two requests.
        (.transportError(.failing(.closed)), 2, "unreachable"), (.lostResponse, 2, "unreachable"),
    ]

    @Test("P03: no caller of a cold start sees a single transient failure", arguments: blips.indices)
    func blip(index: Int) async throws {
        let (fault, requests, kind) = Self.blips[index]
        let world = world()
        let client = world.client()
        world.server.inject(fault, times: requests)
        let calls = (0..<10).map { _ in Task { await client.outcome() } }
        await world.clock.advanceToSleeper(due: .milliseconds(250)...(.milliseconds(250)))
        var failed = 0
        for call in calls where await call.value != "200" { failed += 1 }
        #expect(failed == 0)
        #expect(world.tokenRequests == requests + 1)
        #expect(world.api.count == 10)
        #expect(telemetry.counts["tokenFetchFailed \(kind)"] == 1)
        #expect(telemetry.counts["tokenFetched success"] == 1)
        let retry = try #require(telemetry.first(.requestRetried))
        #expect(telemetry.events.count { $0.kind == .requestRetried } == 1)
        #expect(retry.reason == (retry.status == nil ? "transport" : "status"))
        #expect(retry.duration == .milliseconds(250))
        #expect(retry.operation == nil)
        #expect(telemetry.counts["callEnded 2xx"] == 10)
        Promise.seen(3, "a single failure at a cold start: seen by \(failed) of 10 callers")
    }

    @Test("P03, P14: after three attempts every caller gets the last error, and calls fail at once during the backoff")
    func threeAttempts() async throws {
        let world = world()
        let client = world.client()
        world.server.inject(.status(503), times: nil)
        let calls = (0..<10).map { _ in Task { await client.failure()?.tokenError } }
        await world.clock.advanceToSleeper(due: .milliseconds(250)...(.milliseconds(250)))
        await world.clock.advanceToSleeper(due: .milliseconds(500)...(.milliseconds(500)))
        for call in calls {
            let error = await call.value
            #expect(error?.kind == .serverError)
            #expect(error?.retryAfter == .seconds(2))
        }
        #expect(world.tokenRequests == 3)
        #expect(telemetry.counts["tokenFetchFailed serverError"] == 3)
        #expect(telemetry.counts["requestRetried status"] == 2)
        #expect(await client.outcome() == "noToken")
        #expect(world.tokenRequests == 3)
        world.server.clearFaults()
        world.clock.advance(by: .seconds(2))
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 4)
    }

    @Test("P03: a caller without time for a retry gets the error at once, and the others get the token")
    func shortDeadline() async throws {
        let world = world()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.status(503).held(by: gate))
        let patient = Task { await client.outcome() }
        await gate.waitForArrivals(1)
        let impatient = Task { await client.options(.timeout(.milliseconds(200))).failure() }
        // The timeouts of the token request and of the impatient call.
        await world.clock.waitForSleepers(2)
        try await waitUntil("the impatient call has joined") { telemetry.counts["tokenLookup joined"] == 1 }
        gate.open()
        let error = try #require(await impatient.value)
        #expect(error.kind == .noToken)
        #expect(error.tokenError?.kind == .serverError)
        #expect(error.tokenError?.retryAfter == .milliseconds(250))
        // Another call without time does not wait either.
        let late = await client.options(.timeout(.milliseconds(100))).failure()
        #expect(late?.tokenError?.kind == .serverError)
        await world.clock.advanceToSleeper(due: .milliseconds(250)...(.milliseconds(250)))
        #expect(await patient.value == "200")
        #expect(world.tokenRequests == 2)
    }

    @Test("P03: if no caller has time for a retry, there is none")
    func noTime() async {
        let world = world()
        let client = world.client().options(.timeout(.milliseconds(200)))
        world.server.inject(.status(503))
        #expect(await client.failure()?.tokenError?.kind == .serverError)
        #expect(world.tokenRequests == 1)
    }

    @Test(
        "P20: the retry of a cold start waits for Retry-After if the timeout of token requests permits it",
        arguments: [(2, 2), (8, 2), (10, 1), (3600, 1)]
    )
    func retryAfter(seconds: Int, requests: Int) async {
        let world = world()
        let client = world.client()
        world.server.inject(.status(503, fields: ["Retry-After": "\(seconds)"]))
        let call = Task { await client.failure() }
        if requests == 2 {
            let delay = Duration.seconds(seconds) + .milliseconds(250)
            await world.clock.advanceToSleeper(due: delay...delay)
        }
        let failure = await call.value
        #expect(world.tokenRequests == requests)
        if requests == 2 {
            #expect(failure == nil)
        } else {
            #expect(failure?.tokenError?.retryAfter == .seconds(seconds))
        }
    }

    @Test("P03, P21: a rejection is not retried", arguments: ["invalid_client", "invalid_scope", "invalid_request"])
    func rejection(code: String) async {
        let world = world()
        world.server.inject(.oauthError(code), times: nil)
        #expect(await world.client().failure()?.tokenError?.oauthError == code)
        #expect(world.tokenRequests == 1)
    }

    @Test("P03: while a valid token is cached, each renewal is one attempt")
    func renewal() async {
        let world = world()
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.server.inject(.status(503), times: nil)
        world.clock.advance(by: .seconds(3000))
        #expect(await client.outcome() == "200")
        await client.settle()
        #expect(world.tokenRequests == 2)
    }

    @Test("P03: no caller of a cold start sees a single failure of the discovery")
    func discovery() async throws {
        let world = world()
        world.server.inject(.status(503), at: .metadata, times: nil)
        let client = world.discoveringClient()
        let call = Task { await client.outcome() }
        try await waitUntil("the discovery has failed") { telemetry.first(.requestRetried) != nil }
        world.server.clearFaults()
        // A failed discovery is cached for a second.
        await world.clock.advanceToSleeper(due: .milliseconds(1250)...(.milliseconds(1250)))
        #expect(await call.value == "200")
    }
}
