import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import Testing

/// The identifiers of accepted logout tokens.
private final class AcceptedIdentifiers: Sendable {
    private let identifiers = Locked<Set<String>>([])

    func insert(_ identifier: String) -> Bool { identifiers.withLock { $0.insert(identifier).inserted } }
    var isEmpty: Bool { identifiers.withLock { $0.isEmpty } }
}

@Suite("Logout tokens")
struct LogoutTokenTests {
    let fixture = SignInFixture()

    /// Returns the error for a token; nil if it is accepted.
    private func rejection(_ token: String, accepted: AcceptedIdentifiers = AcceptedIdentifiers()) async -> SignInError?
    {
        let client = fixture.web()
        return await signInError { () async throws(SignInError) in
            try await client.validate(logoutToken: token) { identifier, _ in accepted.insert(identifier) }
        }
    }

    @Test("A valid logout token has the user and the session, and is remembered beyond its expiry")
    func valid() async throws {
        let text = try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        let until = Locked<Date?>(nil)
        let token = try await fixture.web().validate(logoutToken: text) { _, end in
            until.withLock { $0 = end }
            return true
        }
        #expect(token.subject == "u1")
        #expect(token.sessionID == "s1")
        #expect(token.issuer == fixture.server.issuer)
        #expect(until.withLock { $0 }.map { $0 > token.expiresAt } == true)
        #expect(await rejection(try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)) == nil)
        #expect(await rejection(try fixture.server.logoutToken(clientID: "web", subject: nil, sessionID: "s1")) == nil)
    }

    @Test("A logout token is rejected the second time")
    func replayed() async throws {
        let text = try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        let accepted = AcceptedIdentifiers()
        #expect(await rejection(text, accepted: accepted) == nil)
        let error = await rejection(text, accepted: accepted)
        #expect(error?.kind == .invalidLogoutToken)
        #expect(error?.idTokenError?.kind == .replayed)
    }

    @Test("An invalid logout token is rejected for the right reason and not remembered")
    func invalid() async throws {
        let event = "http://schemas.openid.net/event/backchannel-logout"
        let table: [([String: JSONValue], IDTokenError.Kind)] = [
            (["iss": "https://evil.example"], .wrongIssuer), (["aud": "other"], .wrongAudience),
            (["exp": .int(1)], .expired), (["exp": nil], .missingClaim), (["iat": nil], .missingClaim),
            (["iat": .int(4_000_000_000)], .issuedInTheFuture), (["events": nil], .notALogoutToken),
            (["events": [:]], .notALogoutToken), (["events": [event: true]], .notALogoutToken),
            (["events": "x"], .notALogoutToken),
            (["nonce": "n"], .wrongNonce), (["sub": nil, "sid": nil], .missingClaim),
            (["sub": "", "sid": ""], .missingClaim),
            (["jti": nil], .missingClaim), (["jti": ""], .malformedClaims), (["sid": 1], .malformedClaims),
        ]
        let accepted = AcceptedIdentifiers()
        for (change, kind) in table {
            let text = try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1") { claims in
                claims = claims.merging(change) { $1 }.filter { $0.value != .null }
            }
            let error = await rejection(text, accepted: accepted)
            #expect(error?.kind == .invalidLogoutToken)
            #expect(error?.idTokenError?.kind == kind, "\(change)")
        }
        #expect(accepted.isEmpty)
    }

    @Test("P64: A logout token without exp is accepted during the configured lifetime only")
    func withoutExpiry() async throws {
        let text = try fixture.server.logoutToken(clientID: "web", subject: "u1") { $0["exp"] = nil }
        #expect(await rejection(text)?.idTokenError?.kind == .missingClaim)
        let client = fixture.web { $0.logoutTokenLifetime = .seconds(120) }
        func errorKind(_ text: String) async -> IDTokenError.Kind? {
            await signInError { () async throws(SignInError) in
                try await client.validate(logoutToken: text) { _, _ in true }
            }?.idTokenError?.kind
        }
        let token = try await client.validate(logoutToken: text) { _, until in
            // The identifier is remembered for as long as the token is accepted.
            until == fixture.clock.date().addingTimeInterval(180)
        }
        #expect(token.expiresAt == token.issuedAt.addingTimeInterval(120))
        // Another type is not a missing claim, and neither the time of issue nor an `exp` that is present is ignored.
        let rejected: [([String: JSONValue], IDTokenError.Kind)] = [
            (["exp": "soon"], .malformedClaims), (["exp": .int(1)], .expired),
            (["exp": .null, "iat": .int(1)], .expired), (["exp": .null, "iat": .null], .missingClaim),
            (["exp": .null, "iat": .int(4_000_000_000)], .issuedInTheFuture),
            (["exp": .null, "nonce": "n"], .wrongNonce), (["exp": .null, "sid": 7], .malformedClaims),
        ]
        for (change, expected) in rejected {
            let text = try fixture.server.logoutToken(clientID: "web", subject: "u1") { $0.merge(change) { $1 } }
            #expect(await errorKind(text) == expected, "\(change)")
        }
        let harmless: [[String: JSONValue]] = [
            ["exp": .null], ["exp": .null, "sid": .null, "nonce": .null], ["exp": .null, "azp": .null, "nbf": "x"],
        ]
        for change in harmless {
            let text = try fixture.server.logoutToken(clientID: "web", subject: "u1") { $0.merge(change) { $1 } }
            #expect(await errorKind(text) == nil, "\(change)")
        }
        fixture.clock.advance(by: .seconds(179))
        #expect(await errorKind(text) == nil)
        fixture.clock.advance(by: .seconds(1))
        #expect(await errorKind(text) == .expired)
    }

    @Test("An ID token is not accepted as a logout token, nor the reverse")
    func confusion() async throws {
        let client = fixture.web()
        let idToken = try #require(try await fixture.signIn(client).idToken)
        #expect(await rejection(idToken.text)?.idTokenError?.kind == .notALogoutToken)
        let logoutToken = try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        let error = await signInError { () async throws(SignInError) in try await client.validate(idToken: logoutToken)
        }
        #expect(error?.idTokenError?.kind == .wrongType)
    }
}
