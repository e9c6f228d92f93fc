import Countersign
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("User sessions: their user, issuer and DPoP key")
struct SessionIdentityTests {
    @Test(
        "P39: tokens of another user or issuer are rejected, and the session continues",
        arguments: ["sub", "iss"]
    )
    func otherIdentity(claim: String) async throws {
        let fixture = SessionFixture()
        fixture.server.configuration.refreshTokenRotation = .none
        let session = try await fixture.session()
        let token = try await session.accessToken()
        fixture.server.inject(.editingIDToken { $0[claim] = "mallory" }, grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "rejected")
        #expect(session.subject == "u1" && session.state == .active)
        let stored = try #require(try await fixture.stored())
        #expect(
            stored.tokens.map(\.value) == [token.value] && stored.claims.subject == "u1" && stored.pendingRefresh == nil
        )
        fixture.clock.advance(by: .seconds(61))
        #expect(await session.outcome().hasPrefix("ey"))
        Promise.seen(39, "another \(claim): rejected, the session continues")
    }

    @Test("P39: an ID token that cannot be validated changes nothing, and the new refresh token is stored")
    func invalidIDToken() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let idToken = try await fixture.stored()?.idToken
        fixture.server.configuration.rawIDToken = { $0.dropLast(8) + "AAAAAAAA" }
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(try await fixture.stored()?.idToken == idToken)
        #expect(try await fixture.stored()?.refreshToken == fixture.server.liveRefreshTokenFamilies.first?.refreshToken)
    }

    @Test("P39: withdrawn scopes are recorded, and fail without a request")
    func narrowerScopes() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let writing = try session.tokenCacheEntry(
            of: nil,
            scopes: ["notes.write"],
            tokenPerScopes: false,
            resources: [],
            parameters: [:]
        )
        _ = try await writing.token(deadline: nil)
        fixture.server.inject(.member("scope", "openid notes.read"), grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome(scopes: ["notes.read"]).hasPrefix("ey"))
        #expect(Set(session.grantedScopes) == ["openid", "notes.read"])
        #expect(try await fixture.stored()?.grantedScopes == session.grantedScopes)
        #expect(await session.outcome(scopes: ["notes.write"]) == "missingScope")
        // Also for a client that had its cache entry before.
        await #expect { try await writing.token(deadline: nil) } throws: { ($0 as? TokenError)?.kind == .missingScope }
        #expect(fixture.refreshes == 1)
        Promise.seen(39, "\(session.grantedScopes.count) of \(SessionFixture.scopes.count) scopes left: recorded")
    }

    @Test("P47: a refresh request uses the server's last DPoP nonce at once")
    func knownNonce() async throws {
        let fixture = SessionFixture(dpop: .es256)
        fixture.server.configuration.nonces = .required
        let session = try await fixture.session()
        // From now on, a proof without a nonce would use up the refresh token.
        fixture.server.configuration.consumesGrantBeforeNonce = true
        for refresh in 1...3 {
            fixture.expire()
            #expect(await session.outcome().hasPrefix("ey"))
            #expect(fixture.refreshes == refresh)
        }
        let challenges = fixture.server.requests(grantType: .refreshToken).count { $0.status != 200 }
        #expect(challenges == 0)
        Promise.seen(47, "challenges in \(fixture.refreshes) refreshes: \(challenges)")
    }

    @Test("P50: a session whose key is missing or different is rejected with 0 requests, and no key is created")
    func otherKey() async throws {
        let fixture = SessionFixture(dpop: .es256)
        let session = try await fixture.session()
        let token = try await session.accessToken()
        #expect(try await fixture.stored()?.keyThumbprint == token.key?.thumbprint)
        let requests = fixture.server.requests.count
        // A client with another key, and a client without DPoP.
        for client in [fixture.client(fixture.otherRuntime()), fixture.clientWithoutDPoP()] {
            await #expect { try await client.session(id: "s", in: fixture.store) } throws: {
                ($0 as? TokenError)?.kind == .configuration
            }
        }
        #expect(fixture.server.requests.count == requests)
        Promise.seen(
            50,
            "\(fixture.server.requests.count - requests) requests for a session whose key is missing or different"
        )
        #expect(try await fixture.restored()?.accessToken().value == token.value)
    }

    @Test("P50: a later sign-in of the same user that is bound to another key is not used with this process's key")
    func otherKeyInTheStore() async throws {
        let fixture = SessionFixture(dpop: .es256)
        let session = try await fixture.session()
        let other = fixture.client(fixture.otherRuntime())
        let request = try await other.authorizationRequest()
        let response = try await fixture.server.approve(authorizationURL: request.url, as: SessionFixture.ada)
        let result = try await other.complete(request.transaction, callback: .url(response.url))
        _ = try await other.session(for: result, in: fixture.store, id: "s")
        fixture.expire()
        #expect(await session.outcome() == "configuration")
        #expect(fixture.refreshes == 0)
    }

    @Test("A session of another issuer or client is rejected with 0 requests")
    func otherClient() async throws {
        let fixture = SessionFixture()
        _ = try await fixture.session()
        let requests = fixture.server.requests.count
        let other = OIDCClient(fixture.configuration, credentials: .publicClient(id: "other"), runtime: fixture.runtime)
        await #expect { try await other.session(id: "s", in: fixture.store) } throws: {
            ($0 as? TokenError)?.kind == .configuration
        }
        #expect(fixture.server.requests.count == requests)
    }

    @Test("Unsaved claims do not replace another user's session, even without a refresh token")
    func unsavedClaims() async throws {
        let fixture = SessionFixture()
        fixture.server.inject(.withoutMember("refresh_token"), at: .token)
        let session = try await fixture.session()
        #expect(!session.hasRefreshToken)
        fixture.store.fail([.save])
        try await session.reloadUserInfo()
        fixture.store.fail([])
        _ = try await fixture.session(as: FakeUser(subject: "u2"))
        await fixture.clock.waitForSleepers(1)
        fixture.clock.advanceToNextDeadline()
        try await session.waitForBackgroundSave()
        #expect(try await fixture.stored()?.claims.subject == "u2")
        #expect(session.state == .signedOut)
    }
}
