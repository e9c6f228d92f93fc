import CountersignTesting
import Foundation
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Renewal", .timeLimit(.minutes(15)))
struct RenewalTests {
    /// The age at which a token of one hour is renewed without jitter: 20 min and 10 s before it expires.
    private static let renewalAge = Duration.seconds(3600 - 1210)

    @Test(
        "P10, P23: in 10,000 calls with outages, none carries a token within its expiry skew, and none with a valid token fails"
    )
    func simulation() async throws {
        let shortest = Locked(Duration.seconds(1_000_000))
        let deadline = Locked(MonotonicInstant(nanoseconds: .min))
        let clock = Locked<VirtualClock?>(nil)
        let generator = Locked(SeededGenerator(seed: 10))
        @Sendable func random(_ range: Range<Int>) -> Int {
            generator.withLock { Int.random(in: range, using: &$0) }
        }
        let world = World(
            jitter: { Double(random(0..<1000)) / 1000 },
            handler: { request in
                guard let clock = clock.withLock({ $0 }), let token = request.token, let expiry = token.expiresAt else {
                    return HTTP.Response(status: 500)
                }
                let skew = min(.seconds(10), (expiry.unixTime - token.issuedAt.unixTime) / 10)
                let spare = expiry.unixTime - clock.unixTime() - skew
                shortest.withLock { $0 = min($0, spare) }
                deadline.withLock { $0 = clock.now().advanced(by: spare) }
                return HTTP.Response(status: 200)
            }
        )
        clock.withLock { $0 = world.clock }
        let client = world.client()
        var failures = 0
        for _ in 0..<10_000 {
            switch random(0..<100) {
            case 0: world.server.inject(.status(503), times: nil)
            case 1: world.server.inject(.transportError(.failing(.connect)), times: nil)
            case 2..<8: world.server.clearFaults()
            case 8..<10: world.server.configuration.tokenLifetime = .seconds(random(2..<4000))
            default: break
            }
            world.clock.advance(by: .milliseconds(random(0..<3) == 0 ? random(0..<400_000) : random(0..<3000)))
            let outcome = await client.outcome()
            if outcome != "200" {
                failures += 1
                #expect(outcome == "noToken")
                #expect(world.clock.now() >= deadline.withLock { $0 })
            }
            await client.settle()
        }
        #expect(shortest.withLock { $0 } > .zero)
        #expect(failures > 0)
    }

