import Countersign
import CountersignTesting
import Foundation
import Synchronization
import Testing

@testable import CountersignOIDC

@Suite("Attacks on sessions, and failures during sign-in and sign-out")
struct SessionAttackTests {
    @Test("Abandoned sign-ins do not fill the memory store")
    func abandonedSignIns() async throws {
        let clock = VirtualClock()
        let store = MemoryTokenStore(clock: clock)
        for number in 0..<20_000 {
            clock.advance(by: .seconds(1))
            _ = try await store.save([1], as: "\(number)", replacing: nil, until: clock.date() + 600)
        }
        #expect(await store.removeExpired() < 2000)
    }

    @Test("A back-channel logout while a sign-in is being stored ends that session", arguments: 1...5)
    func logoutDuringSignIn(save: Int) async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        let other = backEnd.otherProcess()
        let count = Atomic(0)
        let server = backEnd.server
        backEnd.store.beforeSave {
            guard count.add(1, ordering: .relaxed).newValue == save else { return }
            let token = try? server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
            _ = try? await other.backChannelLogout(logoutToken: token ?? "")
        }
        let completion = try? await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        if let completion { browser.receive(completion.setCookies) }
        #expect(try await backEnd.sessions.session(cookies: browser.cookies) == nil)
        #expect(try await backEnd.sessions.sessions(of: "u1").isEmpty)
    }

    @Test("A logout token with an empty session is rejected")
    func logoutTokenWithEmptySession() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        _ = try await backEnd.signIn(&browser)
        let token = try backEnd.server.logoutToken(clientID: "web", subject: "u1", sessionID: "")
        await #expect { try await backEnd.sessions.backChannelLogout(logoutToken: token) } throws: {
            ($0 as? SignInError)?.idTokenError?.kind == .missingClaim
        }
    }

    @Test("The tokens of a sign-in that could not be stored are revoked")
    func failedSignIn() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        let count = Atomic(0)
        let store = backEnd.store
        store.beforeSave { if count.add(1, ordering: .relaxed).newValue == 2 { store.fail([.save]) } }
        await #expect(throws: SignInError.self) {
            try await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        }
        #expect(backEnd.server.count(grantType: .authorizationCode) == 1)
        #expect(backEnd.server.liveRefreshTokenFamilies.isEmpty)
    }

    @Test("A completed sign-in leaves no entry, even if its entry cannot be removed")
    func completedSignIn() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        backEnd.store.fail([.remove])
        _ = try? await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        #expect(await backEnd.store.store.removeExpired() == 1)
    }

    @Test("A request that loads a session while its user signs out does not restore it")
    func loadDuringSignOut() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let csrfToken = try await backEnd.signIn(&browser).browser.csrfToken
        let cookies = browser.cookies
        let sessions = backEnd.otherProcess()
        let isSignedOut = Atomic(false)
        backEnd.store.afterLoad { name in
            guard name.hasPrefix("session."), !isSignedOut.exchange(true, ordering: .relaxed) else { return }
            _ = try? await sessions.signOut(cookies: cookies, csrfToken: csrfToken, revoking: .nothing)
        }
        let found = try await sessions.session(cookies: cookies)
        #expect(found == nil)
        #expect(await found?.session.outcome() == nil, "no caller has a token")
    }

    @Test("A logout ends sessions even if the store accepts no entries, and fails so that it is retried")
    func logoutWithFullDisk() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        _ = try await backEnd.signIn(&browser)
        let token = try backEnd.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
        backEnd.store.fail([.save])
        await #expect { try await backEnd.sessions.backChannelLogout(logoutToken: token) } throws: {
            ($0 as? SignInError)?.isTransient == true
        }
        backEnd.store.fail([])
        #expect(try await backEnd.sessions.session(cookies: browser.cookies) == nil)
        #expect(try await backEnd.sessions.backChannelLogout(logoutToken: token) == 0)
    }

    @Test("A web sign-in whose session cannot be stored fails, and leaves neither session nor tokens")
    func unsavedSession() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        let count = Atomic(0)
        let store = backEnd.store
        // The browser's record is stored. The session is the fifth entry to be saved.
        store.beforeSave { if count.add(1, ordering: .relaxed).newValue == 5 { store.fail([.save]) } }
        await #expect {
            _ = try await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        } throws: {
            ($0 as? SignInError)?.tokenError?.kind == .storage && ($0 as? SignInError)?.isTransient == true
        }
        store.fail([])
        #expect(count.load(ordering: .relaxed) >= 5)
        #expect(backEnd.server.liveRefreshTokenFamilies.isEmpty)
        #expect(try await backEnd.sessions.sessions(of: "u1").isEmpty)
    }

    @Test("After its maximum lifetime, a session is not refreshed even if the store fails")
    func lifetimeWithoutStore() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let session = try await backEnd.signIn(&browser).browser.session
        backEnd.clock.advance(by: .seconds(12 * 3600))
        backEnd.store.fail([.load, .save, .lease])
        #expect(await session.outcome() == "notSignedIn")
        #expect(backEnd.fixture.refreshes == 0)
    }

    @Test("A cookie of one site is invalid at a site with another issuer that shares the store")
    func otherIssuer() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        _ = try await backEnd.signIn(&browser)
        var configuration = backEnd.fixture.configuration
        configuration.issuer = "https://other.example"
        let client = OIDCClient(configuration, credentials: .publicClient(id: "web"), runtime: backEnd.fixture.runtime)
        let other = BrowserSessions(client, store: backEnd.store)
        #expect(try await other.session(cookies: browser.cookies) == nil)
        #expect(try await backEnd.sessions.session(cookies: browser.cookies) != nil)
    }

    @Test("An event identifies its session, and contains no secret and nothing about the user")
    func events() async throws {
        let reported = Locked<[SessionEvent]>([])
        let fixture = SessionFixture()
        var configuration = SessionConfiguration()
        configuration.onEvent = { event in reported.withLock { $0.append(event) } }
        let sessions = BrowserSessions(fixture.client(), store: fixture.store, configuration: configuration)
        let user = FakeUser(subject: "canary-user", name: "Canary Name")
        let first = try await sessions.beginSession(for: fixture.signIn(as: user))
        let second = try await sessions.beginSession(for: fixture.signIn(as: user))
        _ = await second.session.outcome(forceRenewal: true)
        _ = await first.session.outcome(forceRenewal: true)
        let (cookie, id) = (try #require(second.setCookie), second.session.id)
        _ = try await sessions.signOut(cookies: String(cookie.prefix { $0 != ";" }), csrfToken: second.csrfToken)
        let events = reported.withLock { $0 }
        #expect(events.map(\.kind) == [.refreshed, .refreshed, .signedOut])
        #expect(events.map(\.session) == [second, first, second].map(\.session.logID))
        #expect(try await fixture.store.load("session." + first.session.logID) != nil)
        #expect(first.session.logID != second.session.logID)
        for secret in [second.secret, second.csrfToken, id, "canary-user", "Canary Name"] {
            #expect(!"\(events)".contains(secret))
        }
    }

    @Test("The dump of a web back end contains no secret")
    func dumps() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let completion = try await backEnd.signIn(&browser)
        let token = await completion.browser.session.outcome()
        var text = ""
        dump(backEnd.sessions, to: &text)
        dump(backEnd.store.store, to: &text)
        dump(completion, to: &text)
        dump(backEnd.fixture.client(), to: &text)
        for secret in [token, browser.jar.values.first ?? token, "s3cret"] + backEnd.server.issuedTokens.map(\.value) {
            #expect(!text.contains(secret.prefix(8)))
        }
    }
}
