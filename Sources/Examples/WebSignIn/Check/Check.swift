import Countersign
import ExampleServers

/// The test of `--check`: uses the site as users and attackers would.
struct Check {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    private let servers: NotesServers
    private let site: HTTP.Origin
    private var browser: Browser

    static func run() async throws {
        let options = try Options(["--port", "0", "--token-lifetime", "2"])
        let running = try await WebSignIn.start(options) { _ in }
        defer { running.stop() }
        guard let servers = running.embedded else { return }
        var check = Check(servers: servers, site: running.origin, browser: Browser(at: running.origin))
        try await check.signedOutVisitors()
        try await check.signIn()
        try await check.notes()
        try await check.profileAndSession()
        try await check.renewal()
        try await check.outage()
        try await check.unknownRefreshOutcome()
        try await check.sessionFixation()
        try await check.endedSession()
        try await check.backChannelLogout()
        try await check.signOut()
        print("All checks passed.")
    }

    private func expect(_ condition: Bool, _ expectation: String) throws {
        guard condition else { throw Failure(description: "check failed: \(expectation)") }
        print("✓ \(expectation)")
    }

    /// Signs a user in who opens a page.
    @discardableResult
    private mutating func signIn(as subject: String, at path: String = "/notes") async throws -> Browser.LoadedPage {
        try await Self.signIn(&browser, as: subject, at: path)
    }

    private static func signIn(_ browser: inout Browser, as subject: String, at path: String) async throws
        -> Browser.LoadedPage
    {
        let page = try await browser.open("/sign-in?to=\(path)")
        let action = String(page.text.firstMatch(of: /action="([^"]*)"/)?.1 ?? "")
        return try await browser.post(action, page.fields + [(name: "subject", value: subject)])
    }

    // MARK: Checks

    private mutating func signedOutVisitors() async throws {
        let landing = try await browser.open("/")
        try expect(landing.status == 200 && landing.text.contains("Sign in"), "the start page has a sign-in link")
        let policy = landing.response.fields["Content-Security-Policy"] ?? ""
        try expect(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'")
                && landing.response.fields[.cacheControl] == "no-store" && !landing.text.contains("<script")
                && landing.response.fields["X-Content-Type-Options"] == "nosniff",
            "pages have no scripts and security headers against framing, caching and content sniffing"
        )
        let notes = try await browser.open("/notes")
        try expect(notes.url.origin != site && notes.text.contains("Ada Lovelace"), "the notes page requires sign-in")
        for target in ["https://evil.example/", "//evil.example/", "/%5Cevil.example", "/notes%0d%0aX:%20y"] {
            let rejected = try await browser.open("/sign-in?to=\(target)")
            try expect(
                rejected.status == 400 && rejected.redirects.isEmpty && rejected.text.contains("The link"),
                "a sign-in link to \(target) is rejected"
            )
        }
        let before = servers.codesRedeemed
        var victim = Browser(at: site)
        var attacker = Browser(at: site)
        let page = try await attacker.open("/sign-in")
        let action = String(page.text.firstMatch(of: /action="([^"]*)"/)?.1 ?? "")
        let stopped = try await attacker.post(action, page.fields + [(name: "subject", value: "u-alan")]) {
            $0.contains("/callback?")
        }
        let callback = stopped.redirects.last ?? ""
        let foreign = try await victim.open(callback)
        try expect(foreign.status == 400 && victim.cookies.isEmpty, "a callback in another browser is rejected")
        try expect(servers.codesRedeemed == before, "the rejected callback sends no token request")
        try expect(try await attacker.open(callback).status == 200, "a callback in the same browser succeeds")
        try expect(try await attacker.open(callback).status == 400, "a repeated callback is rejected")
        try expect(servers.codesRedeemed == before + 1, "the code is redeemed once")
    }

    private mutating func signIn() async throws {
        let notes = try await signIn(as: "u-ada")
        try expect(
            notes.status == 200 && notes.url.path == "/notes",
            "sign-in returns to the requested page"
        )
        try expect(notes.text.contains("Ada Lovelace"), "the page shows the name of the user")
        let cookie = browser.setCookies.last { $0.hasPrefix("session=") } ?? ""
        try expect(
            cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/")
                && !cookie.contains("Secure") && !cookie.contains("Domain"),
            "the session cookie is HttpOnly, SameSite=Lax and for this host only, and on loopback not Secure"
        )
        try expect(browser.cookies["session"]?.utf8.count == 43, "the session cookie has 256 random bits")
    }

    private mutating func notes() async throws {
        let csrf = try await csrf()
        let hostile = #"<script>alert("1")</script>"#
        let added = try await browser.post("/notes", csrf + [(name: "text", value: hostile)])
        try expect(
            added.status == 200 && !added.text.contains("<script") && added.text.contains("&lt;script&gt;"),
            "a note is added, and its text is escaped"
        )
        let forged = try await browser.post("/notes", [(name: "text", value: "forged")])
        try expect(forged.status == 403, "a form without a CSRF token is rejected")
        let form = csrf + [(name: "text", value: "forged")]
        let foreign = try await browser.post("/notes", form, fields: ["Origin": "https://evil.example"])
        try expect(foreign.status == 403, "a form from another site is rejected")
        try expect(!(try await browser.open("/notes").text.contains("forged")), "the rejected forms added no note")
        let empty = try await browser.post("/notes", csrf + [(name: "text", value: "")])
        try expect(
            empty.status == 422 && empty.text.contains("between 1 and 500"),
            "the error message of the API for an invalid note is shown"
        )
    }

