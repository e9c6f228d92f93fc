import Countersign
import CountersignTesting
import Testing

@testable import CountersignOIDC

@Suite("Browser sessions")
struct BrowserSessionsTests {
    @Test("A sign-in sets a session cookie that identifies the browser, and returns to the requested path")
    func signIn() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        #expect(try await backEnd.sessions.session(cookies: browser.cookies) == nil)
        let completion = try await backEnd.signIn(&browser, returnTo: "/notes?page=2")
        #expect(completion.returnTo == "/notes?page=2")
        let found = try #require(try await backEnd.sessions.session(cookies: browser.cookies))
        #expect(found.session === completion.browser.session)
        #expect(found.session.subject == "u1")
        #expect(found.setCookie == nil)
        #expect(await found.session.outcome().hasPrefix("ey"))
    }

    @Test("Cookies are HttpOnly, Secure, Lax and __Host-, except for form_post and http on this machine")
    func attributes() async throws {
        let backEnd = WebBackEnd()
        let start = try await backEnd.sessions.beginSignIn(cookies: nil)
        #expect(
            start.setCookies[0].wholeMatch(of: /__Host-session-signin-[\w-]{16}=\d+\.[\w-]{43}; Path=\/; .*/) != nil
                && start.setCookies[0].hasSuffix("; Max-Age=600; HttpOnly; Secure; SameSite=Lax")
        )
        var browser = Browser()
        let cookie = try #require(try await backEnd.signIn(&browser).browser.setCookie)
        #expect(
            cookie.wholeMatch(of: /__Host-session=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax/)
                != nil
        )
        let posting = WebBackEnd { $0.responseMode = .formPost }
        #expect(try await posting.sessions.beginSignIn(cookies: nil).setCookies[0].hasSuffix("; Secure; SameSite=None"))
        let local = WebBackEnd { $0.redirectURI = "http://127.0.0.1:8080/callback" }
        #expect(!local.sessions.sessionCookie.isSecure && local.sessions.sessionCookie.name == "session")
    }

    @Test("The store contains the digest of the session cookie, not the cookie")
    func digests() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let completion = try await backEnd.signIn(&browser)
        let secret = try #require(browser.jar["__Host-session"])
        #expect(completion.browser.session.id == BrowserSecret.digest(secret))
        let stored = try #require(try await backEnd.fixture.stored(id: completion.browser.session.id))
        #expect(!String(decoding: stored.contents, as: UTF8.self).contains(secret))
        let start = try await backEnd.sessions.beginSignIn(cookies: nil)
        #expect(!"\(completion) \(completion.browser) \(start)".contains(secret.prefix(8)))
    }

    @Test(
        "A callback is accepted once, and only from the browser that started the sign-in",
        arguments: [CallbackOrigin.sameBrowser, .replay, .otherBrowser, .withoutCookies]
    )
    func callbacks(from origin: CallbackOrigin) async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        var otherBrowser = Browser()
        _ = try await backEnd.approve(&otherBrowser)
        var cookies: String? = browser.cookies
        switch origin {
        case .sameBrowser: break
        case .replay: _ = try await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        case .otherBrowser: cookies = otherBrowser.cookies
        case .withoutCookies: cookies = nil
        }
        let requests = backEnd.server.count(.token)
        if origin == .sameBrowser {
            _ = try await backEnd.sessions.finishSignIn(callback: callback, cookies: cookies)
        } else {
            await #expect { try await backEnd.sessions.finishSignIn(callback: callback, cookies: cookies) } throws: {
                ($0 as? SignInError)?.kind == .stateMismatch
            }
            #expect(backEnd.server.count(.token) == requests, "nothing was sent")
        }
    }

    enum CallbackOrigin: Sendable { case sameBrowser, replay, otherBrowser, withoutCookies }

    @Test("Of ten concurrent callbacks, one signs in, and the code is sent once")
    func parallelCallbacks() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        let cookies = browser.cookies
        let count = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    (try? await backEnd.sessions.finishSignIn(callback: callback, cookies: cookies)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 1)
        #expect(backEnd.server.count(.token) == 1)
    }

    @Test("Of two processes that have loaded the same pending sign-in, one completes it")
    func callbacksInTwoProcesses() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        let gate = AsyncGate()
        backEnd.store.afterLoad { name in if name.hasPrefix("signin.") { try? await gate.pass() } }
        let cookies = browser.cookies
        async let first = try? backEnd.sessions.finishSignIn(callback: callback, cookies: cookies)
        async let second = try? backEnd.otherProcess().finishSignIn(callback: callback, cookies: cookies)
        await gate.waitForArrivals(2)
        gate.open()
        let completions = [await first, await second].compactMap { $0 }
        #expect(completions.count == 1)
        #expect(backEnd.server.count(.token) == 1)
    }

    @Test("A sign-in that takes more than ten minutes is rejected")
    func late() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        backEnd.clock.advance(by: .seconds(601))
        await #expect {
            try await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        } throws: {
            ($0 as? SignInError)?.kind == .stateMismatch
        }
        #expect(backEnd.server.count(.token) == 0)
    }

    @Test("Two tabs can sign in at the same time")
    func tabs() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let first = try await backEnd.approve(&browser, returnTo: "/1")
        let second = try await backEnd.approve(&browser, returnTo: "/2")
        let completion = try await backEnd.sessions.finishSignIn(callback: first, cookies: browser.cookies)
        #expect(completion.returnTo == "/1")
        browser.receive(completion.setCookies)
        #expect(try await backEnd.sessions.finishSignIn(callback: second, cookies: browser.cookies).returnTo == "/2")
    }

    @Test("Every sign-in sets a new session cookie and ends the session of the previous one")
    func rotation() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let first = try await backEnd.signIn(&browser)
        let before = browser.cookies
        let second = try await backEnd.signIn(&browser)
        #expect(browser.cookies != before)
        #expect(try await backEnd.sessions.session(cookies: before) == nil)
        #expect(first.browser.session.state == .signedOut)
        #expect(await first.browser.session.outcome() == "notSignedIn")
        #expect(await second.browser.session.outcome().hasPrefix("ey"))
        // Session fixation: a cookie that an attacker has set before the sign-in is not used.
        var attacked = Browser()
        let secret = try BrowserSecret.make()
        attacked.jar["__Host-session"] = secret
        _ = try await backEnd.signIn(&attacked)
        #expect(attacked.jar["__Host-session"] != secret)
    }

    @Test(
        "Return addresses of other sites are rejected (open redirects)",
        arguments: [
            "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "evil", "", "/a\r\nb",
            "/\t/e",
            "/a b", "javascript:alert(1)", "/ä", "/a\u{0}", "///e",
        ]
    )
    func openRedirects(address: String) async throws {
        let backEnd = WebBackEnd()
        await #expect { try await backEnd.sessions.beginSignIn(returnTo: address, cookies: nil) } throws: {
            ($0 as? SignInError)?.kind == .invalidReturnTo
        }
        #expect(backEnd.server.requests.isEmpty)
    }

    @Test(
        "Paths of the site are accepted",
        arguments: ["/", "/notes", "/a//b", "/?next=https://x", "/%2F%2Fevil", "/a#b"]
    )
    func localPaths(address: String) {
        #expect(LocalPath.isLocal(address))
    }

    @Test(
        "Cookies that are duplicated, truncated, too long or malformed are ignored",
        arguments: [
            "NAME=SECRET; NAME=SECRET", "NAME=SECRET; NAME=OTHER", "NAME=OTHER", "NAME=", "NAME", "=SECRET",
            "NAME=SECRET\"", "NAMES=SECRET", "xNAME=SECRET", "NAME=\"SECRET\"", "NAME = SECRET",
        ]
    )
    func strictCookies(field: String) async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        _ = try await backEnd.signIn(&browser)
        let (name, secret) = ("__Host-session", try #require(browser.jar["__Host-session"]))
        let field = field.replacing("NAME", with: name).replacing("SECRET", with: secret)
            .replacing("OTHER", with: secret.dropLast(1))
        #expect(try await backEnd.sessions.session(cookies: field) == nil)
        #expect(try await backEnd.sessions.session(cookies: "a=b;\(name)=\(secret); c") != nil)
    }

    @Test("Requests extend the idle timeout, but not the maximum lifetime")
    func lifetimes() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        _ = try await backEnd.signIn(&browser)
        var extensions = 0
        // One request every half hour for twelve hours. The idle timeout is an hour.
        for _ in 0..<23 {
            backEnd.clock.advance(by: .seconds(1800))
            let found = try #require(try await backEnd.sessions.session(cookies: browser.cookies))
            if let cookie = found.setCookie {
                extensions += 1
                browser.receive(cookie)
            }
        }
        #expect(extensions == 23)
        #expect(browser.received.last?.contains("Max-Age=1800") == true, "not beyond the maximum lifetime")
        backEnd.clock.advance(by: .seconds(1800))
        #expect(try await backEnd.sessions.session(cookies: browser.cookies) == nil)

        var idle = Browser()
        _ = try await backEnd.signIn(&idle)
        backEnd.clock.advance(by: .seconds(300))
        #expect(
            try await backEnd.sessions.session(cookies: idle.cookies)?.setCookie == nil,
            "extended only after a tenth of the idle timeout"
        )
        backEnd.clock.advance(by: .seconds(3300))
        #expect(try await backEnd.sessions.session(cookies: idle.cookies) == nil)
    }

    @Test("The sessions of a user are found without a browser, also by another process")
    func bySubject() async throws {
        let backEnd = WebBackEnd()
        var browsers = [Browser(), Browser()]
        for index in browsers.indices { _ = try await backEnd.signIn(&browsers[index]) }
        var other = Browser()
        _ = try await backEnd.signIn(&other, as: FakeUser(subject: "u2"))
        #expect(try await backEnd.sessions.sessions(of: "u1").count == 2)
        #expect(try await backEnd.otherProcess().sessions(of: "u1").map(\.subject) == ["u1", "u1"])
        #expect(try await backEnd.sessions.sessions(of: "u3").isEmpty)
        #expect(try await backEnd.sessions.signOutAll(of: "u1").count == 2)
        #expect(try await backEnd.sessions.session(cookies: browsers[0].cookies) == nil)
        #expect(try await backEnd.sessions.session(cookies: other.cookies) != nil)
    }

    @Test("Concurrent requests of a browser share one session object and one refresh")
    func oneObject() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        _ = try await backEnd.signIn(&browser)
        backEnd.clock.advance(by: .seconds(3599))
        let cookies = browser.cookies
        let values = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await backEnd.sessions.session(cookies: cookies)?.session.outcome() ?? "not signed in"
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(values.count == 1)
        #expect(backEnd.fixture.refreshes == 1)
    }
}
