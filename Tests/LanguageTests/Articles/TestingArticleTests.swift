import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import Testing

// The samples of "Users who sign in" that test code for signed-in users, line for line.

/// The code under test.
private struct NotesSite {
    typealias NotesAPI = ArticleNotesAPI
    let sessions: BrowserSessions
    let runtime: CountersignRuntime

    /// The text of the page, or its status if it is a redirect or an error.
    func notesPage(cookies: String?) async throws -> String {
        guard let browser = try await sessions.session(cookies: cookies), browser.session.state == .active
        else { return "303 /sign-in" }
        do throws(NotesAPI.Failure) {
            let notes = try await NotesAPI(user: browser.session, runtime: runtime).listNotes()
            return notes.map(\.text).joined(separator: "\n")
        } catch {
            return error.tokenError?.kind == .sessionEnded ? "303 /sign-in" : "503"
        }
    }
}

@Suite("The article 'Users who sign in'", .timeLimit(.minutes(15)))
struct TestingArticleTests {
    typealias NotesAPI = ArticleNotesAPI

    @Test func aUserStaysSignedInUntilTheServerEndsIt() async throws {
        // One clock for the servers, the runtime and the store, so that an hour can pass in one line.
        let clock = VirtualClock()
        let server = FakeAuthorizationServer(issuer: "https://login.example.com", clock: clock)
        server.register(
            .init(
                id: "notes-web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["openid", "profile", "offline_access", "notes.read", "notes.write"],
                grantTypes: [.authorizationCode, .refreshToken],
                redirectURIs: ["https://notes.example.com/callback"]
            )
        )
        let api = FakeResourceServer(origin: "https://notes.example.com", trusting: server)
        api.on(.get, "/api/notes", scopes: ["notes.read"]) { _ in .json(#"[{"id": "1", "text": "Buy paper"}]"#) }
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, api)
        configuration.clock = clock
        configuration.retries = .none
        let runtime = CountersignRuntime(configuration)

        var signIn = NotesAPI.userSignIn
        signIn.redirectURI = "https://notes.example.com/callback"
        let client = OIDCClient(signIn, credentials: .secret(id: "notes-web", SecretValue("s3cret")), runtime: runtime)
        var settings = SessionConfiguration()
        settings.idleTimeout = .seconds(24 * 60 * 60)
        settings.maximumLifetime = .seconds(24 * 60 * 60)
        let sessions = BrowserSessions(client, store: MemoryTokenStore(clock: clock), configuration: settings)
        let site = NotesSite(sessions: sessions, runtime: runtime)

        // The user signs in, as with a browser.
        #expect(try await site.notesPage(cookies: nil) == "303 /sign-in")
        let start = try await sessions.beginSignIn(returnTo: "/notes", cookies: nil)
        let response = try await server.approve(authorizationURL: start.url, as: FakeUser(subject: "u1", name: "Ada"))
        let done = try await sessions.finishSignIn(callback: .url(response.url), cookies: cookie(start.setCookies[0]))
        let cookies = cookie(done.setCookies[0])
        #expect(done.returnTo == "/notes")
        #expect(try await site.notesPage(cookies: cookies) == "Buy paper")

        // The access token has expired: one refresh, which the user does not notice.
        clock.advance(by: .seconds(3601))
        #expect(try await site.notesPage(cookies: cookies) == "Buy paper")
        #expect(server.count(grantType: .refreshToken) == 1)

        // The server fails once: the refresh is retried when the test advances the clock, and the user does not notice.
        clock.advance(by: .seconds(3601))
        server.inject(.status(503), grantType: .refreshToken)
        async let page = site.notesPage(cookies: cookies)
        await clock.advanceToSleeper(due: .milliseconds(100)...(.milliseconds(500)))
        #expect(try await page == "Buy paper")

        // The server ends the session.
        for family in server.liveRefreshTokenFamilies { server.revokeRefreshTokenFamily(family.id) }
        clock.advance(by: .seconds(3601))
        #expect(try await site.notesPage(cookies: cookies) == "303 /sign-in")
    }

    /// The `Cookie` field that a browser sends after this `Set-Cookie`.
    func cookie(_ setCookie: String) -> String { String(setCookie.prefix { $0 != ";" }) }

    private func world() -> (VirtualClock, FakeAuthorizationServer, FakeResourceServer, OIDCClient, CountersignRuntime)
    {
        let clock = VirtualClock()
        let server = FakeAuthorizationServer(issuer: "https://login.example.com", clock: clock)
        server.register(
            .init(
                id: "notes-web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["openid", "profile", "offline_access", "notes.read", "notes.write"],
                grantTypes: [.authorizationCode, .refreshToken],
                redirectURIs: ["https://notes.example.com/callback"]
            )
        )
        let api = FakeResourceServer(origin: "https://notes.example.com", trusting: server)
        api.on(.post, "/api/notes", scopes: ["notes.write"]) { _ in
            .json(#"{"id": "2", "text": "Buy ink"}"#, status: 201)
        }
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, api)
        configuration.clock = clock
        let runtime = CountersignRuntime(configuration)
        var signIn = NotesAPI.userSignIn
        signIn.redirectURI = "https://notes.example.com/callback"
        let client = OIDCClient(signIn, credentials: .secret(id: "notes-web", SecretValue("s3cret")), runtime: runtime)
        return (clock, server, api, client, runtime)
    }

    @Test("A session without a site, and a POST that is retried when the test moves the clock")
    func retriedPost() async throws {
        let (clock, server, api, client, runtime) = world()
        let ada = FakeUser(subject: "u1")

        let request = try await client.authorizationRequest()
        let response = try await server.approve(authorizationURL: request.url, as: ada)
        let result = try await client.complete(request.transaction, callback: .url(response.url))
        let session = try await client.session(for: result, in: MemoryTokenStore(clock: clock), id: "ada")

        let notes = NotesAPI(user: session, runtime: runtime)
        api.inject(.status(503))
        async let added = notes.addNote(text: "Buy ink")
        await clock.waitForSleepers(1)
        clock.advanceToNextDeadline()
        #expect(try await added.text == "Buy ink")
        #expect(api.requests.count == 2)
        let keys = Set(api.requests.map { $0.request.fields["Idempotency-Key"] })
        #expect(keys.count == 1)
    }

    @Test("A test can wait for a process without blocking a thread")
    func process() async throws {
        func run(_ program: String, _ arguments: [String], _ environment: [String: String]) async throws -> Int32 {
            let process = Process()
            process.executableURL = URL(filePath: program)
            process.arguments = arguments
            process.environment = environment
            return try await withCheckedThrowingContinuation { continuation in
                process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
                do { try process.run() } catch { continuation.resume(throwing: error) }
            }
        }
        #expect(try await run("/bin/sh", ["-c", "exit $CODE"], ["CODE": "3"]) == 3)
    }
}
