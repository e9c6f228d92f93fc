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
        var now = Instant(nanoseconds: 0)
        var deadline = now
        var fetchedAt: Instant?
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
        Figure.print(
            "P10",
            seen: "\(served) of 1,000,000 calls served, 0 in the margin, the closest \(shortest) before it",
            promised: "0 in the margin"
        )
    }

    @Test("P12: a thousand processes that start in one second ask in no second more than three times the mean")
    func startedTogether() throws {
        let seconds = try renewals(of: 1000, outage: nil)
        let window = try #require(seconds.keys.max()) - (try #require(seconds.keys.min())) + 1
        let mean = 1000 / Double(window)
        let peak = Double(try #require(seconds.values.max()))
        #expect(seconds.values.reduce(0, +) == 1000)
        #expect(peak <= 3 * mean)
        Figure.print(
            "P12",
            seen: "peak \(Int(peak)) a second, \(tenths(peak / mean)) × the mean over \(window) s",
            promised: "≤ 3 ×"
        )
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
        Figure.print(
            "P25",
            seen: "all renewed \(last - end) s after the end, peak \(tenths(ratio)) × the mean",
            promised: "60 s, ≤ 3 ×"
        )
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
        Figure.print(
            "P25",
            seen: "without tokens: all have one \(last - end) s after the end, peak \(tenths(ratio)) × the mean",
            promised: "5 s, ≤ 3 ×"
        )
    }

    @Test("P60: a fleet asks for no more tokens than its tokens' lives make necessary, and five in a hundred more")
    func fleetRate() throws {
        var generator = SeededGenerator(seed: 60)
        let (processes, hours) = (100, 24)
        var requests = 0
        for _ in 0..<processes {
            var state = TokenState(policy: policy)
            // Each is called every 5 s, at a time of its own.
            var now = Instant(nanoseconds: Int64.random(in: 0..<5_000_000_000, using: &generator))
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
        Figure.print("P60", seen: "\(requests) requests, \(requests * 100 / Int(necessary)) %", promised: "≤ 105 %")
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
            var now = Instant(nanoseconds: Int64.random(in: 0..<1_000_000_000, using: &generator))
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