    private mutating func profileAndSession() async throws {
        let profile = try await browser.open("/profile")
        try expect(profile.status == 200 && profile.text.contains("ada@example.com"), "the profile page shows the user")
        let session = try await browser.open("/session")
        try expect(
            session.status == 200 && session.text.contains("DPoP"),
            "the session page shows that the token is bound to a key"
        )
        let secrets = servers.secrets + Array(browser.cookies.values)
        try expect(
            !secrets.isEmpty && !secrets.contains { session.text.contains($0) },
            "the session page has no secret"
        )
    }

    private mutating func renewal() async throws {
        let before = servers.refreshes
        try await waitUntil("an expired access token is renewed") { check in
            let notes = try await check.browser.open("/notes")
            guard notes.status == 200 else { throw Failure(description: "/notes: status \(notes.status)") }
            return check.servers.refreshes > before
        }
        try await waitUntil("the session page shows the renewal") { check in
            try await check.browser.open("/session").text.contains("Access token renewed")
        }
    }

    private mutating func outage() async throws {
        servers.setAPI(down: true)
        let down = try await browser.open("/notes")
        servers.setAPI(down: false)
        try expect(down.status == 503 && down.text.contains("unavailable"), "an outage of the API leads to status 503")
        try expect(try await browser.open("/notes").status == 200, "the user is still signed in after the outage")
        servers.setAuthorizationServer(down: true)
        try await waitUntil("an outage of the authorization server leads to status 503 after expiry") { check in
            try await check.browser.open("/notes").status == 503
        }
        servers.setAuthorizationServer(down: false)
        try await waitUntil("the session continues after the outage") { check in
            try await check.browser.open("/notes").status == 200
        }
    }

    private mutating func unknownRefreshOutcome() async throws {
        let before = servers.refreshes
        servers.failNextRefreshWithGatewayTimeout()
        try await waitUntil("a refresh without a response is sent again, and the session continues") { check in
            let notes = try await check.browser.open("/notes")
            // The page says that it is unavailable until the refresh is sent again.
            guard notes.status == 200 || notes.status == 503 else {
                throw Failure(description: "/notes: status \(notes.status)")
            }
            return notes.status == 200 && check.servers.refreshes >= before + 2
        }
    }

    private mutating func sessionFixation() async throws {
        let old = browser.cookies["session"]
        try await signIn(as: "u-alan")
        try expect(browser.cookies["session"] != old, "every sign-in sets a new session cookie")
        var other = newBrowser(["session": old ?? ""])
        let stale = try await other.open("/notes") { $0.contains("/authorize") }
        try expect(stale.status == 303, "the previous session cookie is invalid")
        let notes = try await browser.open("/notes")
        try expect(
            notes.text.contains("Alan Turing") && !notes.text.contains("script"),
            "a user sees only their own notes"
        )
    }

    private mutating func endedSession() async throws {
        servers.endSessions()
        try await waitUntil("a session that the authorization server ended leads to a page, not to a redirect") {
            check in
            let notes = try await check.browser.open("/notes")
            return notes.status == 401 && notes.redirects.isEmpty && notes.text.contains("Please sign in again")
        }
        try expect(
            try await browser.open("/session").text.contains("invalid_grant"),
            "the session page shows the error"
        )
        try expect(try await signIn(as: "u-ada").status == 200, "the user can sign in again")
    }

    private mutating func backChannelLogout() async throws {
        var server = newBrowser()
        try expect(
            try await server.post("/back-channel-logout", []).status == 400,
            "a back-channel logout without a token is rejected"
        )
        let token = try servers.logoutToken(of: "u-ada")
        let response = try await server.post("/back-channel-logout", [(name: "logout_token", value: token)])
        try expect(response.status == 200, "a back-channel logout with a token succeeds")
        let notes = try await browser.open("/notes") { $0.contains("/authorize") }
        try expect(notes.status == 303, "the back-channel logout has ended the session")
    }

    private mutating func signOut() async throws {
        let before = servers.liveRefreshTokens
        try await signIn(as: "u-ada")
        try expect(servers.liveRefreshTokens == before + 1, "a sign-in returns a refresh token")
        let cookies = browser.cookies
        let csrf = try await csrf()
        try expect(try await browser.post("/sign-out", []).status == 403, "a sign-out without a CSRF token is rejected")
        let page = try await browser.post("/sign-out", csrf)
        try expect(
            page.url.path == "/signed-out" && page.redirects.contains { $0.contains("id_token_hint=") },
            "sign-out redirects to the authorization server and back"
        )
        try expect(browser.cookies["session"] == nil, "sign-out removes the session cookie")
        try expect(servers.liveRefreshTokens == before, "sign-out revokes the refresh token")
        var other = newBrowser(cookies)
        let stale = try await other.open("/notes") { $0.contains("/authorize") }
        try expect(stale.status == 303, "a copy of the session cookie is invalid after sign-out")
    }

    // MARK: Helpers

    private func newBrowser(_ cookies: [String: String] = [:]) -> Browser { Browser(at: site, cookies: cookies) }

    private mutating func csrf() async throws -> [(name: String, value: String)] {
        Array(try await browser.open("/session").fields.filter { $0.name == "csrf" }.prefix(1))
    }

    /// Waits at most 30 seconds until an expectation is met, since tokens expire in real time.
    private mutating func waitUntil(
        _ expectation: String,
        _ isMet: (inout Check) async throws -> Bool
    ) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if try await isMet(&self) { return try expect(true, expectation) }
            try await Task.sleep(for: .milliseconds(100))
        }
        try expect(false, expectation)
    }
}
