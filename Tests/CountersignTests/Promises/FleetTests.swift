import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// Tests with many machines or many calls, which use the state machine directly because a network would take too long.
@Suite("Fleets and long runs")
struct FleetTests {
    private let policy = RenewalPolicy()

    @Test(
        "P10, P23: in a million calls with outages, no token is used within its expiry skew, and no call with a valid token fails"
    )
    func millionCalls() throws {
        var generator = SeededGenerator(seed: 10)
        var state = TokenState(policy: policy)
        var now = MonotonicInstant(nanoseconds: 0)
        var deadline = now
        var fetchedAt: MonotonicInstant?
        var isDown = false
        var lifetime = Duration.seconds(3600)
        var (succeeded, shortest) = (0, Duration.seconds(1_000_000))
        for call in 0..<1_000_000 {
            if call % 100 == 0 {
                isDown = Int.random(in: 0..<4, using: &generator) == 0
                lifetime = .seconds(Int.random(in: 1..<4000, using: &generator))
            }
            // Long and short pauses, so that calls meet tokens of every age.
            let longest: Int64 = call % 50 == 0 ? 600_000_000_000 : 500_000_000
            now.nanoseconds += Int64.random(in: 0..<longest, using: &generator)
            if let start = fetchedAt {
                fetchedAt = nil
                let jitter = Double.random(in: 0..<1, using: &generator)
                if isDown {
                    _ = state.fetchFailed(with: .down, at: now, jitter: jitter)
                } else {
                    let token = try AccessToken("t", lifetime: lifetime)
                    let end = start.advanced(by: lifetime - min(.seconds(10), lifetime / 10))
                    if case .use = state.fetchSucceeded(with: token, requestedAt: start, at: now, jitter: jitter) {
                        deadline = end
                    }
                }
            }
            let action = state.current(at: now)
            switch action {
            case .use, .useAndRenew:
                succeeded += 1
                shortest = min(shortest, deadline - now)
            case .fail, .wait, .fetchAndWait:
                if now < deadline { Issue.record("call \(call) failed although a valid token was cached") }
            }
            switch action {
            case .useAndRenew, .fetchAndWait: fetchedAt = now
            default: break
            }
        }
        #expect(shortest > .zero)
        #expect(succeeded > 500_000)
        Promise.seen(10, "0 in 1,000,000 calls, \(succeeded) with a token, the latest \(shortest) before the limit")
    }

