import Countersign
import ExampleServers

/// Goes through the site as its users do, and as those who mean them harm.
struct Check {
    /// Something is not as it should be.
    struct Surprise: Error, CustomStringConvertible {
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
        try await check.strangers()
        try await check.signIn()
        try await check.notes()
        try await check.profileAndSession()
        try await check.renewal()
        try await check.outage()
        try await check.unansweredRenewal()
        try await check.rotation()
        try await check.endedSession()
        try await check.backChannelLogout()
        try await check.signOut()
        print("All is as it should be.")
    }

    private func expect(_ condition: Bool, _ what: String) throws {
        guard condition else { throw Surprise(description: "it should be so, and is not: \(what)") }
        print("✓ \(what)")
    }

    /// Signs somebody in who wants to see a page.
    @discardableResult
    private mutating func signIn(as subject: String, at path: String = "/notes") async throws -> Browser.Shown {
        try await Self.signIn(&browser, as: subject, at: path)
    }

    private static func signIn(_ browser: inout Browser, as subject: String, at path: String) async throws
        -> Browser.Shown
    {
        let page = try await browser.open("/sign-in?to=\(path)")
        let action = String(page.text.firstMatch(of: /action="([^"]*)"/)?.1 ?? "")
        return try await browser.post(action, page.fields + [(name: "subject", value: subject)])
    }

    // MARK: What is checked

