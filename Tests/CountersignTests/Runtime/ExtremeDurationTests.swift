import CountersignTesting
import Foundation
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Durations of any size", .timeLimit(.minutes(15)))
struct ExtremeDurationTests {
    private static let durations: [Duration] = [
        .seconds(Int64.max), .seconds(Int64.max) * 2, .seconds(Int64.max) + .seconds(Int64.max) * 15,
        .seconds(9_223_372_037),
        .nanoseconds(Int64.max), .zero, .nanoseconds(-1), .seconds(Int64.min), .seconds(Int64.min) * 8,
    ]

    @Test("Conversions are clamped and keep the order")
    func conversions() {
        let sorted = Self.durations.sorted()
        #expect(sorted.map(\.wholeNanoseconds) == sorted.map(\.wholeNanoseconds).sorted())
        #expect(sorted.map(\.seconds) == sorted.map(\.seconds).sorted())
        #expect(sorted.map { Date(unixTime: $0) } == sorted.map { Date(unixTime: $0) }.sorted())
        let start = MonotonicInstant(nanoseconds: 7)
        #expect(start.advanced(by: .seconds(Int64.max) * 2) == MonotonicInstant(nanoseconds: .max))
        let end = MonotonicInstant(nanoseconds: -7)
        #expect(end.advanced(by: .seconds(Int64.min) * 2) == MonotonicInstant(nanoseconds: .min))
        #expect(Duration.nanoseconds(Int64.max).wholeNanoseconds == .max)
        #expect(Duration.nanoseconds(-1_500_000_001).wholeNanoseconds == -1_500_000_001)
    }

    @Test("Policies calculate delays and ages from any duration", arguments: durations)
    func policies(duration: Duration) {
        var (renewal, retries) = (RenewalPolicy(), RetryPolicy())
        renewal.defaultLifetime = duration
        renewal.expirySkew = duration
        renewal.renewalWindow = duration
        renewal.rejectionBackoff = duration
        retries.maximumAttempts = .max
        retries.initialBackoff = duration
        retries.maximumBackoff = duration
        retries.maximumRetryAfter = duration
        (renewal, retries) = (renewal.clamped, retries.clamped)
        for lifetime in Self.durations.map(\.clamped) {
            let start = MonotonicInstant(nanoseconds: 0)
            let schedule = renewal.schedule(lifetime: lifetime, from: start, jitter: 0.9)
            #expect(schedule.usableUntil <= start.advanced(by: max(.zero, lifetime)))
        }
        for number in 1...70 {
            let delay = retries.delay(beforeRetry: number, retryAfter: nil, jitter: 0.9)
            #expect(delay.map { $0 >= .zero } == true)
        }
        let error = TokenError(.configuration, "")
        #expect(renewal.backoff(after: error, attempt: .max, hasToken: false, jitter: 0.5) >= .zero)
    }

    @Test("A runtime and fakes with any durations make a call, or it fails with a typed error", arguments: durations)
    func calls(duration: Duration) async throws {
        let world = World(configure: {
            $0.tokenRequestTimeout = duration
            $0.maximumCachedTokens = .min
            $0.renewal.defaultLifetime = duration
            $0.renewal.expirySkew = duration
            $0.renewal.renewalWindow = duration
            $0.renewal.rejectionBackoff = duration
            $0.retries.maximumAttempts = .max
            $0.retries.initialBackoff = duration
            $0.retries.maximumBackoff = duration
            $0.retries.maximumRetryAfter = duration
            $0.retries.retryBudget = .max
        })
        world.server.configuration.tokenLifetime = duration
        world.server.configuration.proofWindow = duration
        world.api.configuration.proofWindow = duration
        world.api.inject(.status(503))
        async let outcome = world.client().options(.timeout(duration)).outcome()
        if duration > .seconds(1) {
            // The wait before the retry: half of the longest backoff, which is a hundred years.
            let range = Duration.seconds(1_500_000_000)...(.seconds(1_600_000_000))
            #expect(range.contains(await world.clock.advanceToSleeper(due: range)))
            #expect(await outcome == "200")
        } else {
            #expect(["timedOut", "noToken"].contains(await outcome))
        }
    }

    @Test("A virtual clock moves by any duration", arguments: durations)
    func virtualClock(duration: Duration) {
        let clock = VirtualClock(date: .distantFuture)
        let start = clock.date()
        clock.advance(by: duration)
        clock.jump(by: duration)
        clock.advance(by: duration)
        #expect(clock.date() >= start)
        clock.setWallClock(to: Date(timeIntervalSinceReferenceDate: 1e300))
        clock.setWallClock(to: Date(timeIntervalSinceReferenceDate: .nan))
        #expect(clock.date().timeIntervalSinceReferenceDate.isFinite)
    }

    @Test("An access token has a lifetime of at most a hundred years", arguments: durations)
    func lifetimes(duration: Duration) throws {
        let token = try AccessToken("t", lifetime: duration)
        #expect(token.lifetime.map { abs($0.seconds) <= 3_155_760_000 } == true)
    }
}
