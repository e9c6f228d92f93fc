import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("TokenCacheEntry", .timeLimit(.minutes(15)))
struct TokenCacheEntryTests {
    @Test("Concurrent callers of every kind all get a result, and one fetch runs at a time")
    func concurrentCallers() async throws {
        let running = Locked((now: 0, most: 0, total: 0))
        let clock = VirtualClock()
        let entry = TokenCacheEntry(policy: RenewalPolicy(), clock: clock, jitter: { 0.5 }) {
            let number = running.withLock { running in
                running.now += 1
                running.total += 1
                running.most = max(running.most, running.now)
                return running.total
            }
            for _ in 0..<(number % 7) { await Task.yield() }
            running.withLock { $0.now -= 1 }
            if number % 5 == 0 { return .failure(TokenError(.unreachable, "down")) }
            return Self.token(number, lifetime: .seconds(number % 3 == 0 ? 1 : 100))
        }
        // A fetch after a token of one second waits for the end of that second, and a failed one for its next attempt.
        let time = Task {
            while !Task.isCancelled {
                clock.advance(by: .milliseconds(100))
                await Task.yield()
            }
        }
        defer { time.cancel() }
        func waitUntilIdle() async throws {
            try await waitUntil("no fetch is running and no caller waits") { entry.isIdle }
        }
        for round in 0..<200 {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller in 0..<40 {
                    group.addTask {
                        let deadline = caller % 4 == 0 ? clock.now().advanced(by: .milliseconds(caller)) : nil
                        switch (round + caller) % 6 {
                        case 0: _ = try? await entry.renewed(deadline: deadline)
                        case 1:
                            if let token = try? await entry.token(deadline: deadline) {
                                _ = try? await entry.replacement(for: token, deadline: deadline)
                            }
                        case 2: entry.invalidate()
                        case 3:
                            if let token = entry.cachedToken() { entry.renewAfterRejection(of: token) }
                        default: _ = try? await entry.token(deadline: deadline)
                        }
                    }
                }
                if round % 3 == 0 { group.cancelAll() }
                try await group.waitForAll()
            }
            try await waitUntilIdle()
        }
        time.cancel()
        await time.value
        #expect(running.withLock { $0.most } == 1)
        #expect(running.withLock { $0.total } > 100)
        #expect(clock.sleepers == 0)
    }

    @Test(
        "A deadline beyond the range of the clock never passes",
        arguments: [Duration.seconds(Int64.max), .nanoseconds(Int64.max)]
    )
    func endlessDeadline(timeout: Duration) async throws {
        let gate = AsyncGate()
        let transport = ScriptedTransport(
            .response(.json(#"{"access_token":"t1","token_type":"bearer"}"#)).held(by: gate),
            .response(.json("{}"))
        )
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(World.credentials.tokenEndpoint("https://login.example.com/token")),
            runtime: CountersignRuntime(transport: transport)
        )
        async let outcome = client.options(.timeout(timeout)).outcome()
        await gate.waitForArrivals(1)
        gate.open()
        #expect(await outcome == "200")
    }

    // Here continuations are often resumed before their caller awaits them. `TokenCacheEntry` explains the false reports
    // that ThreadSanitizer makes of that order, and how they are avoided.
    @Test("A renewal that completes before its caller waits satisfies that caller: there is no second renewal")
    func renewalsThatCompleteAtOnce() async throws {
        let fetches = Locked(0)
        let entry = TokenCacheEntry(policy: RenewalPolicy(), clock: VirtualClock(), jitter: { 0.5 }) {
            let number = fetches.withLock { fetches in
                fetches += 1
                return fetches
            }
            return Self.token(number, lifetime: .seconds(100))
        }
        for number in 1...2000 {
            #expect(try await entry.renewed(deadline: nil).value == "token-\(number)")
        }
    }

    private static func token(_ number: Int, lifetime: Duration) -> Result<AccessToken, TokenError> {
        Result { () throws(TokenError) in try AccessToken("token-\(number)", lifetime: lifetime) }
    }
}
