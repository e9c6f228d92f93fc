import Countersign
import CountersignTesting
import Testing

@testable import CountersignOIDC

@Suite("Sessions of browsers")
struct BrowserSessionsTests {
    @Test("A browser signs in, is found by its cookie, and goes where it wanted to")
    func signIn() async throws {
        let site = Site()
        var browser = Browser()
        #expect(try await site.sessions.session(cookies: browser.cookies) == nil)
        let done = try await site.signIn(&browser, returnTo: "/notes?page=2")
        #expect(done.returnTo == "/notes?page=2")
        let found = try #require(try await site.sessions.session(cookies: browser.cookies))
        #expect(found.session === done.browser.session)
        #expect(found.session.subject == "u1")
        #expect(found.setCookie == nil)
        #expect(await found.session.outcome().hasPrefix("ey"))
    }

    @Test("Cookies are HttpOnly, Secure, Lax and bound to the host, but for form_post and on this machine")
    func attributes() async throws {
        let site = Site()
        let start = try await site.sessions.beginSignIn()
        #expect(
            start.setCookie.wholeMatch(
                of: /__Host-session-signin=[\w-]{43}; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax/
            ) != nil
        )
        var browser = Browser()
        let cookie = try #require(try await site.signIn(&browser).browser.setCookie)
        #expect(
            cookie.wholeMatch(of: /__Host-session=[\w-]{43}; Path=\/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax/)
                != nil
        )
        let posting = Site { $0.responseMode = .formPost }
        #expect(try await posting.sessions.beginSignIn().setCookie.hasSuffix("; Secure; SameSite=None"))
        let local = Site { $0.redirectURI = "http://127.0.0.1:8080/callback" }
        #expect(!local.sessions.sessionCookie.isSecure && local.sessions.sessionCookie.name == "session")
    }

    @Test("The store has digests of cookies, and neither them nor the user's name in any entry's name")
    func digests() async throws {
        let site = Site()
        var browser = Browser()
        let done = try await site.signIn(&browser)
        let secret = try #require(browser.jar["__Host-session"])
        #expect(done.browser.session.id == BrowserSecret.digest(secret))
        let stored = try #require(try await site.world.stored(id: done.browser.session.id))
        #expect(!String(decoding: stored.contents, as: UTF8.self).contains(secret))
        #expect(!"\(done) \(done.browser) \(try await site.sessions.beginSignIn())".contains(secret.prefix(8)))
    }

    @Test(
        "A callback counts once, and only from the browser that began",
        arguments: [Query.own, .replayed, .foreign, .none]
    )
    func callbacks(from origin: Query) async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        var stranger = Browser()
        _ = try await site.approve(&stranger)
        var cookies: String? = browser.cookies
        switch origin {
        case .own: break
        case .replayed: _ = try await site.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        case .foreign: cookies = stranger.cookies
        case .none: cookies = nil
        }
        let requests = site.world.server.count(.token)
        if origin == .own {
            _ = try await site.sessions.finishSignIn(callback: callback, cookies: cookies)
        } else {
            await #expect { try await site.sessions.finishSignIn(callback: callback, cookies: cookies) } throws: {
                ($0 as? SignInError)?.kind == .stateMismatch
            }
            #expect(site.world.server.count(.token) == requests, "nothing was sent")
        }
    }

    enum Query: Sendable { case own, replayed, foreign, none }

    @Test("Ten callbacks at once: one signs in, and one code is redeemed")
    func parallelCallbacks() async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        let cookies = browser.cookies
        let count = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    (try? await site.sessions.finishSignIn(callback: callback, cookies: cookies)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(count == 1)
        #expect(site.world.server.count(.token) == 1)
    }

    @Test("Of two processes that have both found a sign-in, one completes it")
    func twoTakers() async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        let gate = AsyncGate()
        site.world.store.afterLoad { name in if name.hasPrefix("signin.") { try? await gate.pass() } }
        let cookies = browser.cookies
        async let first = try? site.sessions.finishSignIn(callback: callback, cookies: cookies)
        async let second = try? site.otherProcess().finishSignIn(callback: callback, cookies: cookies)
        await gate.waitForArrivals(2)
        gate.open()
        let done = [await first, await second].compactMap { $0 }
        #expect(done.count == 1)
        #expect(site.world.server.count(.token) == 1)
    }

    @Test("A sign-in that took more than ten minutes is refused")
    func late() async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        site.world.clock.advance(by: .seconds(601))
        await #expect { try await site.sessions.finishSignIn(callback: callback, cookies: browser.cookies) } throws: {
            ($0 as? SignInError)?.kind == .stateMismatch
        }
        #expect(site.world.server.count(.token) == 0)
    }

    @Test("Sign-ins in two tabs do not disturb each other")
    func tabs() async throws {
        let site = Site()
        var browser = Browser()
        let first = try await site.approve(&browser, returnTo: "/1")
        let second = try await site.approve(&browser, returnTo: "/2")
        let done = try await site.sessions.finishSignIn(callback: first, cookies: browser.cookies)
        #expect(done.returnTo == "/1")
        browser.receive(done.setCookie)
        #expect(try await site.sessions.finishSignIn(callback: second, cookies: browser.cookies).returnTo == "/2")
    }

    @Test("The cookie is another after every sign-in, and the one before is worth nothing")
    func rotation() async throws {
        let site = Site()
        var browser = Browser()
        let first = try await site.signIn(&browser)
        let before = browser.cookies
        let second = try await site.signIn(&browser)
        #expect(browser.cookies != before)
        #expect(try await site.sessions.session(cookies: before) == nil)
        #expect(first.browser.session.state == .signedOut)
        #expect(await first.browser.session.outcome() == "notSignedIn")
        #expect(await second.browser.session.outcome().hasPrefix("ey"))
        // A cookie that somebody planted before the sign-in is not taken over.
        var planted = Browser()
        let secret = try BrowserSecret.make()
        planted.jar["__Host-session"] = secret
        _ = try await site.signIn(&planted)
        #expect(planted.jar["__Host-session"] != secret)
    }

    @Test(
        "Addresses of other sites are refused",
        arguments: [
            "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example", "evil", "", "/a\r\nb",
            "/\t/e",
            "/a b", "javascript:alert(1)", "/ä", "/a\u{0}", "///e",
        ]
    )
    func openRedirects(address: String) async throws {
        let site = Site()
        await #expect { try await site.sessions.beginSignIn(returnTo: address) } throws: {
            ($0 as? SignInError)?.kind == .returnTo
        }
        #expect(site.world.server.requests.isEmpty)
    }

    @Test(
        "Paths of the site are taken",
        arguments: ["/", "/notes", "/a//b", "/?next=https://x", "/%2F%2Fevil", "/a#b"]
    )
    func localPaths(address: String) {
        #expect(LocalPath.isLocal(address))
    }

    @Test(
        "Cookies that are doubled, cut, too long or of another form are none",
        arguments: [
            "NAME=SECRET; NAME=SECRET", "NAME=SECRET; NAME=OTHER", "NAME=OTHER", "NAME=", "NAME", "=SECRET",
            "NAME=SECRET\"", "NAMES=SECRET", "xNAME=SECRET", "NAME=\"SECRET\"", "NAME = SECRET",
        ]
    )
    func strictCookies(field: String) async throws {
        let site = Site()
        var browser = Browser()
        _ = try await site.signIn(&browser)
        let (name, secret) = ("__Host-session", try #require(browser.jar["__Host-session"]))
        let field = field.replacing("NAME", with: name).replacing("SECRET", with: secret)
            .replacing("OTHER", with: secret.dropLast(1))
        #expect(try await site.sessions.session(cookies: field) == nil)
        #expect(try await site.sessions.session(cookies: "a=b;\(name)=\(secret); c") != nil)
    }

    @Test("A browser that is seen stays signed in, one that is not seen does not, and none longer than at most")
    func lifetimes() async throws {
        let site = Site()
        var browser = Browser()
        _ = try await site.signIn(&browser)
        var prolonged = 0
        // Every half hour for twelve hours; idle time is an hour.
        for _ in 0..<23 {
            site.world.clock.advance(by: .seconds(1800))
            let found = try #require(try await site.sessions.session(cookies: browser.cookies))
            if let cookie = found.setCookie {
                prolonged += 1
                browser.receive(cookie)
            }
        }
        #expect(prolonged == 23)
        #expect(browser.received.last?.contains("Max-Age=1800") == true, "never beyond the end")
        site.world.clock.advance(by: .seconds(1800))
        #expect(try await site.sessions.session(cookies: browser.cookies) == nil)

        var idle = Browser()
        _ = try await site.signIn(&idle)
        site.world.clock.advance(by: .seconds(300))
        #expect(try await site.sessions.session(cookies: idle.cookies)?.setCookie == nil, "too soon to be written")
        site.world.clock.advance(by: .seconds(3300))
        #expect(try await site.sessions.session(cookies: idle.cookies) == nil)
    }

    @Test("The sessions of a user are found without a browser, in another process too")
    func bySubject() async throws {
        let site = Site()
        var browsers = [Browser(), Browser()]
        for index in browsers.indices { _ = try await site.signIn(&browsers[index]) }
        var other = Browser()
        _ = try await site.signIn(&other, as: FakeUser(subject: "u2"))
        #expect(try await site.sessions.sessions(of: "u1").count == 2)
        #expect(try await site.otherProcess().sessions(of: "u1").map(\.subject) == ["u1", "u1"])
        #expect(try await site.sessions.sessions(of: "u3").isEmpty)
        #expect(try await site.sessions.signOutAll(of: "u1").count == 2)
        #expect(try await site.sessions.session(cookies: browsers[0].cookies) == nil)
        #expect(try await site.sessions.session(cookies: other.cookies) != nil)
    }

    @Test("A browser's requests share one session object, so that an expiry costs one refresh")
    func oneObject() async throws {
        let site = Site { _ in }
        var browser = Browser()
        _ = try await site.signIn(&browser)
        site.world.clock.advance(by: .seconds(3599))
        let cookies = browser.cookies
        let values = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    try await site.sessions.session(cookies: cookies)?.session.outcome() ?? "nobody"
                }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(values.count == 1)
        #expect(site.world.refreshes == 1)
    }
}
