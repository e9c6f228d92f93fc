import Countersign
@testable import CountersignOIDC
import Testing

@Suite("The pauses between two polls of a device")
struct DevicePollingTests {
    private func error(_ code: String? = nil, _ kind: TokenError.Kind = .rejected, retryAfter: Duration? = nil)
        -> TokenError
    {
        TokenError(kind, "", oauthError: code, retryAfter: retryAfter)
    }

    @Test("They grow by five seconds for good when the server says slow_down, and stay as they are while it waits")
    func slowDown() {
        var polling = DevicePolling(interval: .seconds(5))
        let pauses = [
            "authorization_pending", "slow_down", "authorization_pending", "slow_down", "authorization_pending",
        ]
        .map { polling.step(after: error($0)) }
        #expect(pauses == [5, 10, 10, 15, 15].map { .wait(.seconds($0)) })
    }

    @Test("They double with each passing failure up to a minute, are never shorter than Retry-After, and recover")
    func backOff() {
        var polling = DevicePolling(interval: .seconds(5))
        let pauses = (0..<5).map { _ in polling.step(after: error(nil, .unreachable)) }
        #expect(pauses == [10, 20, 40, 60, 60].map { .wait(.seconds($0)) })
        #expect(polling.step(after: error("authorization_pending")) == .wait(.seconds(5)))
        #expect(polling.step(after: error(nil, .serverError, retryAfter: .seconds(90))) == .wait(.seconds(90)))
        #expect(polling.step(after: error(nil, .outcomeUnknown)) == .wait(.seconds(20)))
        var slow = DevicePolling(interval: .seconds(100))
        #expect(slow.step(after: error(nil, .timedOut)) == .wait(.seconds(100)))
    }

    @Test("Whatever else the server says is the end", arguments: ["invalid_grant", "invalid_client", "canary", nil])
    func end(code: String?) {
        var polling = DevicePolling(interval: .seconds(5))
        #expect(polling.step(after: error(code)) == .fail)
    }
}
