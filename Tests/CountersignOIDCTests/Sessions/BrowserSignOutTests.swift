import Countersign
import CountersignTesting
import Testing

@testable import CountersignOIDC

@Suite("Signing out browsers")
struct BrowserSignOutTests {
    @Test("A form from a foreign page signs nobody out")
    func csrf() async throws {
        let site = Site()
        var browser = Browser()
        let done = try await site.signIn(&browser)
        var other = Browser()
        let foreign = try await site.signIn(&other, as: FakeUser(subject: "u2"))
        for token in [nil, "", "x", foreign.browser.csrfToken, String(done.browser.csrfToken.dropLast())] {
            #expect(!done.browser.isValid(csrfToken: token))
            await #expect { try await site.sessions.signOut(cookies: browser.cookies, csrfToken: token) } throws: {
                ($0 as? SignInError)?.kind == .stateMismatch
            }
        }
        #expect(try await site.sessions.session(cookies: browser.cookies) != nil)
        let token = done.browser.csrfToken
        #expect(!browser.cookies.contains(token))
        let signOut = try #require(try await site.sessions.signOut(cookies: browser.cookies, csrfToken: token))
        #expect(signOut.signOut.endSessionURL != nil)
        browser.receive(signOut.setCookie)
        #expect(browser.jar.keys.sorted() == ["__Host-session-signin"])
        #expect(done.browser.session.state == .signedOut)
        #expect(try await site.sessions.signOut(cookies: browser.cookies, csrfToken: token) == nil)
        #expect(site.world.server.liveRefreshTokenFamilies.count == 1)
    }

    @Test(
        "The authorization server ends all sessions of a user, or those of one session of its own; a token counts once"
    )
    func backChannel() async throws {
        let site = Site()
        var browsers = [Browser(), Browser(), Browser()]
        for index in browsers.indices { _ = try await site.signIn(&browsers[index]) }
        let sessionID = try #require(site.world.server.refreshTokenFamilies.first?.sessionID)
        let one = try site.world.server.logoutToken(clientID: "web", subject: nil, sessionID: sessionID)
        // In another process than the browsers' requests came to.
        let ended = try await site.otherProcess().backChannelLogout(logoutToken: one)
        #expect(ended >= 1)
        #expect(try await site.sessions.session(cookies: browsers[0].cookies) == nil)
        await #expect { try await site.sessions.backChannelLogout(logoutToken: one) } throws: {
            ($0 as? SignInError)?.idTokenError?.kind == .replayed
        }
        let all = try site.world.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
        _ = try await site.sessions.backChannelLogout(logoutToken: all)
        for browser in browsers { #expect(try await site.sessions.session(cookies: browser.cookies) == nil) }
        #expect(try await site.sessions.sessions(of: "u1").isEmpty)
    }

    @Test(
        "A request to log out that brings no token is refused like one with a wrong token",
        arguments: [nil, "", "x"]
    )
    func noToken(_ token: String?) async throws {
        let site = Site()
        await #expect { try await site.sessions.backChannelLogout(logoutToken: token) } throws: {
            ($0 as? SignInError)?.kind == .logoutToken
        }
    }

    @Test("A logout that the store does not take is refused, and counts when it comes again")
    func backChannelWithoutStore() async throws {
        let site = Site()
        var browser = Browser()
        _ = try await site.signIn(&browser)
        let token = try site.world.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
        site.world.store.fail([.load])
        await #expect(throws: SignInError.self) { try await site.sessions.backChannelLogout(logoutToken: token) }
        site.world.store.fail([])
        #expect(try await site.sessions.backChannelLogout(logoutToken: token) == 1)
    }

    @Test(
        "P50: sessions whose key this process has not are ended, counted and revoked all the same",
        arguments: [true, false]
    )
    func lostKey(byTheServer: Bool) async throws {
        let site = Site { $0.dpop = .es256 }
        var browsers = [Browser(), Browser()]
        for index in browsers.indices { try await site.signIn(&browsers[index]) }
        let other = site.otherProcess()
        await #expect { _ = try await other.session(cookies: browsers[0].cookies) } throws: {
            ($0 as? TokenError)?.kind == .configuration
        }
        if byTheServer {
            let token = try site.world.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
            #expect(try await other.backChannelLogout(logoutToken: token) == 2)
        } else {
            let ended = try await other.signOutAll(of: "u1")
            #expect(ended.map { "\($0)" } == ["SignOut(done)", "SignOut(done)"])
            #expect(site.world.server.liveRefreshTokenFamilies.isEmpty)
        }
        for browser in browsers { #expect(try await other.session(cookies: browser.cookies) == nil) }
    }

    @Test("A session that cannot be read here is ended and counted, and it is told that nothing was revoked")
    func unreadable() async throws {
        let site = Site()
        var browser = Browser()
        let done = try await site.signIn(&browser)
        let stranger = OIDCClient(
            site.world.configuration,
            credentials: .secret(id: "another", Secret("s3cret")),
            runtime: site.world.otherRuntime()
        )
        let other = BrowserSessions(stranger, store: site.world.store)
        let ended = try await other.signOutAll(of: "u1")
        #expect(ended.count == 1)
        guard case .failed(let error) = ended.first?.revocation else {
            Issue.record("\(ended)")
            return
        }
        #expect(error.kind == .configuration)
        #expect(try await site.world.stored(id: done.browser.session.id) == nil)
        #expect(try await other.session(cookies: browser.cookies) == nil)
    }
}
