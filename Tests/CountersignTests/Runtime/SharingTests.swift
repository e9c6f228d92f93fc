import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Load and sharing", .timeLimit(.minutes(15)))
struct SharingTests {
    @Test("P01: ten thousand calls that start cold make one token request, and all carry its token")
    func coldStart() async throws {
        let world = World()
        let client = world.client()
        let answer = AsyncGate()
        world.server.inject(.held(by: answer))
        let started = AsyncGate()
        started.open()
        try await withThrowingTaskGroup(of: HTTP.Status.self) { group in
            for _ in 0..<10_000 {
                group.addTask {
                    try await started.pass()
                    return try await client.send(.get, "/items").status
                }
            }
            await started.waitForArrivals(10_000)
            await world.server.waitForRequests(1)
            #expect(world.api.count == 0)
            answer.open()
            for try await status in group { #expect(status == 200) }
        }
        #expect(world.tokenRequests == 1)
        #expect(world.api.count == 10_000)
        #expect(Set(world.api.requests.map { $0.request.fields[.authorization] }).count == 1)
        Promise.seen(1, "\(world.tokenRequests) request, one token in \(world.api.count) calls")
    }

    @Test("P02: a thousand identities with ten callers each make a thousand token requests")
    func manyKeys() async throws {
        let world = World()
        let client = world.client()
        await withTaskGroup(of: String.self) { group in
            for call in 0..<10_000 {
                let keyed = client.options(.parameters(["tenant": "\(call % 1000)"]))
                group.addTask { await keyed.outcome() }
            }
            for await outcome in group { #expect(outcome == "200") }
        }
        #expect(world.tokenRequests == 1000)
        Promise.seen(2, "\(world.tokenRequests) requests")
    }

    @Test("P02: an identity whose token does not come holds up no other")
    func stalledKey() async throws {
        let world = World()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        async let stalled = client.options(.parameters(["tenant": "a"])).outcome()
        await gate.waitForArrivals(1)
        for tenant in ["b", "c", "d"] {
            #expect(await client.options(.parameters(["tenant": tenant])).outcome() == "200")
        }
        gate.open()
        #expect(await stalled == "200")
    }

    @Test("P03: when the shared fetch fails, everyone who waits gets that error, and one request was made")
    func sharedFailure() async throws {
        let world = World()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.oauthError("temporarily_unavailable", status: 503).held(by: gate), times: nil)
        var told = 0
        await withTaskGroup(of: TokenError?.self) { group in
            for _ in 0..<100 { group.addTask { await client.failure()?.tokenError } }
            await gate.waitForArrivals(1)
            gate.open()
            for await error in group {
                if error?.oauthError == "temporarily_unavailable" { told += 1 }
                #expect(error?.kind == .serverError)
                #expect(error?.oauthError == "temporarily_unavailable")
                #expect(error?.status == 503)
                #expect((error?.retryAfter ?? .zero) > .zero)
            }
        }
        #expect(world.tokenRequests == 1)
        #expect(world.api.count == 0)
        Promise.seen(3, "\(world.tokenRequests) request, \(told) of 100 callers with its error")
    }

    @Test("P04, P05: whichever waiter is cancelled leaves at once, and the others get the token", arguments: [0, 1])
    func cancellation(cancelled: Int) async throws {
        let world = World()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let first = Task { await client.outcome() }
        await gate.waitForArrivals(1)
        let second = Task { await client.outcome() }
        let callers = [first, second]
        callers[cancelled].cancel()
        // The token has not come: only the cancellation can have ended it.
        #expect(await callers[cancelled].value == "cancelled")
        #expect(world.server.issuedTokens.isEmpty)
        gate.open()
        #expect(await callers[1 - cancelled].value == "200")
        #expect(world.tokenRequests == 1)
        Promise.seen(4 + (1 - cancelled), "cancelled alone, \(world.tokenRequests) request in all")
    }

    @Test("P06: when all who wait are cancelled, the token that comes is kept for the next call")
    func allCancelled() async throws {
        let world = World()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate))
        let callers = (0..<10).map { _ in Task { await client.outcome() } }
        await gate.waitForArrivals(1)
        for caller in callers { caller.cancel() }
        var left = 0
        for caller in callers where await caller.value == "cancelled" { left += 1 }
        #expect(left == 10)
        #expect(world.server.issuedTokens.isEmpty)
        gate.open()
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 1)
        Promise.seen(
            6,
            "\(left) of 10 left before the answer, which served the next call; \(world.tokenRequests) request in all"
        )
    }

    @Test("P07: when no answer comes, callers leave at the deadline, those with a shorter one at theirs; nobody stays")
    func noAnswer() async throws {
        let world = World()
        let client = world.client()
        world.server.inject(.held(by: AsyncGate()), times: nil)
        for round in 1...1000 {
            let patient = Task { await client.outcome() }
            let hurried = Task { await client.options(.timeout(.seconds(2))).outcome() }
            // The time-out of the token request and that of the hurried call.
            await world.clock.waitForSleepers(2)
            await world.server.waitForRequests(round)
            let start = world.clock.now()
            world.clock.advance(by: .milliseconds(1999))
            #expect(world.clock.sleepers == 2)
            world.clock.advance(by: .milliseconds(1))
            #expect(await hurried.value == "timedOut")
            world.clock.advance(by: .seconds(8))
            #expect(await patient.value == "timedOut")
            #expect(world.clock.now() - start == .seconds(10))
            world.clock.advance(by: .seconds(5))
        }
        #expect(world.tokenRequests == 1000)
        #expect(world.api.count == 0)
        #expect(world.clock.sleepers == 0)
        await client.settle()
        Promise.seen(7, "at 10 s and 2 s to the millisecond, \(world.clock.sleepers) timers left after 1,000 rounds")
    }

    @Test("P08: a hundred thousand identities leave a cache of a thousand at its capacity")
    func boundedCache() {
        let cache = TokenCache(capacity: 1000)
        for number in 0..<100_000 { _ = cache.slot(number, asked: number % 3) }
        #expect(cache.count == 1000)
        // Not flushed: most of what was made last is there, so that asking for it makes no room.
        let newest = cache.slot(99_999)
        #expect(cache.slot(99_999) === newest)
        #expect(cache.count == 1000)
        Promise.seen(8, "\(cache.count) after 100,000")
    }

    @Test("P08: slots that clients hold are never evicted, and are shared beyond the capacity too")
    func heldSlots() {
        let cache = TokenCache(capacity: 100)
        let held = (0..<300).map { cache.slot($0) }
        #expect(cache.count == 300)
        for number in 0..<10_000 { _ = cache.slot(1000 + number) }
        for number in 0..<300 { #expect(cache.slot(number) === held[number]) }
        Promise.seen(8, "0 of 300 in use evicted from a cache of 100")
    }

    @Test("Where every slot was asked for lately, one of them still makes room")
    func recentSlots() {
        let cache = TokenCache(capacity: 1000)
        for number in 0..<1000 { _ = cache.slot(number, asked: 2) }
        let slot = cache.slot(5000)
        #expect(cache.slot(5000) === slot)
        #expect(cache.count == 1000)
    }
}

extension TokenCache {
    /// The slot of an identity that is a number, asked for once and again as often as `asked` says.
    @discardableResult
    fileprivate func slot(_ number: Int, asked: Int = 0) -> TokenCacheEntry {
        var identity = TokenIdentity()
        identity.add("\(number)")
        for _ in 0..<asked { _ = slot(for: identity, make: Self.make) }
        return slot(for: identity, make: Self.make)
    }

    private static func make() -> TokenCacheEntry {
        TokenCacheEntry(policy: RenewalPolicy(), clock: SystemClock(), jitter: { 0 }) {
            .failure(TokenError(.unreachable, "never asked"))
        }
    }
}
