import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

// The samples of "Keeping users signed in", line for line.

@Suite("The article 'Keeping users signed in'", .timeLimit(.minutes(15)))
struct WebBackEndArticleTests {
    typealias NotesAPI = ArticleNotesAPI
    typealias FrontAPI = ArticleFrontAPI
    typealias Response = SmallSite.Response

    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer
    private let api: FakeResourceServer
    private let store: MemoryTokenStore
    private let site = SmallSite()
    private let runtime: CountersignRuntime
    private let ada = FakeUser(subject: "u1", name: "Ada")

    init() {
        server = FakeAuthorizationServer(clock: clock)
        server.register(
            .init(
                id: "notes-web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["openid", "profile", "offline_access", "notes.read", "notes.write"],
                grantTypes: [.authorizationCode, .refreshToken],
                redirectURIs: ["https://notes.example.com/callback"],
                postLogoutRedirectURIs: ["https://notes.example.com/"]
            )
        )
        api = FakeResourceServer(origin: "https://notes.example.com", trusting: server)
        api.on(.get, "/api/notes", scopes: ["notes.read"]) { _ in .json(#"[{"id": "1", "text": "Buy paper"}]"#) }
        api.on(.post, "/api/notes", scopes: ["notes.write"]) { _ in
            .json(#"{"id": "2", "text": "Buy ink"}"#, status: 201)
        }
        api.on(.get, "/api/front", access: .open) { _ in .json("{}") }
        store = MemoryTokenStore(clock: clock)
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, api)
        configuration.clock = clock
        configuration.retries = .none
        configuration.renewal.maximumAttempts = 1
        runtime = CountersignRuntime(configuration)
        Self.routes(of: site, Self.sessions(store, runtime), runtime)
    }

    private static func sessions(_ store: MemoryTokenStore, _ runtime: CountersignRuntime) -> BrowserSessions {
        let credentials = ClientCredentials.secret(id: "notes-web", SecretValue("s3cret"))
        var signIn = NotesAPI.userSignIn
        signIn.redirectURI = "https://notes.example.com/callback"
        signIn.postLogoutRedirectURI = "https://notes.example.com/"
        let client = OIDCClient(signIn, credentials: credentials, runtime: runtime)

        var configuration = SessionConfiguration()
        configuration.idleTimeout = .seconds(30 * 60)  // signs out a browser without requests for this long
        configuration.maximumLifetime = .seconds(8 * 60 * 60)  // signs out every browser after this time
        configuration.onEvent = { event in print(event.session, event.kind, event.reason) }
        let sessions = BrowserSessions(client, store: store, configuration: configuration)
        return sessions
    }

    private static func routes(of site: SmallSite, _ sessions: BrowserSessions, _ runtime: CountersignRuntime) {
        site.get("/sign-in") { request in
            do throws(SignInError) {
                let path = request.query("to") ?? "/"
                let start = try await sessions.beginSignIn(returnTo: path, cookies: request.cookies)
                return .redirect(to: start.url, setCookies: start.setCookies)
            } catch {
                return response(to: error)
            }
        }
        site.get("/callback") { request in
            do throws(SignInError) {
                let done = try await sessions.finishSignIn(callback: .query(request.query), cookies: request.cookies)
                return .redirect(to: done.returnTo, setCookies: done.setCookies)
            } catch {
                return response(to: error)
            }
        }
        site.get("/notes") { request in
            guard let browser = try await sessions.session(cookies: request.cookies), browser.session.state == .active
            else { return .redirect(to: "/sign-in?to=/notes") }
            do throws(NotesAPI.Failure) {
                let notes = try await NotesAPI(user: browser.session, runtime: runtime).listNotes()
                return .page(notes, csrf: browser.csrfToken, setCookie: browser.setCookie)
            } catch {
                return response(to: error, signInAt: "/sign-in?to=/notes")
            }
        }
        site.post("/notes") { request in
            guard let browser = try await sessions.session(cookies: request.cookies) else { return .status(401) }
            guard browser.isValid(csrfToken: request.form("csrf")) else { return .status(403) }
            do throws(NotesAPI.Failure) {
                let text = request.form("text") ?? ""
                _ = try await NotesAPI(user: browser.session, runtime: runtime).addNote(text: text)
                return .redirect(to: "/notes", setCookie: browser.setCookie)
            } catch {
                return response(to: error, signInAt: "/sign-in?to=/notes")
            }
        }
        site.get("/") { request in
            let browser = try await sessions.session(cookies: request.cookies)
            let user = browser.flatMap { $0.session.state == .active ? $0.session : nil }
            return .page(try await FrontAPI(user: user, runtime: runtime).front(), setCookie: browser?.setCookie)
        }
        site.post("/sign-out") { request in
            do throws(SignInError) {
                let out = try await sessions.signOut(cookies: request.cookies, csrfToken: request.form("csrf"))
                return .redirect(to: out?.signOut.endSessionURL ?? "/", setCookie: out?.setCookie)
            } catch {
                return error.kind == .stateMismatch ? .status(403) : response(to: error)
            }
        }
        site.post("/sign-out-everywhere") { request in
            guard let browser = try await sessions.session(cookies: request.cookies) else { return .redirect(to: "/") }
            guard browser.isValid(csrfToken: request.form("csrf")) else { return .status(403) }
            try await sessions.signOutAll(of: browser.session.subject)
            return .redirect(to: "/")
        }
        site.post("/back-channel-logout") { request in
            do throws(SignInError) {
                try await sessions.backChannelLogout(logoutToken: request.form("logout_token"))
                return .status(200)
            } catch {
                return .status(400)
            }
        }
    }

    private static func response(to error: SignInError) -> Response {
        switch error.kind {
        case .denied where !error.isTransient: .page("You chose not to sign in.")
        case _ where error.isTransient: .status(503)
        case .configuration, .metadata, .tokenError: .status(500)
        default: .status(400)
        }
    }

    private static func response(to error: NotesAPI.Failure, signInAt path: String) -> Response {
        switch error.tokenError?.kind {
        case .sessionEnded, .notSignedIn: .redirect(to: path)
        case .missingScope: .status(403)
        case .configuration, .rejected, .metadata, .wrongTokenType: .status(500)
        case .some: .status(503)
        case nil: .status(error.kind == .timedOut ? 504 : 502)
        }
    }

    /// Signs Ada in.
    private func signIn(_ browser: inout ArticleBrowser, to path: String = "/notes") async throws {
        let start = try await browser.get("/sign-in?to=\(path)")
        let url = try #require(start.location)
        let callback = try await server.approve(authorizationURL: url, as: ada).url
        let done = try await browser.get(callback.replacing("https://notes.example.com", with: ""))
        #expect(done.location == path)
    }

    @Test("The routes sign a user in, serve pages and forms, reject forged forms, and sign out at the server")
    func routes() async throws {
        var browser = ArticleBrowser(at: site, clock)
        #expect(try await browser.get("/notes").location == "/sign-in?to=/notes")
        try await signIn(&browser)
        let page = try await browser.get("/notes")
        #expect(page.text.contains("Buy paper"))
        let csrf = try #require(page.csrf)
        #expect(try await browser.post("/notes", ["text": "Buy ink"]).status == 403)
        #expect(try await browser.post("/notes", ["text": "Buy ink", "csrf": csrf]).location == "/notes")
        #expect(try await browser.get("/").status == 200)
        #expect(try await browser.post("/sign-out").status == 403)
        let out = try await browser.post("/sign-out", ["csrf": csrf])
        #expect(out.location?.hasPrefix(server.url(of: .endSession)) == true)
        #expect(try await browser.get("/notes").location == "/sign-in?to=/notes")
        #expect(!browser.has("__Host-session"))
        #expect(server.liveRefreshTokenFamilies.isEmpty)
    }

    @Test("A browser that gets its new cookies stays for the lifetime, another for the idle timeout")
    func sliding() async throws {
        var active = ArticleBrowser(at: site, clock)
        try await signIn(&active)
        var forgotten = ArticleBrowser(at: site, clock)
        try await signIn(&forgotten)
        forgotten.takesCookies = false
        for minutes in stride(from: 20, to: 8 * 60, by: 20) {
            clock.advance(by: .seconds(20 * 60))
            #expect(try await active.get("/notes").status == 200)
            #expect(try await forgotten.get("/notes").status == (minutes < 30 ? 200 : 303))
        }
        clock.advance(by: .seconds(20 * 60))
        #expect(try await active.get("/notes").location == "/sign-in?to=/notes")
    }

    @Test("Pages redirect an ended session to the sign-in, and public pages treat it as no user")
    func ended() async throws {
        var browser = ArticleBrowser(at: site, clock)
        try await signIn(&browser)
        for family in server.liveRefreshTokenFamilies { server.revokeRefreshTokenFamily(family.id) }
        server.revokeAllTokens()
        #expect(try await browser.get("/notes").location == "/sign-in?to=/notes")
        #expect(try await browser.get("/").status == 200)
        #expect(api.requests.last?.request.fields.contains(.authorization) == false)
        try await signIn(&browser)
        #expect(try await browser.get("/notes").status == 200)
    }

    @Test("Failures get the responses of the table")
    func failures() async throws {
        var browser = ArticleBrowser(at: site, clock)
        #expect(try await browser.get("/sign-in?to=//evil.example").status == 400)
        #expect(try await browser.get("/callback?code=x&state=y").status == 400)
        let start = try await browser.get("/sign-in")
        let denial = try await server.deny(authorizationURL: try #require(start.location))
        let denied = try await browser.get(denial.url.replacing("https://notes.example.com", with: ""))
        #expect(denied.text == "You chose not to sign in.")

        try await signIn(&browser)
        let csrf = try #require(try await browser.get("/notes").csrf)
        api.inject(.status(503))
        #expect(try await browser.get("/notes").status == 502)
        server.revokeAllTokens()
        server.inject(.status(503), at: .token)
        #expect(try await browser.get("/notes").status == 503)
        clock.advance(by: .seconds(60))
        #expect(try await browser.get("/notes").status == 200, "an outage ends nothing")
        server.revokeAllTokens()
        server.inject(.oauthError("invalid_client", status: 401), at: .token)
        #expect(try await browser.post("/notes", ["text": "Ink", "csrf": csrf]).status == 500)
    }

    @Test("After a lost response, a later page sends the refresh again, and an ended session leads to the sign-in")
    func lostResponse() async throws {
        server.configuration.refreshTokenOverlap = .seconds(600)
        var browser = ArticleBrowser(at: site, clock)
        try await signIn(&browser)
        server.revokeAllTokens()
        server.inject(.lostResponse, grantType: .refreshToken)
        #expect(try await browser.get("/notes").status == 503)
        clock.advance(by: .seconds(5))
        #expect(try await browser.get("/notes").status == 200)
        #expect(server.count(grantType: .refreshToken) == 2)

        // This server rejects a refresh token that was used.
        server.configuration.refreshTokenOverlap = .zero
        server.revokeAllTokens()
        server.inject(.lostResponse, grantType: .refreshToken)
        #expect(try await browser.get("/notes").status == 503)
        clock.advance(by: .seconds(5))
        #expect(try await browser.get("/notes").location == "/sign-in?to=/notes")
    }

    @Test("Signing out everywhere and back-channel logout end the sessions of all browsers")
    func everywhere() async throws {
        for way in 0..<2 {
            var first = ArticleBrowser(at: site, clock)
            var second = ArticleBrowser(at: site, clock)
            try await signIn(&first)
            try await signIn(&second)
            let csrf = try #require(try await first.get("/notes").csrf)
            if way == 0 {
                #expect(try await first.post("/sign-out-everywhere", ["csrf": csrf]).location == "/")
            } else {
                let token = try server.logoutToken(clientID: "notes-web", subject: "u1", sessionID: nil)
                #expect(try await second.post("/back-channel-logout", ["logout_token": token]).status == 200)
                #expect(try await second.post("/back-channel-logout", ["logout_token": token]).status == 400)
            }
            #expect(try await first.get("/notes").location == "/sign-in?to=/notes")
            #expect(try await second.get("/notes").location == "/sign-in?to=/notes")
        }
    }
}
