import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Single flight and the token cache", .timeLimit(.minutes(15)))
struct SharingTests {
    @Test("P01: ten thousand concurrent calls without a cached token make one token request, and all carry its token")
    func coldStart() async throws {
        let world = World()
        let client = world.client()
        let response = AsyncGate()
        world.server.inject(.held(by: response))
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
            response.open()
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

    @Test("P02: an identity that waits for its token does not delay other identities")
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

    @Test("P03: if the shared token request fails, every waiting caller gets its error")
    func sharedFailure() async throws {
        let world = World()
        let client = world.client()
        let gate = AsyncGate()
        world.server.inject(.oauthError("temporarily_unavailable", status: 503).held(by: gate), times: nil)
        var informed = 0
        await withTaskGroup(of: TokenError?.self) { group in
            for _ in 0..<100 { group.addTask { await client.failure()?.tokenError } }
            await gate.waitForArrivals(1)
            gate.open()
            for await error in group {
                if error?.oauthError == "temporarily_unavailable" { informed += 1 }
                #expect(error?.kind == .serverError)
                #expect(error?.oauthError == "temporarily_unavailable")
                #expect(error?.status == 503)
                #expect((error?.retryAfter ?? .zero) > .zero)
            }
        }
        #expect(world.tokenRequests == 1)
        #expect(world.api.count == 0)
        Promise.seen(3, "\(world.tokenRequests) request, \(informed) of 100 callers with its error")
    }

    @Test(
        "P04, P05: a cancelled waiter, the first or a later one, returns at once, and the others get the token",
        arguments: [0, 1]
    )
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
        // The token has not arrived: only the cancellation can have ended the call.
        #expect(await callers[cancelled].value == "cancelled")
        #expect(world.server.issuedTokens.isEmpty)
        gate.open()
        #expect(await callers[1 - cancelled].value == "200")
        #expect(world.tokenRequests == 1)
        Promise.seen(4 + (1 - cancelled), "cancelled alone, \(world.tokenRequests) request in all")
    }

    @Test("P06: if all waiting callers are cancelled, the token is cached for the next call")
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
            "\(left) of 10 returned before the response, which the next call used; \(world.tokenRequests) request in all"
        )
    }

    @Test("P07: without a response, each caller fails at its own deadline, and no caller or timer remains")
    func noResponse() async throws {
        let world = World()
        let client = world.client()
        world.server.inject(.held(by: AsyncGate()), times: nil)
        for round in 1...1000 {
            let withoutDeadline = Task { await client.outcome() }
            let withDeadline = Task { await client.options(.timeout(.seconds(2))).outcome() }
            // The timeout of the token request and that of the call with the shorter deadline.
            await world.clock.waitForSleepers(2)
            await world.server.waitForRequests(round)
            let start = world.clock.now()
            world.clock.advance(by: .milliseconds(1999))
            #expect(world.clock.sleepers == 2)
            world.clock.advance(by: .milliseconds(1))
            #expect(await withDeadline.value == "timedOut")
            world.clock.advance(by: .seconds(8))
            #expect(await withoutDeadline.value == "timedOut")
            #expect(world.clock.now() - start == .seconds(10))
            world.clock.advance(by: .seconds(5))
        }
        #expect(world.tokenRequests == 1000)
        #expect(world.api.count == 0)
        #expect(world.clock.sleepers == 0)
        await client.settle()
        Promise.seen(7, "failed at 10 s and 2 s exactly; \(world.clock.sleepers) timers left after 1,000 rounds")
    }

    @Test("P08: after a hundred thousand identities, a cache with a capacity of a thousand has a thousand entries")
    func boundedCache() {
        let cache = TokenCache(capacity: 1000)
        for number in 0..<100_000 { _ = cache.entry(number, lookups: number % 3) }
        #expect(cache.count == 1000)
        // The newest entry was not evicted, so that looking it up does not evict another.
        let newest = cache.entry(99_999)
        #expect(cache.entry(99_999) === newest)
        #expect(cache.count == 1000)
        Promise.seen(8, "\(cache.count) after 100,000")
    }

    @Test("P08: entries that clients hold are never evicted, even beyond the capacity")
    func heldEntries() {
        let cache = TokenCache(capacity: 100)
        let held = (0..<300).map { cache.entry($0) }
        #expect(cache.count == 300)
        for number in 0..<10_000 { _ = cache.entry(1000 + number) }
        for number in 0..<300 { #expect(cache.entry(number) === held[number]) }
        Promise.seen(8, "0 of 300 in use evicted from a cache of 100")
    }

    @Test("If every entry was used lately, one of them is still evicted for a new one")
    func recentEntries() {
        let cache = TokenCache(capacity: 1000)
        for number in 0..<1000 { _ = cache.entry(number, lookups: 2) }
        let entry = cache.entry(5000)
        #expect(cache.entry(5000) === entry)
        #expect(cache.count == 1000)
    }
}

extension TokenCache {
    /// Returns the entry of an identity that consists of a number, after further lookups of it.
    @discardableResult
    fileprivate func entry(_ number: Int, lookups: Int = 0) -> TokenCacheEntry {
        var identity = TokenIdentity()
        identity.add("\(number)")
        for _ in 0..<lookups { _ = entry(for: identity, make: Self.make) }
        return entry(for: identity, make: Self.make)
    }

    private static func make() -> TokenCacheEntry {
        TokenCacheEntry(policy: RenewalPolicy(), clock: SystemClock(), jitter: { 0 }) {
            .failure(TokenError(.unreachable, "no request is made"))
        }
    }
}
