import CountersignTesting
import Foundation
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// The ten situations of the article Comparison.
///
/// Each test prints the figure that the article shows.
@Suite("Ten situations", .timeLimit(.minutes(15)))
struct ComparisonTests {
    private static func seen(_ situation: String, _ figure: String) {
        print("compared: \(situation): \(figure)")
    }

    @Test("A hundred concurrent 401s cause one immediate renewal")
    func rejections() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        let start = world.clock.now()
        let gate = AsyncGate()
        world.api.inject(.held(by: gate), times: 100)
        let outcomes = await self.outcomes(100, of: client) {
            await gate.waitForArrivals(100)
            world.api.rejectIssuedTokens()
            gate.open()
        }
        #expect(outcomes == ["200": 100])
        #expect(world.tokenRequests == 2)
        #expect(world.api.count == 201)
        #expect(world.clock.now() == start)
        Self.seen(
            "100 concurrent 401s",
            "\(world.tokenRequests - 1) token request, \(outcomes["200"] ?? 0) calls succeeded, after a wait of \((world.clock.now() - start).seconds) s"
        )
    }

    @Test(
        "In an hour with one call a second, a token is renewed only when its lifetime makes that necessary",
        arguments: [(3600, 2, "a one-hour token used for an hour"), (30, 240, "a 30-second token used for an hour")]
    )
    func hour(lifetime: Int, most: Int, situation: String) async throws {
        let world = World()
        world.server.configuration.tokenLifetime = .seconds(lifetime)
        let client = world.client()
        var succeeded = 0
        for _ in 0..<3600 {
            if await client.outcome() == "200" { succeeded += 1 }
            await client.settle()
            world.clock.advance(by: .seconds(1))
        }
        #expect(succeeded == 3600)
        #expect(world.tokenRequests <= most)
        Self.seen(situation, "\(world.tokenRequests) token requests for \(succeeded) calls, all succeeded")
    }

    @Test(
        "Concurrent calls of two tenants, or for two resources, each carry their own token",
        arguments: [true, false]
    )
    func apart(areTenants: Bool) async throws {
        let mixedUp = Locked(0)
        let world = World()
        let client = world.client()
        let clients = ["a", "b"].map { name in
            areTenants
                ? client.options(.parameters(["audience": "https://\(name).example"]))
                : client.options(.resources("https://\(name).example"))
        }
        world.api.on(.get, "/items/{id}") { request in
            // The fake server issues tokens with the requested audience or resource as their audience.
            let wanted = request.parameter("id") ?? ""
            if request.token?.audience != ["https://\(wanted).example"] { mixedUp.withLock { $0 += 1 } }
            return .json("{}")
        }
        await withTaskGroup(of: String.self) { group in
            for call in 0..<200 {
                group.addTask { await clients[call % 2].outcome(.get, "/items/\(["a", "b"][call % 2])") }
            }
            for await outcome in group { #expect(outcome == "200") }
        }
        #expect(world.tokenRequests == 2)
        #expect(mixedUp.withLock { $0 } == 0)
        Self.seen(
            areTenants ? "two tenants at once" : "two resources at once",
            "\(world.tokenRequests) token requests, \(mixedUp.withLock { $0 }) of 200 calls with the other's token"
        )
    }

    @Test("While the token endpoint is down for ten minutes, no call fails and there are few token requests")
    func outage() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.clock.advance(by: .seconds(2400))
        world.server.inject(.status(503), times: nil)
        var failed = 0
        for _ in 0..<600 {
            if await client.outcome() != "200" { failed += 1 }
            await client.settle()
            world.clock.advance(by: .seconds(1))
        }
        let attempts = world.tokenRequests - 1
        world.server.clearFaults()
        world.clock.advance(by: .seconds(60))
        #expect(await client.outcome() == "200")
        await client.settle()
        #expect(world.server.issuedTokens.count == 2)
        #expect(failed == 0)
        #expect(attempts <= 25)
        Self.seen("the token endpoint down for ten minutes", "\(failed) of 600 calls failed; \(attempts) attempts")
    }

    @Test("After the first caller is cancelled, the others get the token of its request")
    func cancellation() async throws {
        let world = World()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let first = Task { await client.outcome() }
        await gate.waitForArrivals(1)
        let outcomes = await self.outcomes(99, of: client) {
            first.cancel()
            #expect(await first.value == "cancelled")
            gate.open()
        }
        #expect(outcomes == ["200": 99])
        #expect(world.tokenRequests == 1)
        Self.seen(
            "the first of 100 callers cancelled",
            "it returns at once; \(outcomes["200"] ?? 0) succeed; \(world.tokenRequests) token request"
        )
    }

    @Test("After a nonce challenge and a rejected token, the call is resent for each and succeeds")
    func nonceThenToken() async throws {
        let world = World()
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        world.api.inject(.nonceChallenge)
        world.api.rejectIssuedTokens()
        let before = world.api.count
        #expect(await client.outcome() == "200")
        #expect(world.api.requests[before...].map(\.status) == [401, 401, 200])
        #expect(world.api.requests.dropLast().last?.error == "invalid_token")
        #expect(world.tokenRequests == 2)
        Self.seen(
            "a nonce challenge, then an expired token",
            "the call succeeds: \(world.api.count - before) sends, \(world.tokenRequests - 1) token request"
        )
    }

    @Test("A clock that is five minutes wrong is corrected after one rejected proof for each server")
    func clock() async throws {
        let world = World()
        world.server.configuration.proofWindow = .seconds(10)
        world.api.configuration.proofWindow = .seconds(10)
        world.clock.setWallClock(to: world.clock.date() + 300)
        let client = world.client(dpop: .es256)
        var succeeded = 0
        for _ in 0..<100 where await client.outcome() == "200" { succeeded += 1 }
        #expect(succeeded == 100)
        #expect(world.tokenRequests == 2)
        #expect(world.api.count == 101)
        Self.seen("a clock five minutes off (DPoP)", "\(succeeded) of 100 calls succeed; each server rejected 1 proof")
    }

    @Test("Nothing is sent to another host after a redirect", arguments: [302, 307])
    func redirect(status: Int) async throws {
        let world = World()
        let client = world.client(dpop: .es256)
        world.api.inject(
            .status(HTTP.Status(rawValue: status), fields: ["Location": "https://evil.example/"]),
            times: nil
        )
        for _ in 0..<10 { #expect(await client.outcome() == "\(status)") }
        #expect(world.network.unreachableRequests.isEmpty)
        Self.seen(
            "a redirect to another host",
            "\(world.network.unreachableRequests.count) requests there; the caller gets the redirect response"
        )
    }

    /// Starts concurrent calls, runs `event`, and counts the outcomes of the calls.
    private func outcomes(
        _ count: Int,
        of client: APIClient,
        during event: () async -> Void
    ) async -> [String: Int] {
        let calls = (0..<count).map { _ in Task { await client.outcome() } }
        await event()
        var outcomes: [String: Int] = [:]
        for call in calls { outcomes[await call.value, default: 0] += 1 }
        return outcomes
    }
}