    private mutating func strangers() async throws {
        let landing = try await browser.open("/")
        try expect(landing.status == 200 && landing.text.contains("Sign in"), "the landing page offers to sign in")
        let policy = landing.response.fields["Content-Security-Policy"] ?? ""
        try expect(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'")
                && landing.response.fields[.cacheControl] == "no-store" && !landing.text.contains("<script")
                && landing.response.fields["X-Content-Type-Options"] == "nosniff",
            "pages run no script, are not framed, not stored and not guessed at"
        )
        let notes = try await browser.open("/notes")
        try expect(notes.url.origin != site && notes.text.contains("Ada Lovelace"), "notes lead strangers to sign in")
        for target in ["https://evil.example/", "//evil.example/", "/%5Cevil.example", "/notes%0d%0aX:%20y"] {
            let answer = try await browser.open("/sign-in?to=\(target)")
            try expect(
                answer.status == 400 && answer.redirects.isEmpty && answer.text.contains("The link"),
                "nobody is led away to \(target)"
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
        try expect(foreign.status == 400 && victim.cookies.isEmpty, "a sign-in that another browser began is refused")
        try expect(servers.codesRedeemed == before, "and no code is sent for it")
        try expect(try await attacker.open(callback).status == 200, "the browser that began it may complete it")
        try expect(try await attacker.open(callback).status == 400, "once")
        try expect(servers.codesRedeemed == before + 1, "with one token request")
    }

    private mutating func signIn() async throws {
        let notes = try await signIn(as: "u-ada")
        try expect(
            notes.status == 200 && notes.url.path == "/notes",
            "whoever has signed in is where they wanted to go"
        )
        try expect(notes.text.contains("Ada Lovelace"), "and is greeted by name")
        let cookie = browser.setCookies.last { $0.hasPrefix("session=") } ?? ""
        try expect(
            cookie.contains("; HttpOnly") && cookie.contains("; SameSite=Lax") && cookie.contains("; Path=/")
                && !cookie.contains("Secure") && !cookie.contains("Domain"),
            "the cookie is HttpOnly, SameSite=Lax, for this host alone, and on loopback not Secure"
        )
        try expect(browser.cookies["session"]?.utf8.count == 43, "it is 256 opaque bits")
    }

    private mutating func notes() async throws {
        let csrf = try await csrf()
        let hostile = #"<script>alert("1")</script>"#
        let added = try await browser.post("/notes", csrf + [(name: "text", value: hostile)])
        try expect(
            added.status == 200 && !added.text.contains("<script") && added.text.contains("&lt;script&gt;"),
            "a note is added, and its text stays text"
        )
        let forged = try await browser.post("/notes", [(name: "text", value: "forged")])
        try expect(forged.status == 403, "a form without its token does nothing")
        let form = csrf + [(name: "text", value: "forged")]
        let foreign = try await browser.post("/notes", form, fields: ["Origin": "https://evil.example"])
        try expect(foreign.status == 403, "nor does a form of another site")
        try expect(!(try await browser.open("/notes").text.contains("forged")), "so nothing was added")
        let empty = try await browser.post("/notes", csrf + [(name: "text", value: "")])
        try expect(
            empty.status == 422 && empty.text.contains("between 1 and 500"),
            "what the API says of a bad note is shown"
        )
    }

    private mutating func profileAndSession() async throws {
        let profile = try await browser.open("/profile")
        try expect(profile.status == 200 && profile.text.contains("ada@example.com"), "the profile is the user's")
        let session = try await browser.open("/session")
        try expect(
            session.status == 200 && session.text.contains("DPoP"),
            "the session page tells of a token bound to a key"
        )
        let secrets = servers.secrets + Array(browser.cookies.values)
        try expect(!secrets.isEmpty && !secrets.contains { session.text.contains($0) }, "and shows none of the secrets")
    }

    private mutating func renewal() async throws {
        let before = servers.refreshes
        try await poll("the access token is renewed when its time is over") { check in
            let notes = try await check.browser.open("/notes")
            guard notes.status == 200 else { throw Surprise(description: "/notes answered with \(notes.status)") }
            return check.servers.refreshes > before
        }
        try await poll("and the session page says so") { check in
            try await check.browser.open("/session").text.contains("The access token was renewed")
        }
    }

    private mutating func outage() async throws {
        servers.setAPI(down: true)
        let down = try await browser.open("/notes")
        servers.setAPI(down: false)
        try expect(down.status == 503 && down.text.contains("a little longer"), "an API that is down makes a calm page")
        try expect(try await browser.open("/notes").status == 200, "and the user is still signed in")
        servers.setAuthorizationServer(down: true)
        try await poll("an authorization server that is down makes the same page, once the token is over") { check in
            try await check.browser.open("/notes").status == 503
        }
        servers.setAuthorizationServer(down: false)
        try await poll("and ends no session") { check in try await check.browser.open("/notes").status == 200 }
    }

    private mutating func unansweredRenewal() async throws {
        let before = servers.refreshes
        servers.leaveNextRefreshUnanswered()
        try await poll("a renewal that was not answered is made again for the user who is there") { check in
            let notes = try await check.browser.open("/notes")
            guard notes.status == 200 else { throw Surprise(description: "/notes answered with \(notes.status)") }
            return check.servers.refreshes >= before + 2
        }
    }

    private mutating func rotation() async throws {
        let old = browser.cookies["session"]
        try await signIn(as: "u-alan")
        try expect(browser.cookies["session"] != old, "a new sign-in has a new cookie")
        var late = bare(["session": old ?? ""])
        let stale = try await late.open("/notes") { $0.contains("/authorize") }
        try expect(stale.status == 303, "the old cookie is dead")
        let notes = try await browser.open("/notes")
        try expect(
            notes.text.contains("Alan Turing") && !notes.text.contains("script"),
            "and nobody sees another's notes"
        )
    }

    private mutating func endedSession() async throws {
        servers.endSessions()
        try await poll("a session that the authorization server ends leads to a page, not to a loop") { check in
            let notes = try await check.browser.open("/notes")
            return notes.status == 401 && notes.redirects.isEmpty && notes.text.contains("Please sign in again")
        }
        try expect(try await browser.open("/session").text.contains("invalid_grant"), "the session page says why")
        try expect(try await signIn(as: "u-ada").status == 200, "and a new sign-in mends it")
    }

    private mutating func backChannelLogout() async throws {
        var server = bare()
        try expect(
            try await server.post("/back-channel-logout", []).status == 400,
            "a logout without a token is refused"
        )
        let token = try servers.logoutToken(of: "u-ada")
        let answer = try await server.post("/back-channel-logout", [(name: "logout_token", value: token)])
        try expect(answer.status == 200, "the authorization server may sign a user out")
        let notes = try await browser.open("/notes") { $0.contains("/authorize") }
        try expect(notes.status == 303, "who is then signed out here")
    }

    private mutating func signOut() async throws {
        let before = servers.liveRefreshTokens
        try await signIn(as: "u-ada")
        try expect(servers.liveRefreshTokens == before + 1, "signing in brings a refresh token")
        let cookies = browser.cookies
        let csrf = try await csrf()
        try expect(try await browser.post("/sign-out", []).status == 403, "a sign-out without its token does nothing")
        let out = try await browser.post("/sign-out", csrf)
        try expect(
            out.url.path == "/signed-out" && out.redirects.contains { $0.contains("id_token_hint=") },
            "signing out ends at the authorization server, and back"
        )
        try expect(browser.cookies["session"] == nil, "the browser has no session cookie any more")
        try expect(servers.liveRefreshTokens == before, "the refresh token is good no more")
        var late = bare(cookies)
        let stale = try await late.open("/notes") { $0.contains("/authorize") }
        try expect(stale.status == 303, "and a cookie that was kept is dead")
    }

    // MARK: How

    private func bare(_ cookies: [String: String] = [:]) -> Browser { Browser(at: site, cookies: cookies) }

    private mutating func csrf() async throws -> [(name: String, value: String)] {
        Array(try await browser.open("/session").fields.filter { $0.name == "csrf" }.prefix(1))
    }

    /// Asks again until it is so: time passes at the server.
    private mutating func poll(_ what: String, _ isSo: (inout Check) async throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < end {
            if try await isSo(&self) { return try expect(true, what) }
            try await Task.sleep(for: .milliseconds(100))
        }
        try expect(false, what)
    }
}