    @Test("P11: in the renewal window, calls use the old token at once while one renewal runs")
    func renewalWindow() async throws {
        let world = World(jitter: { 0 })
        let client = world.client()
        #expect(await client.outcome() == "200")
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        world.clock.advance(by: Self.renewalAge - .nanoseconds(1))
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 1)
        world.clock.advance(by: .nanoseconds(1))
        var succeeded = 0
        for _ in 0..<100 where await client.outcome() == "200" { succeeded += 1 }
        #expect(succeeded == 100)
        await gate.waitForArrivals(1)
        #expect(world.tokenRequests == 2)
        gate.open()
        await client.settle()
        #expect(await client.outcome() == "200")
        let tokens = world.api.requests.compactMap { $0.request.fields[.authorization] }
        #expect(Set(tokens.dropLast()).count == 1)
        #expect(tokens.last != tokens.first)
        #expect(world.tokenRequests == 2)
        Promise.seen(11, "\(succeeded) of 100 calls sent at once while \(world.tokenRequests - 1) renewal ran")
    }

    @Test(
        "P12: a thousand processes that start together spread their renewals over two minutes, without a peak"
    )
    func fleet() {
        var generator = SeededGenerator(seed: 12)
        var perSecond: [Int64: Int] = [:]
        for _ in 0..<1000 {
            let jitter = Double.random(in: 0..<1, using: &generator)
            let renewal = RenewalPolicy().schedule(lifetime: .seconds(3600), from: .at(0), jitter: jitter).renewsAt
            #expect(renewal <= .at(3600 - 1210))
            #expect(renewal > .at(3600 - 1210 - 120))
            perSecond[renewal.nanoseconds / 1_000_000_000, default: 0] += 1
        }
        #expect(perSecond.values.allSatisfy { $0 <= 25 })
    }

    @Test(
        "P13, P14, P19, P25: with the authorization server down, no call fails until the token expires; then errors state the delay",
        arguments: [
            // After a closed connection, each attempt sends two requests.
            (Fault.status(503), 1), (.status(500), 1), (.transportError(.failing(.nameResolution)), 1),
            (.transportError(.failing(.tls)), 1), (.transportError(.failing(.timedOut)), 1),
            (.transportError(.failing(.closed)), 2),
        ],
        [3600, 300]
    )
    func outage(of fault: (Fault, requests: Int), lifetime: Int) async throws {
        var generator = SeededGenerator(seed: 13)
        let draws = Locked((0..<4000).map { _ in Double.random(in: 0..<1, using: &generator) })
        let world = World(jitter: { draws.withLock { $0.removeLast() } })
        world.server.configuration.tokenLifetime = .seconds(lifetime)
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.server.inject(fault.0, times: nil)
        // From the beginning of the renewal window to the expiry skew.
        let outage = min(lifetime / 2, 1200)
        world.clock.advance(by: .seconds(lifetime - 10 - outage))
        let start = world.tokenRequests
        var failed = 0
        for second in 0..<outage {
            if await client.outcome() != "200" { failed += 1 }
            await client.settle()
            if second == 600 {
                let attempts = (world.tokenRequests - start) / fault.requests
                #expect(attempts <= 25)
                Promise.seen(19, "\(attempts) in an outage")
            }
            world.clock.advance(by: .seconds(1))
        }
        #expect(failed == 0)
        Promise.seen(13, "tokens of \(lifetime / 60) min: \(failed) of \(outage) calls failed in \(outage) s of outage")
        // The token expires in 10 s, the expiry skew.
        let calls = world.api.count
        let requests = world.tokenRequests
        let failure = await client.failure()
        #expect(world.api.count == calls)
        #expect([.noToken, .timedOut].contains(failure?.kind))
        let delay = try #require(failure?.tokenError?.retryAfter)
        #expect(delay > .zero && delay <= .seconds(5))
        // During the backoff there are no requests.
        let total = world.tokenRequests
        #expect(total - requests <= 2)
        for _ in 0..<100 { #expect(await client.failure() != nil) }
        #expect(world.tokenRequests == total)
        Promise.seen(14, "next attempt at most 5 s later; \(world.api.count - calls) expired tokens sent")
        world.server.clearFaults()
        world.clock.advance(by: .seconds(5))
        #expect(await client.outcome() == "200")
    }

    @Test(
        "P15: tokens of 2 to 60 seconds cause at most one request in half of their lifetime and one a second",
        arguments: 2...60
    )
    func shortLives(seconds: Int) async throws {
        let world = World(jitter: { 0.999 })
        world.server.configuration.tokenLifetime = .seconds(seconds)
        let client = world.client()
        let tick = Duration.seconds(seconds) / 20
        for _ in 0..<200 {
            #expect(await client.outcome() == "200")
            await client.settle()
            world.clock.advance(by: tick)
        }
        // Ten lifetimes have passed.
        let most = Double(seconds * 10) / max(Double(seconds) / 2, 1)
        #expect(Double(world.tokenRequests) <= most + 1)
        let spacing = Double(seconds * 10) / Double(world.tokenRequests - 1) / Double(seconds)
        if seconds == 2 || seconds == 60 {
            Promise.seen(15, "\(seconds) s: one request in \((spacing * 100).rounded() / 100) lifetimes")
        }
    }

    @Test("P15: a token of one second is not sent within its expiry skew, and not requested twice in that second")
    func oneSecond() async throws {
        let world = World()
        world.server.configuration.tokenLifetime = .seconds(1)
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.clock.advance(by: .milliseconds(899))
        #expect(await client.outcome() == "200")
        world.clock.advance(by: .milliseconds(1))
        let waiting = Task { await client.outcome() }
        await world.clock.waitForSleepers(1)
        #expect(world.clock.nextDeadline == .at(1))
        #expect(world.tokenRequests == 1)
        world.clock.advance(by: .milliseconds(100))
        #expect(await waiting.value == "200")
        #expect(world.tokenRequests == 2)
    }

    @Test("P15: a token of one second that an API rejects is renewed at once")
    func oneSecondRejected() async throws {
        let world = World()
        world.server.configuration.tokenLifetime = .seconds(1)
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.api.rejectIssuedTokens()
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 2)
    }

    @Test("P15: tokens that have expired when they arrive are requested once a second, and never sent")
    func expiredWhenReceived() async throws {
        let world = World()
        // Less than the resolution of the clock. Zero would mean that the lifetime is unknown (P61).
        world.server.inject(.member("expires_in", .number("1e-10")), times: nil)
        let client = world.client()
        for _ in 0..<100 {
            let failure = await client.failure()
            #expect(failure?.kind == .noToken)
            #expect(failure?.tokenError?.kind == .expiredWhenReceived)
            world.clock.advance(by: .milliseconds(100))
        }
        #expect(world.tokenRequests <= 10)
        #expect(world.api.count == 0)
        Promise.seen(15, "expired when received: \(world.tokenRequests) requests in 10 s, none sent")
    }

    @Test("P16: a token without expires_in is used for the default lifetime, and renewed once after a 401")
    func noExpiry() async throws {
        let world = World()
        world.server.configuration.tokenLifetime = nil
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.clock.advance(by: .seconds(2000))
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 1)
        world.server.revokeAllTokens()
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 2)
        Promise.seen(16, "used for the default lifetime of an hour; \(world.tokenRequests - 1) request after a 401")
    }

    @Test("P17: after a response that took 20 s, a token of 30 s expires in 10 s")
    func slowResponse() async throws {
        let world = World(configure: { $0.tokenRequestTimeout = .seconds(25) })
        world.server.configuration.tokenLifetime = .seconds(30)
        world.server.inject(.slow(by: .seconds(20)))
        let client = world.client()
        let call = Task { await client.outcome() }
        // The timeout of the request, and the response.
        await world.clock.waitForSleepers(2)
        world.clock.advance(by: .seconds(20))
        #expect(await call.value == "200")
        world.server.inject(.status(503), times: nil)
        // The expiry skew of a tenth begins at 27 s.
        world.clock.advance(by: .milliseconds(6999))
        #expect(await client.outcome() == "200")
        await client.settle()
        world.clock.advance(by: .milliseconds(1))
        #expect(await client.outcome() == "noToken")
        Promise.seen(17, "sent until 6.999 s after the response (10 s minus the expiry skew of 3 s), not at 7 s")
    }

    @Test(
        "P18: setting the date forward or back does not affect a token",
        arguments: [3600, -3600, 10 * 365 * 86_400]
    )
    func wallClock(seconds: Int) async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.clock.setWallClock(to: world.clock.date() + Double(seconds))
        for _ in 0..<20 {
            world.clock.advance(by: .seconds(100))
            #expect(await client.outcome() == "200")
        }
        #expect(world.tokenRequests == 1)
        Promise.seen(18, "wall clock set: 0 extra requests")
    }

    @Test("P18: after a suspension longer than its lifetime, a token is not sent, and one new token is requested")
    func suspension() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.clock.jump(by: .seconds(7200))
        for _ in 0..<10 { #expect(await client.outcome() == "200") }
        #expect(world.tokenRequests == 2)
        #expect(Set(world.api.requests.dropFirst().map { $0.request.fields[.authorization] }).count == 1)
        #expect(world.api.requests.allSatisfy { $0.status == 200 })
        Promise.seen(18, "2 h of suspension: \(world.tokenRequests - 1) request, 0 expired tokens sent")
    }

    @Test(
        "P20: Retry-After delays the next request, in seconds or until a date, by an hour at most; an invalid one is ignored",
        arguments: [
            ("120", 120), ("999999999", 3600), ("Sun, 15 Jun 2025 15:16:40 GMT", 600), ("soon", 3), ("-7", 3),
            ("1e9", 3), ("99999999999999999999", 3600),
        ]
    )
    func retryAfter(field: String, seconds: Int) async throws {
        let world = World()
        let client = world.client()
        world.server.inject(.status(503, fields: ["Retry-After": field]))
        #expect(await client.failure()?.tokenError?.kind == .serverError)
        if seconds > 3 {
            world.clock.advance(by: .seconds(seconds) - .milliseconds(1))
            #expect(await client.outcome() == "noToken")
            #expect(world.tokenRequests == 1)
            world.clock.advance(by: .milliseconds(1))
        } else {
            world.clock.advance(by: .seconds(seconds))
        }
        #expect(await client.outcome() == "200")
        if seconds > 3 { Promise.seen(20, "\"\(field)\" is \(seconds) s") }
    }

    @Test("P20: after a rejection with a very long Retry-After, the next request is sent after an hour")
    func rejectionRetryAfter() async throws {
        let world = World()
        let client = world.client()
        world.server.inject(.status(400, body: "{}", fields: ["Retry-After": "999999999"]))
        #expect(await client.outcome() == "noToken")
        world.clock.advance(by: .seconds(3599))
        #expect(await client.outcome() == "noToken")
        world.clock.advance(by: .seconds(1))
        #expect(await client.outcome() == "200")
    }

    @Test(
        "P21: a rejected client sends one request a minute for any number of calls, and at once with other credentials",
        arguments: ["invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type"]
    )
    func rejection(code: String) async throws {
        let world = World()
        let client = world.client()
        world.server.inject(.oauthError(code, status: code == "invalid_client" ? 401 : 400), times: nil)
        for _ in 0..<1000 {
            let failure = await client.failure()
            #expect(failure?.kind == .noToken)
            #expect(failure?.tokenError?.kind == .rejected)
            #expect(failure?.tokenError?.oauthError == code)
        }
        #expect(world.tokenRequests == 1)
        Promise.seen(21, "1,000 calls: \(world.tokenRequests) request, for each of the four errors")
        world.server.clearFaults()
        world.server.register(.init(id: "other", authentication: .clientSecretBasic(secret: "other")))
        #expect(await world.client(.secret(id: "other", SecretValue("other"))).outcome() == "200")
        world.clock.advance(by: .seconds(59))
        #expect(await client.outcome() == "noToken")
        world.clock.advance(by: .seconds(1))
        #expect(await client.outcome() == "200")
    }

    @Test("P14: the long backoff of a background renewal ends when the token expires")
    func backoffEndsWithToken() async throws {
        let world = World(jitter: { 0.999 })
        world.server.configuration.tokenLifetime = .seconds(100)
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.server.inject(.status(503), times: nil)
        world.clock.advance(by: .seconds(50))
        for _ in 0..<39 {
            #expect(await client.outcome() == "200")
            await client.settle()
            world.clock.advance(by: .seconds(1))
        }
        world.clock.advance(by: .seconds(1))
        world.server.clearFaults()
        _ = await client.outcome()
        world.clock.advance(by: .seconds(5))
        #expect(await client.outcome() == "200")
    }
}
