import CountersignTesting
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("TokenCacheEntry", .timeLimit(.minutes(15)))
struct TokenCacheEntryTests {
    @Test("Whatever callers do at once, each of them is answered, and one fetch runs at a time")
    func everybodyIsAnswered() async throws {
        let running = Locked((now: 0, most: 0, total: 0))
        let clock = VirtualClock()
        let policy = RenewalPolicy()
        let slot = TokenCacheEntry(policy: policy, clock: clock, jitter: { 0.5 }) {
            let number = running.withLock { running in
                running.now += 1
                running.total += 1
                running.most = max(running.most, running.now)
                return running.total
            }
            for _ in 0..<(number % 7) { await Task.yield() }
            running.withLock { $0.now -= 1 }
            if number % 5 == 0 { return .failure(TokenError(.unreachable, "down")) }
            do throws(TokenError) {
                return .success(try AccessToken("token-\(number)", lifetime: .seconds(number % 3 == 0 ? 1 : 100)))
            } catch {
                return .failure(error)
            }
        }
        for round in 0..<200 {
            await withTaskGroup(of: Void.self) { group in
                for caller in 0..<40 {
                    group.addTask {
                        let deadline = caller % 4 == 0 ? clock.now().advanced(by: .milliseconds(caller)) : nil
                        switch (round + caller) % 6 {
                        case 0: _ = try? await slot.renewed(deadline: deadline)
                        case 1:
                            if let token = try? await slot.token(deadline: deadline) {
                                _ = try? await slot.replacement(for: token, deadline: deadline)
                            }
                        case 2: slot.remove()
                        case 3:
                            if let token = slot.cached() { slot.refuse(token) }
                        default: _ = try? await slot.token(deadline: deadline)
                        }
                    }
                }
                if round % 3 == 0 { group.cancelAll() }
                // Fetches of a token of a second may wait for its end.
                group.addTask {
                    while !slot.isIdle {
                        clock.advance(by: .milliseconds(100))
                        await Task.yield()
                    }
                }
                await group.waitForAll()
            }
            while !slot.isIdle {
                clock.advance(by: .milliseconds(100))
                await Task.yield()
            }
        }
        #expect(running.withLock { $0.most } == 1)
        #expect(running.withLock { $0.total } > 100)
        #expect(clock.sleepers == 0)
    }

    @Test("A deadline beyond all time is none", arguments: [Duration.seconds(Int64.max), .nanoseconds(Int64.max)])
    func endlessDeadline(timeout: Duration) async throws {
        let gate = AsyncGate()
        let transport = ScriptedTransport(
            .response(.json(#"{"access_token":"t1","token_type":"bearer"}"#)).held(by: gate),
            .response(.json("{}"))
        )
        var configuration = Runtime.Configuration()
        configuration.transport = transport
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(World.credentials.tokenEndpoint("https://login.example.com/token")),
            runtime: Runtime(configuration)
        )
        async let outcome = client.options(.timeout(timeout)).outcome()
        await gate.waitForArrivals(1)
        gate.open()
        #expect(await outcome == "200")
    }

    @Test("A renewal that lands before its caller has lain down to wait is the caller's: no second one is made")
    func renewalsThatLandAtOnce() async throws {
        let fetches = Locked(0)
        let slot = TokenCacheEntry(policy: RenewalPolicy(), clock: VirtualClock(), jitter: { 0.5 }) {
            let number = fetches.withLock { fetches in
                fetches += 1
                return fetches
            }
            do throws(TokenError) {
                return .success(try AccessToken("token-\(number)", lifetime: .seconds(100)))
            } catch {
                return .failure(error)
            }
        }
        for number in 1...2000 {
            #expect(try await slot.renewed(deadline: nil).value == "token-\(number)")
        }
    }
}
