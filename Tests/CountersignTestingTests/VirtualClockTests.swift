import Countersign
import CountersignTesting
import Foundation
import Testing

@Suite("Virtual clock", .timeLimit(.minutes(15)))
struct VirtualClockTests {
    @Test("Time stands still until it is advanced, and the calendar advances with it")
    func standing() {
        let clock = VirtualClock(date: Date(timeIntervalSince1970: 100))
        #expect(clock.now() == clock.now())
        let start = clock.now()
        clock.advance(by: .milliseconds(1500))
        #expect(clock.now() - start == .milliseconds(1500))
        #expect(clock.date() == Date(timeIntervalSince1970: 101.5))
        clock.advance(by: .seconds(-5))
        #expect(clock.now() - start == .milliseconds(1500))
    }

    @Test("Setting the calendar does not change the monotonic time")
    func wallClock() {
        let clock = VirtualClock(date: Date(timeIntervalSince1970: 100))
        clock.advance(by: .seconds(10))
        let instant = clock.now()
        clock.setWallClock(to: Date(timeIntervalSince1970: 50))
        #expect(clock.now() == instant)
        #expect(clock.date() == Date(timeIntervalSince1970: 50))
        clock.advance(by: .seconds(1))
        #expect(clock.date() == Date(timeIntervalSince1970: 51))
    }

    @Test("A sleeper wakes at its deadline, not before")
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

    @Test("Sleeping until a deadline in the past returns immediately")
    func passed() async throws {
        let clock = VirtualClock()
        try await clock.sleep(until: clock.now())
        try await clock.sleep(until: clock.now().advanced(by: .seconds(-1)))
        #expect(clock.sleepers == 0)
    }

    @Test("Advancing to the next deadline wakes only that sleeper, in any order of arrival")
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

    @Test("After a jump all due sleepers wake at the end of it")
    func suspension() async throws {
        let clock = VirtualClock(date: Date(timeIntervalSince1970: 0))
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
        #expect(clock.date() == Date(timeIntervalSince1970: 7200))
    }

    @Test("A cancelled sleeper returns immediately, and one cancelled earlier never sleeps")
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

    @Test("A thousand tasks that concurrently sleep, wake and are cancelled all end")
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

    @Test("A test can wait for one of several sleeps and advance exactly to its deadline")
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

    @Test("Waiting for a sleep that never starts can be cancelled, and the clock does not advance")
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
