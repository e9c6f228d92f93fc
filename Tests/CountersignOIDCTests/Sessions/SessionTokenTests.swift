import CountersignTesting
import Foundation
import Testing

@testable import Countersign
@testable import CountersignOIDC

@Suite("Stored access tokens")
struct SessionTokenTests {
    private func token(lifetime: Duration?) -> SessionToken {
        let now = Date(timeIntervalSince1970: 1_750_000_000)
        return SessionToken(key: .signIn, value: "a1", requestedAt: now, lifetime: lifetime, scopes: nil)
    }

    @Test(
        "After a restart, a token is not used beyond its expiry although the clock was set back by less than a minute",
        arguments: [0, 20, 50, 59]
    )
    func setBack(seconds: Int) throws {
        let token = token(lifetime: .seconds(3600))
        let clock = VirtualClock(date: token.requestedAt)
        // The age at which the program restarts, with a clock that was set back before.
        for age in [0, 100, 3000, 3529, 3530, 3589, 3600, 3659] {
            let date = token.requestedAt + Double(age - seconds)
            clock.setWallClock(to: date)
            guard token.isUsable(at: date, policy: RenewalPolicy()) else {
                #expect(age > 3500, "a token with a minute left is used")
                continue
            }
            #expect(age < 3600, "\(age) s after the token request")
            let restored = try token.accessToken(boundTo: nil, clock: clock, isRestored: true)
            let requestedAt = try #require(restored.requestedAt)
            #expect(clock.now() - requestedAt >= .seconds(age), "the token is taken for younger than it is")
        }
    }

    @Test("A token of a short lifetime can be used for most of it after a restart")
    func shortLifetime() {
        let token = token(lifetime: .seconds(30))
        #expect(token.isUsable(at: token.requestedAt + 23, policy: RenewalPolicy()))
        #expect(!token.isUsable(at: token.requestedAt + 24, policy: RenewalPolicy()))
    }

    @Test(
        "Lifetimes of any size are compared",
        arguments: [.seconds(Int64.max), .seconds(Int64.max) * 2, .seconds(Int64.min), nil] as [Duration?]
    )
    func extremeLifetimes(lifetime: Duration?) {
        let token = token(lifetime: lifetime)
        #expect(token.isUsable(at: token.requestedAt, policy: RenewalPolicy()) == (lifetime.map { $0 > .zero } ?? true))
    }
}
