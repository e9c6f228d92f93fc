import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// Many machines, or many calls, through the pure machine: so many that no network could carry them in a test.
@Suite("Fleets and long runs")
struct FleetTests {
    private let policy = RenewalPolicy()

    @Test("P10, P23: in a million calls through outages no token is used in its margin, and none fails that has one")
    func millionCalls() throws {
        var generator = SeededGenerator(seed: 10)
        var state = TokenState(policy: policy)
        var now = MonotonicInstant(nanoseconds: 0)
        var deadline = now
        var fetchedAt: MonotonicInstant?
        var isDown = false
        var lifetime = Duration.seconds(3600)
        var (served, shortest) = (0, Duration.seconds(1_000_000))
        for call in 0..<1_000_000 {
            if call % 100 == 0 {
                isDown = Int.random(in: 0..<4, using: &generator) == 0
                lifetime = .seconds(Int.random(in: 1..<4000, using: &generator))
            }
            // Long pauses among short ones, so that every age is met.
            let longest: Int64 = call % 50 == 0 ? 600_000_000_000 : 500_000_000
            now.nanoseconds += Int64.random(in: 0..<longest, using: &generator)
            if let start = fetchedAt {
                fetchedAt = nil
                let jitter = Double.random(in: 0..<1, using: &generator)
                if isDown {
                    _ = state.failed(with: .down, at: now, jitter: jitter)
                } else {
                    let token = try AccessToken("t", lifetime: lifetime)
                    let end = start.advanced(by: lifetime - min(.seconds(10), lifetime / 10))
                    if case .success = state.succeeded(with: token, askedAt: start, at: now, jitter: jitter) {
                        deadline = end
                    }
                }
            }
            let action = state.call(at: now)
            switch action {
            case .use, .useAndFetch:
                served += 1
                shortest = min(shortest, deadline - now)
            case .fail, .wait, .fetchAndWait:
                if now < deadline { Issue.record("call \(call) had a valid token and was not served") }
            }
            switch action {
            case .useAndFetch, .fetchAndWait: fetchedAt = now
            default: break
            }
        }
        #expect(shortest > .zero)
        #expect(served > 500_000)
        Promise.seen(10, "0 in 1,000,000, \(served) of them served, the closest \(shortest) before the margin")
    }

