import Countersign
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("Cookies of sign-ins")
struct SignInCookieTests {
    private func signInCookies(_ browser: Browser) -> [String] {
        browser.jar.keys.filter { $0.hasPrefix("__Host-session-signin-") }
    }

    @Test("P68: Twenty tabs that start at once, without cookies, all sign in, in any order", arguments: [1, 2, 3, 4])
    func twentyTabs(seed: UInt64) async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        var callbacks: [(path: String, callback: AuthorizationCallback)] = []
        // No request has the cookie of another tab: the browser sent all of them before a response arrived.
        for tab in 0..<20 {
            let start = try await backEnd.sessions.beginSignIn(returnTo: "/\(tab)", cookies: nil)
            browser.receive(start.setCookies)
            let redirect = try await backEnd.server.approve(authorizationURL: start.url, as: SessionFixture.ada)
            callbacks.append(("/\(tab)", .url(redirect.url)))
        }
        #expect(signInCookies(browser).count == 20)
        var generator = SeededGenerator(seed: seed)
        callbacks.shuffle(using: &generator)
        for (path, callback) in callbacks {
            let completion = try await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
            #expect(completion.returnTo == path)
            browser.receive(completion.setCookies)
        }
        #expect(try await backEnd.sessions.session(cookies: browser.cookies)?.session.subject == "u1")
        #expect(signInCookies(browser).isEmpty)
        #expect(backEnd.server.count(.token) == 20)
        Promise.seen(68, "20 of 20 tabs signed in")
    }

    @Test("P68: Twenty tabs complete their sign-ins at the same time")
    func concurrentTabs() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        var callbacks: [AuthorizationCallback] = []
        for _ in 0..<20 { callbacks.append(try await backEnd.approve(&browser)) }
        let cookies = browser.cookies
        let completed = await withTaskGroup(of: Bool.self) { group in
            for callback in callbacks {
                group.addTask {
                    (try? await backEnd.sessions.finishSignIn(callback: callback, cookies: cookies)) != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(completed == 20)
    }

    @Test("P68: A flood of sign-ins does not grow the Cookie field: the oldest are forgotten, the newest succeed")
    func flood() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        var longest = 0
        for _ in 0..<500 {
            browser.receive(try await backEnd.sessions.beginSignIn(cookies: browser.cookies).setCookies)
            longest = max(longest, browser.cookies.utf8.count)
            backEnd.clock.advance(by: .milliseconds(1100))
        }
        #expect(signInCookies(browser).count == 20)
        #expect(longest <= 2048)
        _ = try await backEnd.signIn(&browser)
        #expect(signInCookies(browser).count == 19)
        Promise.seen(68, "\(longest) bytes of cookies after 500 starts")
    }

    @Test("P68: Starts without cookies, as of a flood from other sites, are removed by the next ones")
    func floodWithoutCookies() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        for _ in 0..<100 { browser.receive(try await backEnd.sessions.beginSignIn(cookies: nil).setCookies) }
        #expect(signInCookies(browser).count == 100)
        for _ in 0..<3 {
            let start = try await backEnd.sessions.beginSignIn(cookies: browser.cookies)
            #expect(start.setCookies.count <= 41)
            browser.receive(start.setCookies)
        }
        #expect(signInCookies(browser).count == 20)
    }

    @Test("Expired and unreadable cookies are removed by the next sign-in, and no others")
    func expired() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        for _ in 0..<3 { _ = try await backEnd.approve(&browser) }
        backEnd.clock.advance(by: .seconds(300))
        _ = try await backEnd.approve(&browser)
        backEnd.clock.advance(by: .seconds(400))
        browser.jar["theme"] = "dark"
        browser.jar["__Host-session-signin-AAAAAAAAAAAAAAAA"] = "x"
        browser.jar["__Host-session-signin-é"] = "x"
        let start = try await backEnd.sessions.beginSignIn(cookies: browser.cookies)
        #expect(start.setCookies.count == 5)
        #expect(start.setCookies.allSatisfy { $0.utf8.allSatisfy { 0x20...0x7E ~= $0 } })
        browser.receive(start.setCookies)
        #expect(signInCookies(browser).count == 3)
        #expect(browser.jar["theme"] == "dark")
    }

    @Test("A sign-in is completed only with the cookie of its state")
    func otherState() async throws {
        let backEnd = WebBackEnd()
        var (browser, other) = (Browser(), Browser())
        let callback = try await backEnd.approve(&browser)
        _ = try await backEnd.approve(&other)
        let name = try #require(signInCookies(browser).first)
        let otherName = try #require(signInCookies(other).first)
        let secret = try #require(other.jar[otherName])
        for cookies in [
            "\(name)=\(secret)", "\(browser.cookies); \(browser.cookies)", "x=\u{37E}\(browser.cookies)", other.cookies,
        ] {
            await #expect { try await backEnd.sessions.finishSignIn(callback: callback, cookies: cookies) } throws: {
                ($0 as? SignInError)?.kind == .stateMismatch
            }
        }
        #expect(backEnd.server.count(.token) == 0)
        _ = try await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
    }
}
