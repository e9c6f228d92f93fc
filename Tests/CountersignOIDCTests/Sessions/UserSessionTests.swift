import Countersign
@_spi(Generated) import CountersignJSON
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("User sessions")
struct UserSessionTests {
    @Test("A session returns the sign-in's token until it expires, and stores the rotated refresh token")
    func renewal() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let first = try await session.accessToken(scopes: ["notes.read"])
        #expect(try await session.accessToken().value == first.value)
        #expect(fixture.refreshes == 0)
        fixture.expire()
        let second = try await session.accessToken()
        #expect(second.value != first.value)
        #expect(fixture.refreshes == 1)
        #expect(try await fixture.stored()?.refreshToken == fixture.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
        #expect(session.subject == "u1" && session.claims.name == "Ada" && session.state == .active)
        #expect(session.hasRefreshToken && session.hasIDToken)
    }

    @Test("A refresh request has the parameters of the sign-in's token request")
    func parameters() async throws {
        let fixture = SessionFixture { $0.parameters = ["tenant": "acme"] }
        let session = try await fixture.session()
        fixture.expire()
        _ = try await session.accessToken()
        for grant in [FakeAuthorizationServer.GrantType.authorizationCode, .refreshToken] {
            #expect(fixture.server.requests(grantType: grant).map { $0.form["tenant"] } == ["acme"])
        }
    }

    @Test(
        "The token of one resource is not used for another whose name is equal for String",
        arguments: ["\u{212A}", "K\u{301}", "k"]
    )
    func equivalentResources(name: String) async throws {
        let fixture = SessionFixture { $0.resources = ["https://a.example/K", "https://b.example"] }
        let session = try await fixture.session()
        let signedIn = try await session.accessToken()
        let token = try await session.accessToken(resources: ["https://a.example/K"])
        for session in [session, try #require(try await fixture.restored(runtime: fixture.otherRuntime()))] {
            // The authorization server decides, and rejects it: a resource is a URI, which is ASCII.
            #expect(await session.outcome(resources: ["https://a.example/\(name)"]) == "rejected")
            let both = ["https://b.example", "https://a.example/\(name)"]
            #expect(await session.outcome(resources: both) == "rejected")
            #expect(try await session.accessToken(resources: ["https://a.example/K"]).value == token.value)
            #expect(
                try await session.accessToken(resources: ["https://b.example", "https://a.example/K"]).value
                    == signedIn.value
            )
        }
    }

    @Test("A restored session uses the stored token without a request")
    func restoring() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let token = try await session.accessToken()
        let requests = fixture.server.requests.count
        let restored = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        #expect(try await restored.accessToken().value == token.value)
        #expect(restored.claims == session.claims && restored.grantedScopes == session.grantedScopes)
        #expect(fixture.server.requests.count == requests)
        #expect(try await fixture.restored(id: "another") == nil)
    }

    @Test("A hundred tasks with an expired token share one refresh")
    func sharing() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.expire()
        let values = await withTaskGroup(of: String.self) { group in
            for index in 0..<100 {
                group.addTask { await session.outcome(scopes: index.isMultiple(of: 2) ? ["notes.read"] : []) }
            }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(values.count == 1)
        #expect(fixture.refreshes == 1)
    }

    @Test("A scope that was not granted is an error, and nothing is sent")
    func missingScope() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session(scopes: ["openid", "offline_access", "notes.read"])
        let requests = fixture.server.requests.count
        #expect(await session.outcome(scopes: ["notes.write"]) == "missingScope")
        #expect(await session.outcome(scopes: ["notes.read"]) != "missingScope")
        #expect(fixture.server.requests.count == requests)
    }

    @Test("P06: a refresh whose callers are all cancelled continues, and its tokens are stored and used")
    func cancelled() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.expire()
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken)
        let waiting = Task { await session.outcome() }
        await gate.waitForArrivals(1)
        waiting.cancel()
        #expect(await waiting.value == "cancelled")
        gate.open()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(fixture.refreshes == 1)
        #expect(try await fixture.stored()?.refreshToken == fixture.server.liveRefreshTokenFamilies.first?.refreshToken)
        Promise.seen(6, "a running refresh continues, and its tokens are stored: \(fixture.refreshes) request in all")
    }

    @Test("Each resource has its own token, and one refresh for it")
    func resources() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let a = try await session.accessToken(resources: ["https://a.example"])
        let b = try await session.accessToken(resources: ["https://b.example"])
        #expect(a.value != b.value)
        #expect(try await session.accessToken(resources: ["https://a.example"]).value == a.value)
        #expect(fixture.refreshes == 2)
        let restored = try #require(try await fixture.restored())
        #expect(try await restored.accessToken(resources: ["https://b.example"]).value == b.value)
        #expect(fixture.refreshes == 2)
    }

    @Test("A token for some scopes does not change the other granted scopes")
    func tokenPerScopes() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let entry = try session.tokenCacheEntry(
            of: nil,
            scopes: ["notes.read"],
            tokenPerScopes: true,
            resources: [],
            parameters: [:]
        )
        #expect(try await entry.token(deadline: nil).scopes == ["notes.read"])
        #expect(session.grantedScopes.contains("notes.write"))
        fixture.expire()
        #expect(await session.outcome(scopes: ["notes.write"]) != "missingScope")
    }

    @Test("A token that an API rejected with 401 is not used again, from any cache entry")
    func rejectedToken() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let first = try session.tokenCacheEntry(
            of: nil,
            scopes: ["notes.read"],
            tokenPerScopes: false,
            resources: [],
            parameters: [:]
        )
        let other = try session.tokenCacheEntry(
            of: nil,
            scopes: ["notes.write"],
            tokenPerScopes: false,
            resources: [],
            parameters: [:]
        )
        let rejected = try await first.token(deadline: nil)
        let rejectedByOther = try await other.token(deadline: nil)
        #expect(rejected.value == rejectedByOther.value)
        let replacement = try await first.replacement(for: rejected, deadline: nil)
        #expect(replacement.value != rejected.value)
        #expect(try await other.replacement(for: rejectedByOther, deadline: nil).value == replacement.value)
        #expect(fixture.refreshes == 1)
    }

    @Test("Without a refresh token, calls fail with sessionEnded after the access token has expired")
    func noRefreshToken() async throws {
        let fixture = SessionFixture()
        fixture.server.configuration.requiresOfflineAccess = true
        let session = try await fixture.session(scopes: ["openid", "notes.read"])
        #expect(!session.hasRefreshToken)
        #expect(await session.outcome() != "sessionEnded")
        fixture.expire()
        #expect(await session.outcome() == "sessionEnded")
        #expect(session.state == .active, "only the authorization server ends a session")
    }

    @Test("Transformed claims are stored, at sign-in and after a refresh")
    func claimsTransform() async throws {
        let fixture = SessionFixture()
        var configuration = SessionConfiguration()
        configuration.claimsTransform = { new, stored in
            UserClaims([
                "greeting": .string("\(stored == nil ? "Hello" : "Again"), \(new.name ?? "")"), "sub": "mallory",
            ])
        }
        let session = try await fixture.session(configuration: configuration)
        var events = session.events.makeAsyncIterator()
        #expect(session.claims.text("greeting") == "Hello, Ada")
        #expect(session.subject == "u1", "the subject cannot be changed")
        fixture.server.register(FakeUser(subject: "u1", name: "Ada L."))
        fixture.expire()
        _ = try await session.accessToken()
        #expect(session.claims.text("greeting") == "Again, Ada L.")
        #expect(await events.next()?.kind == .claimsChanged)
        #expect(await events.next()?.kind == .refreshed)
        #expect(try await fixture.stored()?.claims == session.claims)
    }

    @Test("Reloaded userinfo claims are merged with the other claims, and stored")
    func userInfo() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.register(FakeUser(subject: "u1", name: "Ada L.", claims: ["locale": "en"]))
        let claims = try await session.reloadUserInfo()
        #expect(claims.name == "Ada L." && session.claims == claims)
        #expect(try await fixture.stored()?.claims == claims)
        #expect(claims["sid"] != nil, "claims of the ID token are kept")
    }

    @Test("The current session belongs to the task")
    func current() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        #expect(UserSession.current == nil)
        await UserSession.$current.withValue(session) {
            await Task { #expect(UserSession.current === session) }.value
        }
    }

    @Test("The description of a session contains neither tokens nor claims")
    func printing() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let record = try #require(try await fixture.stored())
        var text = "\(session) \(record) \(record.tokens)"
        dump(session, to: &text)
        dump(record, to: &text)
        for secret in [record.refreshToken, record.tokens[0].value, record.idToken, "Ada", "ada@example.com"] {
            #expect(!text.contains(try #require(secret).prefix(8)))
        }
    }

    @Test("A session never adopts the tokens of another user who signed in under its id")
    func replaced() async throws {
        let fixture = SessionFixture()
        let ada = try await fixture.session()
        let bob = try await fixture.session(as: FakeUser(subject: "u2", name: "Bob"))
        fixture.expire()
        #expect(await ada.outcome() == "notSignedIn")
        #expect(ada.subject == "u1" && ada.state == .signedOut)
        #expect(await bob.outcome() != "notSignedIn")
        #expect(try await fixture.stored()?.claims.subject == "u2")
    }

    @Test("A session adopts a later sign-in of the same user from the store")
    func sameUserAgain() async throws {
        let fixture = SessionFixture()
        let old = try await fixture.session()
        fixture.server.revokeRefreshTokenFamily(1)
        fixture.expire()
        #expect(await old.outcome() == "sessionEnded")
        let new = try await fixture.session()
        fixture.clock.advance(by: .seconds(61))
        #expect(try await old.accessToken().value == new.accessToken().value)
        #expect(old.state == .active)
    }
}
