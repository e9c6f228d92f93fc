import Countersign
import CountersignTesting
import Testing

@Suite("Virtual clock", .timeLimit(.minutes(15)))
struct VirtualClockTests {
    @Test("Time stands still until it is moved, and the calendar moves along")
    func standing() {
        let clock = VirtualClock(unixTime: .seconds(100))
        #expect(clock.now() == clock.now())
        let start = clock.now()
        clock.advance(by: .milliseconds(1500))
        #expect(clock.now() - start == .milliseconds(1500))
        #expect(clock.unixTime() == .milliseconds(101_500))
        clock.advance(by: .seconds(-5))
        #expect(clock.now() - start == .milliseconds(1500))
    }

    @Test("Setting the calendar leaves ages alone")
    func wallClock() {
        let clock = VirtualClock(unixTime: .seconds(100))
        clock.advance(by: .seconds(10))
        let instant = clock.now()
        clock.setWallClock(to: .seconds(50))
        #expect(clock.now() == instant)
        #expect(clock.unixTime() == .seconds(50))
        clock.advance(by: .seconds(1))
        #expect(clock.unixTime() == .seconds(51))
    }

    @Test("A sleeper wakes at its deadline and not before")
    func sleeping() async throws {
        let clock = VirtualClock()
        let start = clock.now()
        async let woken: MonotonicInstant = {
            try await clock.sleep(until: start.advanced(by: .seconds(10)))
            return clock.now()
        }()
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(9))
        #expect(clock.sleepers == 1)
        #expect(clock.nextDeadline == start.advanced(by: .seconds(10)))
        clock.advance(by: .seconds(1))
        #expect(clock.sleepers == 0)
        #expect(try await woken - start == .seconds(10))
        #expect(clock.nextDeadline == nil)
        #expect(!clock.advanceToNextDeadline())
    }

    @Test("A deadline that has passed does not suspend")
    func passed() async throws {
        let clock = VirtualClock()
        try await clock.sleep(until: clock.now())
        try await clock.sleep(until: clock.now().advanced(by: .seconds(-1)))
        #expect(clock.sleepers == 0)
    }

    @Test("Each step to the next deadline wakes that sleeper alone, whatever the order in which they came")
    func order() async throws {
        let clock = VirtualClock()
        let start = clock.now()
        let (woken, continuation) = AsyncStream.makeStream(of: Int.self)
        var iterator = woken.makeAsyncIterator()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for seconds in [30, 10, 20] {
                group.addTask {
                    try await clock.sleep(until: start.advanced(by: .seconds(seconds)))
                    continuation.yield(seconds)
                }
            }
            await clock.waitForSleepers(3)
            for expected in [10, 20, 30] {
                #expect(clock.advanceToNextDeadline())
                #expect(await iterator.next() == expected)
                #expect(clock.now() - start == .seconds(expected))
            }
            try await group.waitForAll()
        }
    }

    @Test("After a suspension every sleeper that is due wakes at the end of it")
    func suspension() async throws {
        let clock = VirtualClock(unixTime: .seconds(0))
        let start = clock.now()
        async let first: Duration = {
            try await clock.sleep(until: start.advanced(by: .seconds(10)))
            return clock.now() - start
        }()
        async let second: Duration = {
            try await clock.sleep(until: start.advanced(by: .seconds(20)))
            return clock.now() - start
        }()
        await clock.waitForSleepers(2)
        clock.jump(by: .seconds(7200))
        #expect(try await [first, second] == [.seconds(7200), .seconds(7200)])
        #expect(clock.unixTime() == .seconds(7200))
    }

    @Test("A cancelled sleeper leaves at once, and one cancelled before never sleeps")
    func cancellation() async {
        let clock = VirtualClock()
        let task = Task { try await clock.sleep(until: clock.now().advanced(by: .seconds(10))) }
        await clock.waitForSleepers(1)
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(clock.sleepers == 0)
        let early = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await clock.sleep(until: clock.now().advanced(by: .seconds(10)))
        }
        await #expect(throws: CancellationError.self) { try await early.value }
        #expect(clock.sleepers == 0)
    }

    @Test("A thousand tasks that sleep, wake and are cancelled at once all end")
    func crowd() async {
        let clock = VirtualClock()
        let start = clock.now()
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let task = Task { try await clock.sleep(until: start.advanced(by: .seconds(number % 50 + 1))) }
                    if number.isMultiple(of: 3) { task.cancel() }
                    return (try? await task.value) != nil
                }
            }
            await clock.waitForSleepers(666)
            clock.advance(by: .seconds(50))
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(outcomes == 666)
        #expect(clock.sleepers == 0)
    }

    @Test("One sleep among others is waited for, whether it has begun or not, and time passes up to it alone")
    func chosenSleeper() async throws {
        let clock = VirtualClock()
        let start = clock.now()
        func sleep(_ seconds: Int) -> Task<Duration, any Error> {
            Task {
                try await clock.sleep(until: start.advanced(by: .seconds(seconds)))
                return clock.now() - start
            }
        }
        let (timeout, early) = (sleep(60), sleep(10))
        await clock.waitForSleepers(2)
        async let passed = clock.advanceToSleeper(due: .seconds(20)...(.seconds(21)))
        let retry = sleep(20)
        #expect(await passed == .seconds(20))
        #expect(try await retry.value == .seconds(20))
        _ = try await early.value
        #expect(clock.sleepers == 1)
        #expect(await clock.advanceToSleeper(due: .seconds(40)...(.seconds(40))) == .seconds(40))
        #expect(try await timeout.value == .seconds(60))
    }

    @Test("Who waits for a sleep that never comes can be cancelled, and no time passes")
    func noChosenSleeper() async {
        let clock = VirtualClock()
        let start = clock.now()
        let other = Task { try await clock.sleep(until: start.advanced(by: .seconds(10))) }
        let waiting = Task { await clock.advanceToSleeper(due: .seconds(20)...(.seconds(21))) }
        await clock.waitForSleepers(1)
        waiting.cancel()
        #expect(await waiting.value == .zero)
        #expect(clock.now() == start)
        other.cancel()
        _ = await other.result
    }
}
