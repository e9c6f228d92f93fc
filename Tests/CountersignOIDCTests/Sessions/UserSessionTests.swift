import Countersign
import CountersignJSON
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("User sessions")
struct UserSessionTests {
    @Test("A session hands out the sign-in's token until it is renewed, and stores the new refresh token")
    func renewal() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let first = try await session.accessToken(scopes: ["notes.read"])
        #expect(try await session.accessToken().value == first.value)
        #expect(world.refreshes == 0)
        world.expire()
        let second = try await session.accessToken()
        #expect(second.value != first.value)
        #expect(world.refreshes == 1)
        #expect(try await world.stored()?.refreshToken == world.server.liveRefreshTokenFamilies.first?.refreshToken)
        #expect(try await world.stored()?.pending == nil)
        #expect(session.subject == "u1" && session.claims.name() == "Ada" && session.state == .active)
        #expect(session.hasRefreshToken && session.hasIDToken)
    }

    @Test("A refresh carries the parameters that the sign-in's token request carried")
    func parameters() async throws {
        let world = SessionWorld { $0.parameters = ["tenant": "acme"] }
        let session = try await world.session()
        world.expire()
        _ = try await session.accessToken()
        for grant in [FakeAuthorizationServer.GrantType.authorizationCode, .refreshToken] {
            #expect(world.server.requests(grantType: grant).map { $0.form["tenant"] } == ["acme"])
        }
    }

    @Test("A session that was restored goes on with the stored token, without a request")
    func restoring() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let token = try await session.accessToken()
        let requests = world.server.requests.count
        let restored = try #require(try await world.restored(runtime: world.otherRuntime()))
        #expect(try await restored.accessToken().value == token.value)
        #expect(restored.claims == session.claims && restored.grantedScopes == session.grantedScopes)
        #expect(world.server.requests.count == requests)
        #expect(try await world.restored(id: "another") == nil)
    }

    @Test("A hundred tasks whose token has expired make one refresh")
    func sharing() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.expire()
        let values = await withTaskGroup(of: String.self) { group in
            for index in 0..<100 {
                group.addTask { await session.outcome(scopes: index.isMultiple(of: 2) ? ["notes.read"] : []) }
            }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(values.count == 1)
        #expect(world.refreshes == 1)
    }

    @Test("A scope that was not granted is refused, and nothing is sent")
    func missingScope() async throws {
        let world = SessionWorld()
        let session = try await world.session(scopes: ["openid", "offline_access", "notes.read"])
        let requests = world.server.requests.count
        #expect(await session.outcome(scopes: ["notes.write"]) == "missingScope")
        #expect(await session.outcome(scopes: ["notes.read"]) != "missingScope")
        #expect(world.server.requests.count == requests)
    }

    @Test("P06: when all who wait for a refresh are cancelled, it goes on, and what it brings is stored and used")
    func cancelled() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.expire()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate), grantType: .refreshToken)
        let waiting = Task { await session.outcome() }
        await gate.waitForArrivals(1)
        waiting.cancel()
        #expect(await waiting.value == "cancelled")
        gate.open()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(world.refreshes == 1)
        #expect(try await world.stored()?.refreshToken == world.server.liveRefreshTokenFamilies.first?.refreshToken)
        Promise.seen(6, "a refresh on its way goes on, and what it brings is stored: \(world.refreshes) request in all")
    }

    @Test("Every resource has a token of its own, got by one refresh each")
    func resources() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let a = try await session.accessToken(resources: ["https://a.example"])
        let b = try await session.accessToken(resources: ["https://b.example"])
        #expect(a.value != b.value)
        #expect(try await session.accessToken(resources: ["https://a.example"]).value == a.value)
        #expect(world.refreshes == 2)
        let restored = try #require(try await world.restored())
        #expect(try await restored.accessToken(resources: ["https://b.example"]).value == b.value)
        #expect(world.refreshes == 2)
    }

    @Test("A token for some scopes says nothing of the others")
    func tokenPerScopes() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let slot = try session.slot(
            of: nil,
            scopes: ["notes.read"],
            tokenPerScopes: true,
            resources: [],
            parameters: [:]
        )
        #expect(try await slot.token(deadline: nil).scopes == ["notes.read"])
        #expect(session.grantedScopes.contains("notes.write"))
        world.expire()
        #expect(await session.outcome(scopes: ["notes.write"]) != "missingScope")
    }

    @Test("After a 401 the refused token is not handed out again, whichever slot it came from")
    func refusal() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let first = try session.slot(
            of: nil,
            scopes: ["notes.read"],
            tokenPerScopes: false,
            resources: [],
            parameters: [:]
        )
        let other = try session.slot(
            of: nil,
            scopes: ["notes.write"],
            tokenPerScopes: false,
            resources: [],
            parameters: [:]
        )
        let refused = try await first.token(deadline: nil)
        let alsoRefused = try await other.token(deadline: nil)
        #expect(refused.value == alsoRefused.value)
        let replacement = try await first.replacement(for: refused, deadline: nil)
        #expect(replacement.value != refused.value)
        #expect(try await other.replacement(for: alsoRefused, deadline: nil).value == replacement.value)
        #expect(world.refreshes == 1)
    }

    @Test("A session without a refresh token ends with its access token, and says so")
    func noRefreshToken() async throws {
        let world = SessionWorld()
        world.server.configuration.requiresOfflineAccess = true
        let session = try await world.session(scopes: ["openid", "notes.read"])
        #expect(!session.hasRefreshToken)
        #expect(await session.outcome() != "sessionEnded")
        world.expire()
        #expect(await session.outcome() == "sessionEnded")
        #expect(session.state == .active, "the authorization server has not ended it")
    }

    @Test("What a program makes of the claims is kept, at sign-in and after a refresh")
    func claimsTransform() async throws {
        let world = SessionWorld()
        var options = SessionOptions()
        options.claims = { new, kept in
            UserClaims([
                "greeting": .string("\(kept == nil ? "Hello" : "Again"), \(new.name() ?? "")"), "sub": "mallory",
            ])
        }
        let session = try await world.session(options: options)
        var events = session.events.makeAsyncIterator()
        #expect(session.claims.text("greeting") == "Hello, Ada")
        #expect(session.subject == "u1", "who it is about does not change")
        world.server.register(FakeUser(subject: "u1", name: "Ada L."))
        world.expire()
        _ = try await session.accessToken()
        #expect(session.claims.text("greeting") == "Again, Ada L.")
        #expect(await events.next()?.kind == .claimsChanged)
        #expect(await events.next()?.kind == .refreshed)
        #expect(try await world.stored()?.claims == session.claims)
    }

    @Test("Userinfo that is asked again is kept beside what was known, and stored")
    func userInfo() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.server.register(FakeUser(subject: "u1", name: "Ada L.", claims: ["locale": "en"]))
        let claims = try await session.reloadUserInfo()
        #expect(claims.name() == "Ada L." && session.claims == claims)
        #expect(try await world.stored()?.claims == claims)
        #expect(claims["sid"] != nil, "what the ID token said besides")
    }

    @Test("The current session is the task's")
    func current() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        #expect(UserSession.current == nil)
        await UserSession.$current.withValue(session) {
            await Task { #expect(UserSession.current === session) }.value
        }
    }

    @Test("A session prints neither tokens nor what is known of a person")
    func printing() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let record = try #require(try await world.stored())
        var text = "\(session) \(record) \(record.tokens)"
        dump(session, to: &text)
        dump(record, to: &text)
        for secret in [record.refreshToken, record.tokens[0].value, record.idToken, "Ada", "ada@example.com"] {
            #expect(!text.contains(try #require(secret).prefix(8)))
        }
    }

    @Test("Another user's sign-in under the same id does not become this session's")
    func replaced() async throws {
        let world = SessionWorld()
        let ada = try await world.session()
        let bob = try await world.session(as: FakeUser(subject: "u2", name: "Bob"))
        world.expire()
        #expect(await ada.outcome() == "notSignedIn")
        #expect(ada.subject == "u1" && ada.state == .signedOut)
        #expect(await bob.outcome() != "notSignedIn")
        #expect(try await world.stored()?.claims.subject == "u2")
    }

    @Test("A later sign-in of the same user is taken over from the store")
    func sameUserAgain() async throws {
        let world = SessionWorld()
        let old = try await world.session()
        world.server.revokeRefreshTokenFamily(1)
        world.expire()
        #expect(await old.outcome() == "sessionEnded")
        let new = try await world.session()
        world.clock.advance(by: .seconds(61))
        #expect(try await old.accessToken().value == new.accessToken().value)
        #expect(old.state == .active)
    }
}
