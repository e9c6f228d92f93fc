import TestSupport
import Testing

@testable import Countersign

/// The token state machine alone.
///
/// Each step takes the time, so no test needs a clock.
@Suite("TokenState")
struct TokenStateTests {
    private let policy = RenewalPolicy()
    private let token: AccessToken

    init() throws {
        token = try AccessToken("a", lifetime: .seconds(3600))
    }

    @Test("P01: many callers without a token start one fetch, and the others wait for it")
    func oneFetch() {
        var state = TokenState(policy: policy)
        #expect(state.current(at: .at(0)) == .fetchAndWait)
        for _ in 0..<1000 { #expect(state.current(at: .at(0)) == .wait) }
    }

    @Test("A fresh token is used, and nothing else happens")
    func fresh() {
        var state = TokenState.caching(token, policy: policy)
        #expect(state.current(at: .at(60)) == .use(token))
        #expect(state.fresh(at: .at(60))?.isIdentical(to: token) == true)
    }

    @Test("P11: in the renewal window the token is used, and many callers start one renewal")
    func renewalWindow() {
        var state = TokenState.caching(token, policy: policy)
        // The window of an hour's token: 20 min, and the expiry skew of 10 s.
        #expect(state.current(at: .at(3600 - 1211)) == .use(token))
        #expect(state.current(at: .at(3600 - 1209)) == .useAndRenew(token))
        for _ in 0..<1000 { #expect(state.current(at: .at(3600 - 1209)) == .use(token)) }
        #expect(state.fresh(at: .at(3600 - 1209)) == nil)
    }

    @Test("P10: a token is not used within the expiry skew", arguments: [(3600, 10.0), (50, 5.0), (10, 1.0)])
    func expirySkew(lifetime: Int, skew: Double) throws {
        let token = try AccessToken("a", lifetime: .seconds(lifetime))
        var state = TokenState.caching(token, policy: policy)
        #expect(state.current(at: .at(Double(lifetime) - skew - 0.01)) == .useAndRenew(token))
        var other = TokenState.caching(token, policy: policy)
        #expect(other.current(at: .at(Double(lifetime) - skew)) == .fetchAndWait)
    }

    @Test("P12: jitter moves a renewal forward by up to a tenth of the lifetime, and never back")
    func jitter() {
        let latest = policy.schedule(lifetime: .seconds(3600), from: .at(0), jitter: 0)
        let earliest = policy.schedule(lifetime: .seconds(3600), from: .at(0), jitter: 0.999_999)
        #expect(latest.renewsAt == .at(3600 - 1210))
        #expect(latest.renewsAt - earliest.renewsAt > .seconds(119))
        #expect(latest.renewsAt - earliest.renewsAt < .seconds(121))
        #expect(latest.usableUntil == earliest.usableUntil)
    }

    @Test(
        "P15: a short-lived token is renewed at most once in half of its lifetime, and at most once a second",
        arguments: 1...60
    )
    func shortLifetimes(seconds: Int) {
        for jitter in [0, 0.5, 0.999] {
            let schedule = policy.schedule(lifetime: .seconds(seconds), from: .at(0), jitter: jitter)
            #expect(schedule.renewsAt - .at(0) >= max(.seconds(seconds) / 2, .seconds(1)))
        }
    }

    @Test("P17: a lifetime counts from the token request, not from the response")
    func lifetimeFromRequest() throws {
        let token = try AccessToken("a", lifetime: .seconds(30))
        var state = TokenState(policy: policy)
        _ = state.current(at: .at(0))
        #expect(state.fetchSucceeded(with: token, requestedAt: .at(0), at: .at(20), jitter: 0) == .use(token))
        #expect(state.current(at: .at(26.9)) == .useAndRenew(token))
        var other = TokenState(policy: policy)
        _ = other.current(at: .at(0))
        #expect(other.fetchSucceeded(with: token, requestedAt: .at(0), at: .at(20), jitter: 0) == .use(token))
        #expect(other.current(at: .at(27)) == .fetchAndWait)
    }

    @Test("P15: a token that has expired when it arrives is a failure, and is not requested again within a second")
    func expiredWhenReceived() throws {
        let token = try AccessToken("a", lifetime: .seconds(5))
        var state = TokenState(policy: policy)
        _ = state.current(at: .at(0))
        let outcome = state.fetchSucceeded(with: token, requestedAt: .at(0), at: .at(6), jitter: 0)
        guard case .fail(let error) = outcome else {
            Issue.record("an expired token was accepted: \(outcome)")
            return
        }
        #expect(error.kind == .expiredWhenReceived)
        #expect(state.current(at: .at(6.9)) == .fail(error.retrying(in: .at(7) - .at(6.9))))
        #expect(state.current(at: .at(7)) == .fetchAndWait)
    }

    @Test("P23: after a failed renewal the cached token is used until the expiry skew")
    func failedRenewal() {
        var state = TokenState.caching(token, policy: policy)
        #expect(state.current(at: .at(2500)) == .useAndRenew(token))
        let error = TokenError.down.retrying(in: .milliseconds(500))
        #expect(state.fetchFailed(with: .down, at: .at(2501), jitter: 0.5) == .fail(error))
        #expect(state.current(at: .at(2501)) == .use(token))
        #expect(state.current(at: .at(3589)) == .useAndRenew(token))
    }

    @Test("P19: with a valid token, attempts after the third are 30 to 60 seconds apart: at most 25 in ten minutes")
    func attemptsInAnOutage() {
        var most = 0
        for jitter in [0.0, 0.5, 0.999] {
            var state = TokenState.caching(token, policy: policy)
            var attempts = 0
            var time = 2400.0
            while time < 3000 {
                if state.current(at: .at(time)) == .useAndRenew(token) {
                    attempts += 1
                    _ = state.fetchFailed(with: .down, at: .at(time), jitter: jitter)
                }
                time += 0.05
            }
            #expect(attempts <= 25)
            #expect(attempts >= 10)
            most = max(most, attempts)
        }
        Promise.seen(19, "at most \(most) in 10 min, with the least jitter")
    }

    @Test("P14: without a token, calls fail at once during the backoff, and state the delay until the next attempt")
    func failFast() {
        var state = TokenState(policy: policy)
        _ = state.current(at: .at(0))
        let outcome = state.fetchFailed(with: .down, at: .at(0), jitter: 0.5)
        #expect(outcome == .fail(.down.retrying(in: .milliseconds(500))))
        #expect(state.current(at: .at(0.1)) == .fail(.down.retrying(in: .milliseconds(400))))
        #expect(state.current(at: .at(0.5)) == .fetchAndWait)
    }

    @Test("P14: the backoff is at most five seconds", arguments: 1...20)
    func longestBackoff(attempts: Int) {
        var state = TokenState(policy: policy)
        for attempt in 0..<attempts {
            #expect(state.current(at: .at(Double(attempt) * 5)) == .fetchAndWait)
            _ = state.fetchFailed(with: .down, at: .at(Double(attempt) * 5), jitter: 0.999_999)
        }
        #expect(state.current(at: .at(Double(attempts) * 5)) == .fetchAndWait)
    }

    @Test("P20: Retry-After delays the next attempt, by an hour at most", arguments: [(7, 7), (100_000, 3600)])
    func retryAfter(requested: Int, delay: Int) {
        var state = TokenState(policy: policy)
        _ = state.current(at: .at(0))
        let error = TokenError(.serverError, "busy", status: 503, retryAfter: .seconds(requested))
        #expect(state.fetchFailed(with: error, at: .at(0), jitter: 0.5) == .fail(error.retrying(in: .seconds(delay))))
        let almost = MonotonicInstant.at(Double(delay) - 0.1)
        #expect(state.current(at: almost) == .fail(error.retrying(in: .at(Double(delay)) - almost)))
        #expect(state.current(at: .at(Double(delay))) == .fetchAndWait)
    }

    @Test("P21: a rejected request is not sent again for a minute")
    func rejection() {
        var state = TokenState(policy: policy)
        _ = state.current(at: .at(0))
        let error = TokenError(.rejected, "no", oauthError: "invalid_client")
        #expect(state.fetchFailed(with: error, at: .at(0), jitter: 0) == .fail(error.retrying(in: .seconds(60))))
        let almost = MonotonicInstant.at(59.9)
        for _ in 0..<1000 { #expect(state.current(at: almost) == .fail(error.retrying(in: .at(60) - almost))) }
        #expect(state.current(at: .at(60)) == .fetchAndWait)
    }

    @Test("The first success after failures resets the backoff")
    func successResetsBackoff() {
        var state = TokenState(policy: policy)
        for second in 0..<5 {
            #expect(state.current(at: .at(Double(second) * 10)) == .fetchAndWait)
            _ = state.fetchFailed(with: .down, at: .at(Double(second) * 10), jitter: 0.999)
        }
        _ = state.current(at: .at(100))
        #expect(state.fetchSucceeded(with: token, requestedAt: .at(100), at: .at(100), jitter: 0) == .use(token))
        #expect(state.current(at: .at(2600)) == .useAndRenew(token))
        _ = state.fetchFailed(with: .down, at: .at(2600), jitter: 0)
        #expect(state.current(at: .at(2600.1)) == .useAndRenew(token))
    }

    @Test("P26: a rejected token is invalidated, and one fetch is started")
    func rejectedToken() {
        var state = TokenState.caching(token, policy: policy)
        #expect(state.replace(token, at: .at(10)) == .fetchAndWait)
        #expect(state.replace(token, at: .at(10)) == .wait)
        #expect(state.current(at: .at(10)) == .wait)
    }

    @Test("P27: after a late 401 for an older token, the newer one is used and nothing is fetched")
    func rejectedOlderToken() throws {
        // The same value: tokens are told apart by identity.
        let older = try AccessToken("a", lifetime: .seconds(3600))
        var state = TokenState.caching(token, policy: policy)
        #expect(state.replace(older, at: .at(10)) == .use(token))
    }

    @Test("P29: an API that rejects every token causes at most 5 renewals in 30 seconds")
    func rejectionStorm() throws {
        var state = TokenState(policy: policy)
        _ = state.current(at: .at(0))
        var fetches = 0
        for tenth in 0..<300 {
            let time = MonotonicInstant.at(Double(tenth) / 10)
            switch state.current(at: time) {
            case .use(let cached):
                if state.replace(cached, at: time) == .fetchAndWait { fetches += 1 }
            case .wait:
                let token = try AccessToken("t\(tenth)", lifetime: .seconds(3600))
                _ = state.fetchSucceeded(with: token, requestedAt: time, at: time, jitter: 0)
            default:
                break
            }
        }
        #expect(fetches == 5)
        Promise.seen(29, "\(fetches) in 30 s")
    }

    @Test("P16: without expires_in the default lifetime of the policy counts")
    func defaultLifetime() throws {
        let token = try AccessToken("a")
        var state = TokenState.caching(token, policy: policy)
        #expect(state.current(at: .at(3589)) == .useAndRenew(token))
        var other = TokenState.caching(token, policy: policy)
        #expect(other.current(at: .at(3590)) == .fetchAndWait)
    }

    @Test("Invalidating removes the token, and the last failure with its backoff")
    func invalidate() {
        var state = TokenState.caching(token, policy: policy)
        state.invalidate()
        #expect(state.current(at: .at(1)) == .fetchAndWait)
        _ = state.fetchFailed(with: TokenError(.rejected, "no"), at: .at(1), jitter: 0)
        state.invalidate()
        #expect(state.current(at: .at(1)) == .fetchAndWait)
    }

    @Test("A token that arrives after an invalidation is discarded, and its callers start over")
    func invalidatedDuringFetch() {
        var state = TokenState(policy: policy)
        _ = state.current(at: .at(0))
        state.invalidate()
        #expect(state.fetchSucceeded(with: token, requestedAt: .at(0), at: .at(1), jitter: 0) == .startOver)
        #expect(state.current(at: .at(1)) == .fetchAndWait)
    }
}

extension MonotonicInstant {
    static func at(_ seconds: Double) -> MonotonicInstant { MonotonicInstant(nanoseconds: Int64(seconds * 1e9)) }
}

extension TokenError {
    static let down = TokenError(.unreachable, "down")

    /// The same error with another delay until the next attempt.
    func retrying(in delay: Duration) -> TokenError {
        var error = self
        error.retryAfter = delay
        return error
    }
}

extension TokenState {
    /// A state with a cached token that was requested at 0.
    static func caching(_ token: AccessToken, policy: RenewalPolicy) -> TokenState {
        var state = TokenState(policy: policy)
        _ = state.current(at: .at(0))
        _ = state.fetchSucceeded(with: token, requestedAt: .at(0), at: .at(0), jitter: 0)
        return state
    }
}
