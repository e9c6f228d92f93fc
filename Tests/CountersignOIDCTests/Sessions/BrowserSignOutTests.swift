import Countersign
import CountersignTesting
import Testing

@testable import CountersignOIDC

@Suite("Signing out of browser sessions")
struct BrowserSignOutTests {
    @Test("A sign-out form without the session's CSRF token is rejected")
    func csrf() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let completion = try await backEnd.signIn(&browser)
        var other = Browser()
        let otherCompletion = try await backEnd.signIn(&other, as: FakeUser(subject: "u2"))
        for token in [nil, "", "x", otherCompletion.browser.csrfToken, String(completion.browser.csrfToken.dropLast())]
        {
            #expect(!completion.browser.isValid(csrfToken: token))
            await #expect { try await backEnd.sessions.signOut(cookies: browser.cookies, csrfToken: token) } throws: {
                ($0 as? SignInError)?.kind == .stateMismatch
            }
        }
        #expect(try await backEnd.sessions.session(cookies: browser.cookies) != nil)
        let token = completion.browser.csrfToken
        #expect(!browser.cookies.contains(token))
        let signOut = try #require(try await backEnd.sessions.signOut(cookies: browser.cookies, csrfToken: token))
        #expect(signOut.signOut.endSessionURL != nil)
        browser.receive(signOut.setCookie)
        #expect(browser.jar.isEmpty)
        #expect(completion.browser.session.state == .signedOut)
        #expect(try await backEnd.sessions.signOut(cookies: browser.cookies, csrfToken: token) == nil)
        #expect(backEnd.server.liveRefreshTokenFamilies.count == 1)
    }

    @Test(
        "Back-channel logout ends all sessions of a user, or those of one session (sid); a token is accepted once"
    )
    func backChannel() async throws {
        let backEnd = WebBackEnd()
        var browsers = [Browser(), Browser(), Browser()]
        for index in browsers.indices { _ = try await backEnd.signIn(&browsers[index]) }
        let sessionID = try #require(backEnd.server.refreshTokenFamilies.first?.sessionID)
        let one = try backEnd.server.logoutToken(clientID: "web", subject: nil, sessionID: sessionID)
        // In a different process than the browsers' requests.
        let ended = try await backEnd.otherProcess().backChannelLogout(logoutToken: one)
        #expect(ended >= 1)
        #expect(try await backEnd.sessions.session(cookies: browsers[0].cookies) == nil)
        await #expect { try await backEnd.sessions.backChannelLogout(logoutToken: one) } throws: {
            ($0 as? SignInError)?.idTokenError?.kind == .replayed
        }
        let all = try backEnd.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
        _ = try await backEnd.sessions.backChannelLogout(logoutToken: all)
        for browser in browsers { #expect(try await backEnd.sessions.session(cookies: browser.cookies) == nil) }
        #expect(try await backEnd.sessions.sessions(of: "u1").isEmpty)
    }

    @Test(
        "A logout request without a token is rejected, as one with an invalid token is",
        arguments: [nil, "", "x"]
    )
    func noToken(_ token: String?) async throws {
        let backEnd = WebBackEnd()
        await #expect { try await backEnd.sessions.backChannelLogout(logoutToken: token) } throws: {
            ($0 as? SignInError)?.kind == .invalidLogoutToken
        }
    }

    @Test("A logout during a failure of the store fails, and succeeds when it is retried")
    func backChannelWithoutStore() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        _ = try await backEnd.signIn(&browser)
        let token = try backEnd.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
        backEnd.store.fail([.load])
        await #expect(throws: SignInError.self) { try await backEnd.sessions.backChannelLogout(logoutToken: token) }
        backEnd.store.fail([])
        #expect(try await backEnd.sessions.backChannelLogout(logoutToken: token) == 1)
    }

    @Test(
        "P50: sessions whose DPoP key this process does not have are ended, counted and revoked",
        arguments: [true, false]
    )
    func lostKey(isBackChannel: Bool) async throws {
        let backEnd = WebBackEnd { $0.dpop = .es256 }
        var browsers = [Browser(), Browser()]
        for index in browsers.indices { try await backEnd.signIn(&browsers[index]) }
        let other = backEnd.otherProcess()
        await #expect { _ = try await other.session(cookies: browsers[0].cookies) } throws: {
            ($0 as? TokenError)?.kind == .configuration
        }
        if isBackChannel {
            let token = try backEnd.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
            #expect(try await other.backChannelLogout(logoutToken: token) == 2)
        } else {
            let ended = try await other.signOutAll(of: "u1")
            #expect(ended.map { "\($0)" } == ["SignOutResult(revoked)", "SignOutResult(revoked)"])
            #expect(backEnd.server.liveRefreshTokenFamilies.isEmpty)
        }
        for browser in browsers { #expect(try await other.session(cookies: browser.cookies) == nil) }
    }

    @Test("signOutAll ends all sessions, also if the authorization server does not answer the revocations")
    func revocationWithoutResponse() async throws {
        let backEnd = WebBackEnd()
        var browsers = [Browser(), Browser(), Browser()]
        var sessions: [UserSession] = []
        for index in browsers.indices { sessions.append(try await backEnd.signIn(&browsers[index]).browser.session) }
        let gate = AsyncGate()
        backEnd.server.inject(.held(by: gate), at: .revocation, times: nil)
        let signOut = Task { try await backEnd.sessions.signOutAll(of: "u1") }
        // The first revocation is sent after the last session has ended.
        await gate.waitForArrivals(1)
        for (browser, session) in zip(browsers, sessions) {
            #expect(session.state == .signedOut)
            #expect(await session.outcome() == "notSignedIn")
            #expect(try await backEnd.fixture.stored(id: session.id) == nil)
            #expect(try await backEnd.otherProcess().session(cookies: browser.cookies) == nil)
        }
        #expect(await !backEnd.sessions.shutdown(within: .zero).isComplete)
        gate.open()
        let results = try await signOut.value
        #expect(results.map { "\($0)" } == Array(repeating: "SignOutResult(revoked)", count: 3))
        #expect(backEnd.server.liveRefreshTokenFamilies.isEmpty)
        #expect(await backEnd.sessions.shutdown().isComplete)
    }

    @Test("A session of another client is ended and counted, and the result says that nothing was revoked")
    func sessionOfAnotherClient() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let completion = try await backEnd.signIn(&browser)
        let anotherClient = OIDCClient(
            backEnd.fixture.configuration,
            credentials: .secret(id: "another", SecretValue("s3cret")),
            runtime: backEnd.fixture.otherRuntime()
        )
        let other = BrowserSessions(anotherClient, store: backEnd.store)
        let ended = try await other.signOutAll(of: "u1")
        #expect(ended.count == 1)
        guard case .failed(let error) = ended.first?.revocation else {
            Issue.record("\(ended)")
            return
        }
        #expect(error.kind == .configuration)
        #expect(try await backEnd.fixture.stored(id: completion.browser.session.id) == nil)
        #expect(try await other.session(cookies: browser.cookies) == nil)
    }
}
