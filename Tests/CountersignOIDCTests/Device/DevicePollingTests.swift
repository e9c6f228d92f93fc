import Countersign
@testable import CountersignOIDC
import Testing

@Suite("Device polling intervals")
struct DevicePollingTests {
    private func error(_ code: String? = nil, _ kind: TokenError.Kind = .rejected, retryAfter: Duration? = nil)
        -> TokenError
    {
        TokenError(kind, "", oauthError: code, retryAfter: retryAfter)
    }

    @Test("slow_down adds five seconds permanently; authorization_pending changes nothing")
    func slowDown() {
        var polling = DevicePolling(interval: .seconds(5))
        let actions = [
            "authorization_pending", "slow_down", "authorization_pending", "slow_down", "authorization_pending",
        ]
        .map { polling.action(after: error($0)) }
        #expect(actions == [5, 10, 10, 15, 15].map { .wait(.seconds($0)) })
    }

    @Test("Transient failures double the interval up to a minute, respect Retry-After, and reset afterwards")
    func backOff() {
        var polling = DevicePolling(interval: .seconds(5))
        let actions = (0..<5).map { _ in polling.action(after: error(nil, .unreachable)) }
        #expect(actions == [10, 20, 40, 60, 60].map { .wait(.seconds($0)) })
        #expect(polling.action(after: error("authorization_pending")) == .wait(.seconds(5)))
        #expect(polling.action(after: error(nil, .serverError, retryAfter: .seconds(90))) == .wait(.seconds(90)))
        #expect(polling.action(after: error(nil, .outcomeUnknown)) == .wait(.seconds(20)))
        var slow = DevicePolling(interval: .seconds(100))
        #expect(slow.action(after: error(nil, .timedOut)) == .wait(.seconds(100)))
    }

    @Test("Every other error ends the polling", arguments: ["invalid_grant", "invalid_client", "canary", nil])
    func end(code: String?) {
        var polling = DevicePolling(interval: .seconds(5))
        #expect(polling.action(after: error(code)) == .fail)
    }
}
