import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Retries with backoff", .timeLimit(.minutes(15)))
struct RetryTests {
    /// Returns a world whose client has its token, so that only retries sleep on the clock.
    private func warm(
        jitter: @escaping @Sendable () -> Double = { 0.5 },
        dpop: DPoPAlgorithm? = nil,
        configure: (inout CountersignRuntime.Configuration) -> Void = { _ in }
    ) async -> (world: World, client: APIClient) {
        let world = World(jitter: jitter, configure: configure, handler: { _ in .json(#"{"id":"1"}"#) })
        let client = world.client(dpop: dpop)
        #expect(await client.outcome() == "200")
        return (world, client)
    }

    private func sends(_ world: World) -> [HTTP.Status?] { world.api.requests.dropFirst().map(\.status) }

    /// Lets each wait of a call end.
    ///
    /// - Returns: The waits in milliseconds, and the outcome of the call.
    private func waits(
        _ count: Int,
        _ world: World,
        _ call: @escaping @Sendable () async -> String
    ) async -> (waits: [Int64], outcome: String) {
        let task = Task { await call() }
        var waits: [Int64] = []
        for _ in 0..<count {
            await world.clock.waitForSleepers(1)
            waits.append(((world.clock.nextDeadline ?? world.clock.now()) - world.clock.now()).wholeMilliseconds)
            world.clock.advanceToNextDeadline()
        }
        return (waits, await task.value)
    }

    @Test("A call has three attempts, with doubling waits, and returns the last response")
    func threeTimes() async throws {
        let (world, client) = await warm(dpop: .es256)
        world.api.inject(.status(503), times: 2)
        let good = await waits(2, world) { await client.outcome() }
        #expect(good.waits == [250, 500])
        #expect(good.outcome == "200")
        world.api.inject(.status(502), times: 2)
        world.api.inject(.status(503))
        let bad = await waits(2, world) { await client.outcome() }
        #expect(bad.outcome == "503")
        #expect(sends(world) == [503, 503, 200, 502, 502, 503])
        let proofs = world.api.requests.compactMap { $0.request.fields[.dpop] }
        #expect(Set(proofs).count == 7)
        #expect(world.tokenRequests == 1)
    }

    @Test(
        "Only idempotent methods are retried",
        arguments: [
            (HTTP.Method.get, 2), (.head, 2), (.options, 2), (.put, 2), (.delete, 2), (.post, 1), (.patch, 1),
        ]
    )
    func methods(method: HTTP.Method, sends count: Int) async throws {
        let (world, client) = await warm(jitter: { 0 })
        // A closed connection has its own resend, which comes first.
        let faults: [(Fault, times: Int)] = [
            (.status(503), 1), (.transportError(.failing(.connect, processed: true)), 1), (.lostResponse, count),
        ]
        for (fault, times) in faults {
            let before = world.api.count
            world.api.inject(fault, times: times)
            #expect((await client.outcome(method) == "200") == (count == 2))
            #expect(world.api.count - before == times + count - 1)
        }
    }

    @Test(
        "Only retryable statuses are retried",
        arguments: [
            (408, true), (429, true), (500, true), (502, true), (503, true), (504, true), (400, false), (403, false),
            (404, false), (409, false), (410, false), (425, false), (501, false), (505, false), (302, false),
        ]
    )
    func statuses(status: Int, isRetried: Bool) async throws {
        let (world, client) = await warm(jitter: { 0 })
        world.api.inject(.status(HTTP.Status(rawValue: status)))
        #expect(await client.outcome() == (isRetried ? "200" : "\(status)"))
        #expect(world.api.count == (isRetried ? 3 : 2))
    }

    @Test(
        "Only transient failures of the transport are retried",
        arguments: [
            (HTTP.TransportError.Kind.connect, true), (.nameResolution, true), (.timedOut, true), (.closed, true),
            (.tls, false), (.tooLarge, false), (.invalidRequest, false), (.cancelled, false), (.other, false),
        ]
    )
    func transportFailures(reason: HTTP.TransportError.Kind, isRetried: Bool) async throws {
        let (world, client) = await warm(jitter: { 0 })
        world.api.inject(.transportError(.failing(reason, processed: true)))
        #expect((await client.outcome() == "200") == isRetried)
        #expect(world.api.count == (isRetried ? 3 : 2))
    }

    @Test(
        "Retry-After is respected, in seconds or as a date, with jitter added; an invalid value is ignored",
        arguments: [
            ("2", 2250), ("0", 250), ("60", 60_250), ("soon", 250), ("-1", 250), ("1e3", 250),
            ("Sun, 15 Jun 2025 15:06:50 GMT", 10_250), ("Sun, 15 Jun 2025 15:00:00 GMT", 250),
        ] as [(String, Int64)]
    )
    func retryAfter(field: String, milliseconds: Int64) async throws {
        let (world, client) = await warm()
        world.api.inject(.status(429, fields: ["Retry-After": field]))
        let seen = await waits(1, world) { await client.outcome() }
        #expect(seen.waits == [milliseconds])
        #expect(seen.outcome == "200")
    }

    @Test("A Retry-After of more than a minute ends the call")
    func longRetryAfter() async throws {
        let (world, client) = await warm()
        world.api.inject(.status(503, fields: ["Retry-After": "61"]))
        #expect(await client.outcome() == "503")
        #expect(world.api.count == 2)
    }

    @Test("A wait that would end after the deadline is not begun")
    func deadline() async throws {
        let (world, client) = await warm()
        world.api.inject(.status(503, fields: ["Retry-After": "5"]))
        #expect(await client.options(.timeout(.seconds(5))).outcome() == "503")
        #expect(world.api.count == 2)
        #expect(world.clock.now() == MonotonicInstant(nanoseconds: 0))
        // After a wait that ends in time, the request has the rest of the timeout.
        world.api.inject(.status(503, fields: ["Retry-After": "3"]))
        let call = Task { await client.options(.timeout(.seconds(5))).outcome() }
        await world.clock.waitForSleepers(1)
        while world.api.count < 3 { await Task.yield() }
        while world.clock.nextDeadline != MonotonicInstant(nanoseconds: 3_250_000_000) { await Task.yield() }
        world.clock.advance(by: .milliseconds(3250))
        #expect(await call.value == "200")
        #expect(world.api.requests.last?.request.timeout == .milliseconds(1750))
    }

    @Test("A call that is cancelled while it waits ends at once, and its error says that it was sent")
    func cancellation() async throws {
        let (world, client) = await warm()
        world.api.inject(.status(503))
        let call = Task { await client.failure() }
        await world.clock.waitForSleepers(1)
        call.cancel()
        let failure = await call.value
        #expect(failure?.kind == .cancelled)
        #expect(failure?.requestMayHaveBeenProcessed == true)
        #expect(world.api.count == 2)
        #expect(world.clock.sleepers == 0)
    }

    @Test("A POST with an idempotency key is retried with the same key")
    func idempotencyKey() async throws {
        let (world, _) = await warm(jitter: { 0 })
        let catalog = CatalogAPI(world)
        world.api.inject(.status(503), times: 2)
        #expect(try await catalog.createItem(.init(id: "1")).id == "1")
        let keys = world.api.requests.dropFirst().map { $0.request.fields["Idempotency-Key"] }
        #expect(keys.count == 3)
        #expect(Set(keys).count == 1 && keys.first != .some(nil))
    }

    @Test("Retries can be turned off for one client value, and for a runtime")
    func off() async throws {
        let (world, client) = await warm(jitter: { 0 })
        world.api.inject(.status(503))
        #expect(await client.options(.withoutRetries).outcome() == "503")
        let (other, plain) = await warm(configure: { $0.retries = .none })
        other.api.inject(.status(503))
        #expect(await plain.outcome() == "503")
        #expect(world.api.count == 2 && other.api.count == 2)
    }

    @Test("An API that is down receives at most the calls and the budget; a response returns a tenth of a retry")
    func budget() async throws {
        let (world, client) = await warm(jitter: { 0 }, configure: { $0.retries.retryBudget = 5 })
        world.api.inject(.status(503), times: nil)
        for _ in 0..<100 { #expect(await client.outcome() == "503") }
        #expect(world.api.count == 1 + 100 + 5)
        // A new client of the same API shares the budget.
        #expect(await world.client().outcome() == "503")
        #expect(world.api.count == 107)
        world.api.clearFaults()
        for _ in 0..<9 { #expect(await client.outcome() == "200") }
        world.api.inject(.status(503))
        #expect(await client.outcome() == "503")
        #expect(await client.outcome() == "200")
        world.api.inject(.status(503))
        #expect(await client.outcome() == "200")
    }

    @Test("P10: a token that expired during the wait is not sent; the retry has a new one")
    func agedToken() async throws {
        let world = World()
        world.server.configuration.tokenLifetime = .seconds(30)
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        world.api.inject(.status(503, fields: ["Retry-After": "40"]))
        let call = Task { await client.outcome() }
        await world.clock.waitForSleepers(1)
        world.clock.advance(by: .milliseconds(40_250))
        #expect(await call.value == "200")
        #expect(sends(world) == [503, 200])
        #expect(world.tokenRequests == 2)
    }

    @Test("If no token is obtained after the wait, the call returns the response before it")
    func noTokenAfterWait() async throws {
        let world = World()
        world.server.configuration.tokenLifetime = .seconds(30)
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.server.inject(.status(503), times: nil)
        world.api.inject(.status(503, fields: ["Retry-After": "40"]))
        let call = Task { await client.outcome() }
        await world.clock.waitForSleepers(1)
        world.clock.advance(by: .milliseconds(40_250))
        #expect(await call.value == "503")
        #expect(world.api.count == 2)
    }

    @Test("P26: a 401 is not a transient failure: one renewal and one resend in addition to the retries")
    func refusedToken() async throws {
        let (world, client) = await warm(jitter: { 0 })
        world.api.inject(.status(503))
        world.api.inject(.status(401, fields: ["WWW-Authenticate": "Bearer error=\"invalid_token\""]), times: nil)
        #expect(await client.outcome() == "401")
        #expect(sends(world) == [503, 401, 401])
        #expect(world.tokenRequests == 2)
    }

    @Test("P49: in two thousand calls with five percent loss, no proof is sent twice and no call fails")
    func losses() async throws {
        let (world, client) = await warm(jitter: { 0 }, dpop: .es256, configure: { $0.retries.retryBudget = 10_000 })
        var random = SeededGenerator(seed: 49)
        for _ in 0..<2000 {
            while UInt.random(in: 0..<20, using: &random) == 0 {
                world.api.inject(Bool.random(using: &random) ? .lostResponse : .status(503))
            }
            #expect(await client.outcome() == "200")
        }
        let proofs = world.api.requests.compactMap { $0.request.fields[.dpop] }
        #expect(proofs.count == world.api.count)
        #expect(Set(proofs).count == proofs.count)
        #expect(proofs.count > 2050)
    }

    @Test("The budget is exact under contention")
    func contention() async {
        let budget = RetryBudget(capacity: 1000)
        let taken = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<500).reduce(0) { count, _ in count + (budget.take() ? 1 : 0) } }
            }
            return await group.reduce(0, +)
        }
        #expect(taken == 1000)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<10 { budget.refill() } }
            }
        }
        #expect((0..<10).count { _ in budget.take() } == 8)
        #expect(RetryBudget(capacity: .max).take())
        #expect(!RetryBudget(capacity: -1).take())
    }
}