    @Test(
        "P11: the renewal window begins within the last four fifths of the lifetime, and jitter moves the renewal forward"
    )
    func renewalWindow() {
        var lifetimes = 0
        for seconds in [1...10_000, 80_000...90_000].joined() {
            lifetimes += 1
            let lifetime = Duration.seconds(seconds)
            let skew = min(.seconds(10), lifetime / 10)
            let schedule = policy.schedule(lifetime: lifetime, from: .at(0), jitter: 0)
            #expect(schedule.usableUntil == .at(0).advanced(by: lifetime - skew))
            let window = .at(0).advanced(by: lifetime) - schedule.renewsAt
            #expect(window <= lifetime * 0.8)
            // P15: a token with a short lifetime has a shorter window, so that renewals do not follow each other.
            if seconds > 60 { #expect(window == skew + min(lifetime / 2, .seconds(1200))) }
            for jitter in [0.25, 0.999] {
                let earlier = policy.schedule(lifetime: lifetime, from: .at(0), jitter: jitter)
                #expect(earlier.renewsAt <= schedule.renewsAt)
                #expect(earlier.usableUntil == schedule.usableUntil)
            }
        }
        Promise.seen(11, "that renewal window for \(lifetimes) lifetimes")
    }

    @Test("P23: in ten thousand random schedules, no failed renewal removes a token that is still valid")
    func randomSchedules() throws {
        var generator = SeededGenerator(seed: 23)
        var (failures, lost) = (0, 0)
        for _ in 0..<10_000 {
            let lifetime = Duration.seconds(Int.random(in: 2..<4000, using: &generator))
            var state = TokenState.caching(try AccessToken("t", lifetime: lifetime), policy: policy)
            let deadline = MonotonicInstant.at(0).advanced(by: lifetime - min(.seconds(10), lifetime / 10))
            var now = MonotonicInstant.at(0)
            while true {
                let step = Double.random(in: 0..<0.2, using: &generator)
                now = now.advanced(by: lifetime * step)
                guard now < deadline else { break }
                switch state.current(at: now) {
                case .use: continue
                case .useAndRenew:
                    failures += 1
                    let jitter = Double.random(in: 0..<1, using: &generator)
                    let error = Bool.random(using: &generator) ? TokenError.down : TokenError(.rejected, "no")
                    _ = state.fetchFailed(with: error, at: now, jitter: jitter)
                    if case .use = state.current(at: now) { continue }
                    lost += 1
                case .wait, .fetchAndWait, .fail: lost += 1
                }
            }
        }
        #expect(failures > 10_000)
        #expect(lost == 0)
        Promise.seen(23, "\(lost) in 10,000 schedules with \(failures) failures")
    }

    @Test(
        "P12: a thousand processes that start within one second send at most three times the mean number of requests per second"
    )
    func startedTogether() throws {
        let seconds = try renewals(of: 1000, outage: nil)
        let window = try #require(seconds.keys.max()) - (try #require(seconds.keys.min())) + 1
        let mean = 1000 / Double(window)
        let peak = Double(try #require(seconds.values.max()))
        #expect(seconds.values.reduce(0, +) == 1000)
        #expect(peak <= 3 * mean)
        Promise.seen(12, "peak \(Int(peak)) a second, \(tenths(peak / mean)) × the mean over \(window) s")
    }

    @Test("P25: after an outage of ten minutes, a thousand identities renew within a minute, without a peak")
    func recovery() throws {
        let end = 3000
        let seconds = try renewals(of: 1000, outage: 2300..<end)
        let last = try #require(seconds.keys.max())
        let peak = Double(try #require(seconds.values.max()))
        #expect(seconds.values.reduce(0, +) == 1000)
        #expect(last - end <= 60)
        let ratio = peak / (1000 / 60)
        #expect(ratio <= 3)
        Promise.seen(25, "with tokens, all within \(last - end) s, peak \(tenths(ratio)) × the mean")
    }

    @Test("P25: identities whose tokens have expired recover within five seconds, without a peak")
    func recoveryWithoutTokens() throws {
        let end = 4000
        let seconds = try renewals(of: 1000, outage: 2300..<end, seconds: 3590..<end + 10)
        let last = try #require(seconds.keys.max())
        let peak = Double(try #require(seconds.values.max()))
        #expect(seconds.values.reduce(0, +) == 1000)
        #expect(last - end <= 5)
        let ratio = peak / (1000 / 5)
        #expect(ratio <= 3)
        Promise.seen(25, "without tokens, all within \(last - end) s, peak \(tenths(ratio)) × the mean")
    }

    @Test("P60: a fleet requests at most 5 % more tokens than the lifetimes of its tokens make necessary")
    func fleetRate() throws {
        var generator = SeededGenerator(seed: 60)
        let (processes, hours) = (100, 24)
        var requests = 0
        for _ in 0..<processes {
            var state = TokenState(policy: policy)
            // Each process makes a call every 5 s, with its own offset.
            var now = MonotonicInstant(nanoseconds: Int64.random(in: 0..<5_000_000_000, using: &generator))
            for _ in 0..<(hours * 720) {
                switch state.current(at: now) {
                case .fetchAndWait, .useAndRenew:
                    requests += 1
                    let token = try AccessToken("t", lifetime: .seconds(3600))
                    let jitter = Double.random(in: 0..<1, using: &generator)
                    _ = state.fetchSucceeded(with: token, requestedAt: now, at: now, jitter: jitter)
                default: break
                }
                now = now.advanced(by: .seconds(5))
            }
        }
        let necessary = Double(processes * hours * 3600) / (3600 - 1210 - 60)
        #expect(Double(requests) <= 1.05 * necessary)
        Promise.seen(
            60,
            "a fleet's requests: \((Double(requests) / necessary * 1000).rounded() / 1000) × the necessary"
        )
    }

    /// Returns the seconds in which machines renew their first token.
    ///
    /// They start in second 0 and make ten calls a second.
    ///
    /// - Returns: The number of renewals for each second.
    private func renewals(
        of count: Int,
        outage: Range<Int>?,
        seconds watched: Range<Int> = 2200..<3100
    ) throws -> [Int: Int] {
        var generator = SeededGenerator(seed: 12)
        var seconds: [Int: Int] = [:]
        let token = try AccessToken("t", lifetime: .seconds(3600))
        for _ in 0..<count {
            var state = TokenState(policy: policy)
            var now = MonotonicInstant(nanoseconds: Int64.random(in: 0..<1_000_000_000, using: &generator))
            _ = state.current(at: now)
            let jitter = Double.random(in: 0..<1, using: &generator)
            _ = state.fetchSucceeded(with: token, requestedAt: now, at: now, jitter: jitter)
            now = .at(Double(watched.lowerBound))
            while now < .at(Double(watched.upperBound)) {
                now = now.advanced(by: .milliseconds(100))
                switch state.current(at: now) {
                case .fetchAndWait, .useAndRenew: break
                default: continue
                }
                let second = Int(now.nanoseconds / 1_000_000_000)
                let jitter = Double.random(in: 0..<1, using: &generator)
                if outage?.contains(second) == true {
                    _ = state.fetchFailed(with: .down, at: now, jitter: jitter)
                } else {
                    seconds[second, default: 0] += 1
                    break
                }
            }
        }
        return seconds
    }

    private func tenths(_ number: Double) -> String { "\((number * 10).rounded() / 10)" }
}
