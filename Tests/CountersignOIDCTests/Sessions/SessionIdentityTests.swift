import Countersign
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("User sessions: whose they are, and bound to which key")
struct SessionIdentityTests {
    @Test(
        "P39: the tokens of somebody else, or of another issuer, are refused and the session is kept",
        arguments: ["sub", "iss"]
    )
    func otherIdentity(claim: String) async throws {
        let world = SessionWorld()
        world.server.configuration.refreshTokenRotation = .none
        let session = try await world.session()
        let token = try await session.accessToken()
        world.server.inject(.editingIDToken { $0[claim] = "mallory" }, grantType: .refreshToken)
        world.expire()
        #expect(await session.outcome() == "rejected")
        #expect(session.subject == "u1" && session.state == .active)
        let stored = try #require(try await world.stored())
        #expect(stored.tokens.map(\.value) == [token.value] && stored.claims.subject == "u1" && stored.pending == nil)
        world.clock.advance(by: .seconds(61))
        #expect(await session.outcome().hasPrefix("ey"))
        Promise.seen(39, "another \(claim): refused, the session kept")
    }

    @Test("P39: an ID token that is not believed changes nothing, and the new refresh token is not lost")
    func unbelievableIDToken() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let idToken = try await world.stored()?.idToken
        world.server.configuration.rawIDToken = { $0.dropLast(8) + "AAAAAAAA" }
        world.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(try await world.stored()?.idToken == idToken)
        #expect(try await world.stored()?.refreshToken == world.server.liveRefreshTokenFamilies.first?.refreshToken)
    }

    @Test("P39: fewer scopes are recorded, and what is gone is refused without a request")
    func narrowerScopes() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let writing = try session.slot(
            of: nil,
            scopes: ["notes.write"],
            tokenPerScopes: false,
            resources: [],
            parameters: [:]
        )
        _ = try await writing.token(deadline: nil)
        world.server.inject(.member("scope", "openid notes.read"), grantType: .refreshToken)
        world.expire()
        #expect(await session.outcome(scopes: ["notes.read"]).hasPrefix("ey"))
        #expect(Set(session.grantedScopes) == ["openid", "notes.read"])
        #expect(try await world.stored()?.grantedScopes == session.grantedScopes)
        #expect(await session.outcome(scopes: ["notes.write"]) == "missingScope")
        // Also for a client that had its slot before.
        await #expect { try await writing.token(deadline: nil) } throws: { ($0 as? TokenError)?.kind == .missingScope }
        #expect(world.refreshes == 1)
        Promise.seen(39, "\(session.grantedScopes.count) of \(SessionWorld.scopes.count) scopes left: recorded")
    }

    @Test("P47: a nonce that the server has given is used before the refresh token is spent")
    func knownNonce() async throws {
        let world = SessionWorld(dpop: .es256)
        world.server.configuration.nonces = .required
        let session = try await world.session()
        // From now on, a proof without the nonce would cost the refresh token.
        world.server.configuration.consumesGrantBeforeNonce = true
        for refresh in 1...3 {
            world.expire()
            #expect(await session.outcome().hasPrefix("ey"))
            #expect(world.refreshes == refresh)
        }
        let challenges = world.server.requests(grantType: .refreshToken).count { $0.status != 200 }
        #expect(challenges == 0)
        Promise.seen(47, "challenges in \(world.refreshes) refreshes: \(challenges)")
    }

    @Test("P50: a session whose key is missing or another is refused with 0 requests, and no key is made for it")
    func otherKey() async throws {
        let world = SessionWorld(dpop: .es256)
        let session = try await world.session()
        let token = try await session.accessToken()
        #expect(try await world.stored()?.keyThumbprint == token.key?.thumbprint)
        let requests = world.server.requests.count
        // A key of its own, and none at all.
        for client in [world.client(world.otherRuntime()), SessionWorld.withoutDPoP(world)] {
            await #expect { try await client.session(id: "s", in: world.store) } throws: {
                ($0 as? TokenError)?.kind == .configuration
            }
        }
        #expect(world.server.requests.count == requests)
        Promise.seen(
            50,
            "\(world.server.requests.count - requests) requests for a session whose key is missing or another"
        )
        #expect(try await world.restored()?.accessToken().value == token.value)
    }

    @Test("P50: a later sign-in of the same user that is bound to another key is not used with this process' key")
    func otherKeyInTheStore() async throws {
        let world = SessionWorld(dpop: .es256)
        let session = try await world.session()
        let other = world.client(world.otherRuntime())
        let request = try await other.authorizationRequest()
        let answer = try await world.server.approve(authorizationURL: request.url, as: SessionWorld.ada)
        let result = try await other.complete(request.transaction, callback: .url(answer.url))
        _ = try await other.session(for: result, in: world.store, id: "s")
        world.expire()
        #expect(await session.outcome() == "configuration")
        #expect(world.refreshes == 0)
    }

    @Test("A session of another issuer or client is refused with 0 requests")
    func otherClient() async throws {
        let world = SessionWorld()
        _ = try await world.session()
        let requests = world.server.requests.count
        let other = OIDCClient(world.configuration, credentials: .publicClient(id: "other"), runtime: world.runtime)
        await #expect { try await other.session(id: "s", in: world.store) } throws: {
            ($0 as? TokenError)?.kind == .configuration
        }
        #expect(world.server.requests.count == requests)
    }
}

extension SessionWorld {
    static func withoutDPoP(_ world: SessionWorld) -> OIDCClient {
        var configuration = world.configuration
        configuration.dpop = nil
        return OIDCClient(configuration, credentials: .secret(id: "web", Secret("s3cret")), runtime: world.runtime)
    }

    @Test("Claims that the store did not take do not replace another user's session, not even without a refresh token")
    func unsavedClaims() async throws {
        let world = SessionWorld()
        world.server.inject(.withoutMember("refresh_token"), at: .token)
        let session = try await world.session()
        #expect(!session.hasRefreshToken)
        world.store.fail([.save])
        try await session.reloadUserInfo()
        world.store.fail([])
        _ = try await world.session(as: FakeUser(subject: "u2"))
        await world.clock.waitForSleepers(1)
        world.clock.advanceToNextDeadline()
        while session.core.state.withLock({ $0.isSaving }) { await Task.yield() }
        #expect(try await world.stored()?.claims.subject == "u2")
        #expect(session.state == .signedOut)
    }
}