    @Test(
        "P11: renewal begins so long before the margin, at four fifths of a life at most, and jitter brings it forward"
    )
    func lead() {
        var lifetimes = 0
        for seconds in [1...10_000, 80_000...90_000].joined() {
            lifetimes += 1
            let life = Duration.seconds(seconds)
            let margin = min(.seconds(10), life / 10)
            let (latest, deadline) = policy.ages(of: life, from: .at(0), jitter: 0)
            #expect(deadline == .at(0).advanced(by: life - margin))
            let lead = .at(0).advanced(by: life) - latest
            #expect(lead <= life * 0.8)
            // P15: a short life is not to become a loop, so its lead may be shorter.
            if seconds > 60 { #expect(lead == margin + min(life / 2, .seconds(1200))) }
            for jitter in [0.25, 0.999] {
                let (renewal, sameDeadline) = policy.ages(of: life, from: .at(0), jitter: jitter)
                #expect(renewal <= latest)
                #expect(sameDeadline == deadline)
            }
        }
        Promise.seen(11, "that lead for \(lifetimes) lifetimes")
    }

    @Test("P23: over ten thousand random schedules no failure costs a token that is still valid")
    func randomSchedules() throws {
        var generator = SeededGenerator(seed: 23)
        var (failures, lost) = (0, 0)
        for _ in 0..<10_000 {
            let lifetime = Duration.seconds(Int.random(in: 2..<4000, using: &generator))
            var state = TokenState.holding(try AccessToken("t", lifetime: lifetime), policy: policy)
            let deadline = MonotonicInstant.at(0).advanced(by: lifetime - min(.seconds(10), lifetime / 10))
            var now = MonotonicInstant.at(0)
            while true {
                let step = Double.random(in: 0..<0.2, using: &generator)
                now = now.advanced(by: lifetime * step)
                guard now < deadline else { break }
                switch state.call(at: now) {
                case .use: continue
                case .useAndFetch:
                    failures += 1
                    let jitter = Double.random(in: 0..<1, using: &generator)
                    let error = Bool.random(using: &generator) ? TokenError.down : TokenError(.rejected, "no")
                    _ = state.failed(with: error, at: now, jitter: jitter)
                    if case .use = state.call(at: now) { continue }
                    lost += 1
                case .wait, .fetchAndWait, .fail: lost += 1
                }
            }
        }
        #expect(failures > 10_000)
        #expect(lost == 0)
        Promise.seen(23, "\(lost) in 10,000 schedules with \(failures) failures")
    }

    @Test("P12: a thousand processes that start in one second ask in no second more than three times the mean")
    func startedTogether() throws {
        let seconds = try renewals(of: 1000, outage: nil)
        let window = try #require(seconds.keys.max()) - (try #require(seconds.keys.min())) + 1
        let mean = 1000 / Double(window)
        let peak = Double(try #require(seconds.values.max()))
        #expect(seconds.values.reduce(0, +) == 1000)
        #expect(peak <= 3 * mean)
        Promise.seen(12, "peak \(Int(peak)) a second, \(tenths(peak / mean)) × the mean over \(window) s")
    }

    @Test("P25: after ten minutes' outage a thousand identities are renewed within a minute, without a wave")
    func recovery() throws {
        let end = 3000
        let seconds = try renewals(of: 1000, outage: 2300..<end)
        let last = try #require(seconds.keys.max())
        let peak = Double(try #require(seconds.values.max()))
        #expect(seconds.values.reduce(0, +) == 1000)
        #expect(last - end <= 60)
        let ratio = peak / (1000 / 60)
        #expect(ratio <= 3)
        Promise.seen(25, "with tokens, all \(last - end) s after the end, peak \(tenths(ratio)) × the mean")
    }

    @Test("P25: identities whose tokens are over recover within five seconds, without a wave")
    func recoveryWithoutTokens() throws {
        let end = 4000
        let seconds = try renewals(of: 1000, outage: 2300..<end, seconds: 3590..<end + 10)
        let last = try #require(seconds.keys.max())
        let peak = Double(try #require(seconds.values.max()))
        #expect(seconds.values.reduce(0, +) == 1000)
        #expect(last - end <= 5)
        let ratio = peak / (1000 / 5)
        #expect(ratio <= 3)
        Promise.seen(25, "without, all \(last - end) s after the end, peak \(tenths(ratio)) × the mean")
    }

    @Test("P60: a fleet asks for no more tokens than its tokens' lives make necessary, and five in a hundred more")
    func fleetRate() throws {
        var generator = SeededGenerator(seed: 60)
        let (processes, hours) = (100, 24)
        var requests = 0
        for _ in 0..<processes {
            var state = TokenState(policy: policy)
            // Each is called every 5 s, at a time of its own.
            var now = MonotonicInstant(nanoseconds: Int64.random(in: 0..<5_000_000_000, using: &generator))
            for _ in 0..<(hours * 720) {
                switch state.call(at: now) {
                case .fetchAndWait, .useAndFetch:
                    requests += 1
                    let token = try AccessToken("t", lifetime: .seconds(3600))
                    let jitter = Double.random(in: 0..<1, using: &generator)
                    _ = state.succeeded(with: token, askedAt: now, at: now, jitter: jitter)
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

    /// In which seconds machines that began at 0, and are called ten times a second, get the token after their first.
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
            _ = state.call(at: now)
            let jitter = Double.random(in: 0..<1, using: &generator)
            _ = state.succeeded(with: token, askedAt: now, at: now, jitter: jitter)
            now = .at(Double(watched.lowerBound))
            while now < .at(Double(watched.upperBound)) {
                now = now.advanced(by: .milliseconds(100))
                switch state.call(at: now) {
                case .fetchAndWait, .useAndFetch: break
                default: continue
                }
                let second = Int(now.nanoseconds / 1_000_000_000)
                let jitter = Double.random(in: 0..<1, using: &generator)
                if outage?.contains(second) == true {
                    _ = state.failed(with: .down, at: now, jitter: jitter)
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
