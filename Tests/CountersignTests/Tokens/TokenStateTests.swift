import TestSupport
import Testing

@testable import Countersign

/// The state machine alone: every step is given the time, so every age and failure is a line of arithmetic.
@Suite("TokenState")
struct TokenStateTests {
    private let policy = RenewalPolicy()

    @Test("P01: however many call while nothing is held, one fetch is started and the others wait")
    func oneFetch() {
        var state = TokenState(policy: policy)
        #expect(state.call(at: .at(0)).name == "fetchAndWait")
        for _ in 0..<1000 { #expect(state.call(at: .at(0)).name == "wait") }
    }

    @Test("A fresh token is used and nothing else happens")
    func fresh() throws {
        var state = try TokenState.holding("a", lifetime: .seconds(3600), policy: policy)
        #expect(state.call(at: .at(60)).name == "use a")
        #expect(state.fresh(at: .at(60))?.value == "a")
    }

    @Test("P11: in the lead a token is used and one renewal is started, however many call")
    func renewalAhead() throws {
        var state = try TokenState.holding("a", lifetime: .seconds(3600), policy: policy)
        // The lead of an hour's token: the margin of 10 s and 20 min.
        #expect(state.call(at: .at(3600 - 1211)).name == "use a")
        #expect(state.call(at: .at(3600 - 1209)).name == "useAndFetch a")
        for _ in 0..<1000 { #expect(state.call(at: .at(3600 - 1209)).name == "use a") }
        #expect(state.fresh(at: .at(3600 - 1209)) == nil)
    }

    @Test("P10: in the hard margin a token is no longer used", arguments: [(3600, 10.0), (50, 5.0), (10, 1.0)])
    func expirySkew(lifetime: Int, margin: Double) throws {
        var state = try TokenState.holding("a", lifetime: .seconds(lifetime), policy: policy)
        #expect(state.call(at: .at(Double(lifetime) - margin - 0.01)).name == "useAndFetch a")
        var other = try TokenState.holding("a", lifetime: .seconds(lifetime), policy: policy)
        #expect(other.call(at: .at(Double(lifetime) - margin)).name == "fetchAndWait")
    }

    @Test("P12: jitter brings a renewal forward by up to a tenth of the life, and never puts it off")
    func jitter() {
        let calm = policy.ages(of: .seconds(3600), from: .at(0), jitter: 0)
        let early = policy.ages(of: .seconds(3600), from: .at(0), jitter: 0.999_999)
        #expect(calm.renewal == .at(3600 - 1210))
        #expect(calm.renewal - early.renewal > .seconds(119))
        #expect(calm.renewal - early.renewal < .seconds(121))
        #expect(calm.deadline == early.deadline)
    }

    @Test("P15: a short-lived token is renewed at most once in half of its life, and once a second", arguments: 1...60)
    func shortLives(seconds: Int) {
        for jitter in [0, 0.5, 0.999] {
            let ages = policy.ages(of: .seconds(seconds), from: .at(0), jitter: jitter)
            #expect(ages.renewal - .at(0) >= max(.seconds(seconds) / 2, .seconds(1)))
        }
    }

    @Test("P17: age counts from when the token was asked for")
    func ageFromRequest() throws {
        var state = TokenState(policy: policy)
        _ = state.call(at: .at(0))
        let landed = state.succeeded(
            with: try .test("a", lifetime: .seconds(30)),
            askedAt: .at(0),
            at: .at(20),
            jitter: 0
        )
        #expect(landed?.name == "a")
        #expect(state.call(at: .at(26.9)).name == "useAndFetch a")
        var other = TokenState(policy: policy)
        _ = other.call(at: .at(0))
        _ = other.succeeded(with: try .test("a", lifetime: .seconds(30)), askedAt: .at(0), at: .at(20), jitter: 0)
        #expect(other.call(at: .at(27)).name == "fetchAndWait")
    }

    @Test("P15: a token whose life is over on arrival is a failure, and is not asked for again within a second")
    func expiredWhenReceived() throws {
        var state = TokenState(policy: policy)
        _ = state.call(at: .at(0))
        let landed = state.succeeded(
            with: try .test("a", lifetime: .seconds(5)),
            askedAt: .at(0),
            at: .at(6),
            jitter: 0
        )
        #expect(landed?.name == "expiredWhenReceived")
        #expect(state.call(at: .at(6.9)).name == "fail expiredWhenReceived")
        #expect(state.call(at: .at(7)).name == "fetchAndWait")
    }

    @Test("P23: a failed renewal leaves the token where it is, until the margin")
    func failureKeepsToken() throws {
        var state = try TokenState.holding("a", lifetime: .seconds(3600), policy: policy)
        #expect(state.call(at: .at(2500)).name == "useAndFetch a")
        #expect(state.failed(with: .down, at: .at(2501), jitter: 0.5).name == "unreachable")
        #expect(state.call(at: .at(2501)).name == "use a")
        #expect(state.call(at: .at(3589)).name == "useAndFetch a")
    }

    @Test("P19: with a token held, attempts after the third are 30 to 60 seconds apart: at most 25 in ten minutes")
    func steadyFailure() throws {
        var most = 0
        for jitter in [0.0, 0.5, 0.999] {
            var state = try TokenState.holding("a", lifetime: .seconds(3600), policy: policy)
            var attempts = 0
            var time = 2400.0
            while time < 3000 {
                if state.call(at: .at(time)).name == "useAndFetch a" {
                    attempts += 1
                    _ = state.failed(with: .down, at: .at(time), jitter: jitter)
                }
                time += 0.05
            }
            #expect(attempts <= 25)
            #expect(attempts >= 10)
            most = max(most, attempts)
        }
        Promise.seen(19, "at most \(most) in 10 min, with the least jitter")
    }

    @Test("P14: with nothing held, calls fail at once while backing off, and say when the next attempt is")
    func failFast() {
        var state = TokenState(policy: policy)
        _ = state.call(at: .at(0))
        _ = state.failed(with: .down, at: .at(0), jitter: 0.999)
        guard case .fail(let error) = state.call(at: .at(0.1)) else {
            Issue.record("a call while backing off was not refused")
            return
        }
        #expect(error.kind == .unreachable)
        #expect(error.retryAfter.map { $0 > .zero && $0 <= .seconds(5) } == true)
        #expect(state.call(at: .at(5)).name == "fetchAndWait")
    }

    @Test("P20: Retry-After puts the next attempt off, for an hour at most", arguments: [(7, 7), (100_000, 3600)])
    func retryAfter(asked: Int, kept: Int) {
        var state = TokenState(policy: policy)
        _ = state.call(at: .at(0))
        let error = TokenError(.serverError, "busy", status: 503, retryAfter: .seconds(asked))
        _ = state.failed(with: error, at: .at(0), jitter: 0.5)
        #expect(state.call(at: .at(Double(kept) - 0.1)).name == "fail serverError")
        #expect(state.call(at: .at(Double(kept))).name == "fetchAndWait")
    }

    @Test("P21: a rejected request is not repeated for a minute")
    func rejection() {
        var state = TokenState(policy: policy)
        _ = state.call(at: .at(0))
        _ = state.failed(with: TokenError(.rejected, "no", oauthError: "invalid_client"), at: .at(0), jitter: 0)
        for _ in 0..<1000 { #expect(state.call(at: .at(59.9)).name == "fail rejected") }
        #expect(state.call(at: .at(60)).name == "fetchAndWait")
    }

    @Test("The first success after failures resets the back-off")
    func successResets() throws {
        var state = TokenState(policy: policy)
        for second in 0..<5 {
            #expect(state.call(at: .at(Double(second) * 10)).name == "fetchAndWait")
            _ = state.failed(with: .down, at: .at(Double(second) * 10), jitter: 0.999)
        }
        _ = state.call(at: .at(100))
        _ = state.succeeded(with: try .test("a", lifetime: .seconds(3600)), askedAt: .at(100), at: .at(100), jitter: 0)
        #expect(state.call(at: .at(2600)).name == "useAndFetch a")
        _ = state.failed(with: .down, at: .at(2600), jitter: 0)
        #expect(state.call(at: .at(2600.1)).name == "useAndFetch a")
    }

    @Test("P26: a refused token is dropped and one fetch is started")
    func refused() throws {
        let token = try AccessToken.test("a", lifetime: .seconds(3600))
        var state = TokenState.holding(token, policy: policy)
        #expect(state.refused(token, at: .at(10)).name == "fetchAndWait")
        #expect(state.refused(token, at: .at(10)).name == "wait")
        #expect(state.call(at: .at(10)).name == "wait")
    }

    @Test("P27: a late refusal of an older token uses the newer one and fetches nothing")
    func refusedOlder() throws {
        let old = try AccessToken.test("old", lifetime: .seconds(3600))
        var state = try TokenState.holding("new", lifetime: .seconds(3600), policy: policy)
        #expect(state.refused(old, at: .at(10)).name == "use new")
    }

    @Test("P29: an API that refuses everything costs at most 5 renewals in 30 seconds")
    func refusalStorm() throws {
        var state = TokenState(policy: policy)
        _ = state.call(at: .at(0))
        var fetches = 0
        for tenth in 0..<300 {
            let time = MonotonicInstant.at(Double(tenth) / 10)
            let token = try AccessToken.test("t\(tenth)", lifetime: .seconds(3600))
            switch state.call(at: time) {
            case .use(let held):
                if case .fetchAndWait = state.refused(held, at: time) { fetches += 1 }
            case .wait:
                _ = state.succeeded(with: token, askedAt: time, at: time, jitter: 0)
            default:
                break
            }
        }
        #expect(fetches == 5)
        Promise.seen(29, "\(fetches) in 30 s")
    }

    @Test("P16: without expires_in the documented default life counts")
    func defaultLife() throws {
        var state = TokenState.holding(try .test("a", lifetime: nil), policy: policy)
        #expect(state.call(at: .at(3589)).name == "useAndFetch a")
        var other = TokenState.holding(try .test("a", lifetime: nil), policy: policy)
        #expect(other.call(at: .at(3590)).name == "fetchAndWait")
    }

    @Test("A removed token and a remembered failure are both forgotten")
    func remove() throws {
        var state = try TokenState.holding("a", lifetime: .seconds(3600), policy: policy)
        state.remove()
        #expect(state.call(at: .at(1)).name == "fetchAndWait")
        _ = state.failed(with: TokenError(.rejected, "no"), at: .at(1), jitter: 0)
        state.remove()
        #expect(state.call(at: .at(1)).name == "fetchAndWait")
    }
}

extension MonotonicInstant {
    static func at(_ seconds: Double) -> MonotonicInstant { MonotonicInstant(nanoseconds: Int64(seconds * 1e9)) }
}

extension AccessToken {
    static func test(_ value: String, lifetime: Duration?) throws -> AccessToken {
        try AccessToken(value, lifetime: lifetime)
    }
}

extension TokenError {
    static let down = TokenError(.unreachable, "down")
}

extension TokenState {
    static func holding(_ token: AccessToken, policy: RenewalPolicy) -> TokenState {
        var state = TokenState(policy: policy)
        _ = state.call(at: .at(0))
        _ = state.succeeded(with: token, askedAt: .at(0), at: .at(0), jitter: 0)
        return state
    }

    static func holding(_ value: String, lifetime: Duration, policy: RenewalPolicy) throws -> TokenState {
        holding(try .test(value, lifetime: lifetime), policy: policy)
    }
}

extension TokenState.Action {
    var name: String {
        switch self {
        case .use(let token): "use \(token.value)"
        case .useAndFetch(let token): "useAndFetch \(token.value)"
        case .wait: "wait"
        case .fetchAndWait: "fetchAndWait"
        case .fail(let error): "fail \(error.kind)"
        }
    }
}

extension Result<AccessToken, TokenError> {
    var name: String {
        switch self {
        case .success(let token): token.value
        case .failure(let error): error.kind.description
        }
    }
}
