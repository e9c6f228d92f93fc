import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

/// What a program remembers of logout tokens.
private final class Seen: Sendable {
    private let identifiers = Locked<Set<String>>([])

    func insert(_ identifier: String) -> Bool { identifiers.withLock { $0.insert(identifier).inserted } }
    var isEmpty: Bool { identifiers.withLock { $0.isEmpty } }
}

@Suite("Logout tokens")
struct LogoutTokenTests {
    let world = World()

    /// What becomes of a token; `seen` is what the program remembers.
    private func refusal(_ token: String, seen: Seen = Seen()) async -> SignInError? {
        let client = world.web()
        return await signInError { () async throws(SignInError) in
            try await client.validate(logoutToken: token) { identifier, _ in seen.insert(identifier) }
        }
    }

    @Test("One that is right says who signed out, of which session, and until when it must be remembered")
    func right() async throws {
        let text = try world.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        let until = Locked<Duration?>(nil)
        let token = try await world.web().validate(logoutToken: text) { _, end in
            until.withLock { $0 = end }
            return true
        }
        #expect(token.subject == "u1")
        #expect(token.sessionID == "s1")
        #expect(token.issuer == world.server.issuer)
        #expect(until.withLock { $0 }.map { $0 > token.expiresAt } == true)
        #expect(await refusal(try world.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)) == nil)
        #expect(await refusal(try world.server.logoutToken(clientID: "web", subject: nil, sessionID: "s1")) == nil)
    }

    @Test("One that comes again is refused")
    func replayed() async throws {
        let text = try world.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        let seen = Seen()
        #expect(await refusal(text, seen: seen) == nil)
        let error = await refusal(text, seen: seen)
        #expect(error?.kind == .logoutToken)
        #expect(error?.idTokenError?.kind == .replayed)
    }

    @Test("One that is wrong in any way is refused for it, and is not remembered")
    func wrong() async throws {
        let event = "http://schemas.openid.net/event/backchannel-logout"
        let table: [([String: JSONValue], IDTokenError.Kind)] = [
            (["iss": "https://evil.example"], .wrongIssuer), (["aud": "other"], .wrongAudience),
            (["exp": .int(1)], .expired), (["exp": nil], .missingClaim), (["iat": nil], .missingClaim),
            (["iat": .int(4_000_000_000)], .issuedInTheFuture), (["events": nil], .notALogout),
            (["events": [:]], .notALogout), (["events": [event: true]], .notALogout), (["events": "x"], .notALogout),
            (["nonce": "n"], .wrongNonce), (["sub": nil, "sid": nil], .missingClaim),
            (["sub": "", "sid": ""], .missingClaim),
            (["jti": nil], .missingClaim), (["jti": ""], .malformedClaims), (["sid": 1], .malformedClaims),
        ]
        let seen = Seen()
        for (change, reason) in table {
            let text = try world.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1") { claims in
                claims = claims.merging(change) { $1 }.filter { $0.value != .null }
            }
            let error = await refusal(text, seen: seen)
            #expect(error?.kind == .logoutToken)
            #expect(error?.idTokenError?.kind == reason, "\(change)")
        }
        #expect(seen.isEmpty)
    }

    @Test("An ID token is not taken for one, nor one for an ID token")
    func confusion() async throws {
        let client = world.web()
        let idToken = try #require(try await world.signIn(client).idToken)
        #expect(await refusal(idToken.text)?.idTokenError?.kind == .notALogout)
        let logoutToken = try world.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        let error = await signInError { () async throws(SignInError) in try await client.validate(idToken: logoutToken)
        }
        #expect(error?.idTokenError?.kind == .wrongType)
    }
}
