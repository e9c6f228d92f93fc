import Countersign
import CountersignLoopback
import CountersignOIDC

// The samples of the README, line for line. They are compiled and not run.

private enum ReadmeSamples {
    typealias CatalogAPI = ReadmeCatalogAPI
    typealias NotesAPI = ArticleNotesAPI

    static func catalog() async throws {
        let catalog = CatalogAPI(credentials: .secret(id: "worker", .environment("CATALOG_SECRET")))
        do {
            let item = try await catalog.getItem(id: "it_1")
            print(item.name, item.price)
        } catch {
            guard error.problem?.code == .notFound else { throw error }
            print("no such item")
        }
    }

    struct WebBackEnd {
        let sessions: BrowserSessions

        init() async throws {
            let encryption = try StoreEncryption.aes256GCM(.environment("NOTES_STORE_KEY"))
            let keys = try DPoPKeyStore(directory: "/var/lib/notes/keys", encryption: encryption)
            let store = try FileTokenStore(directory: "/var/lib/notes/sessions", encryption: encryption)
            let secret = ClientCredentials.secret(id: "notes-web", .environment("NOTES_SECRET"))
            var signIn = NotesAPI.userSignIn
            signIn.redirectURI = "https://notes.example.com/callback"
            let client = OIDCClient(signIn, credentials: secret.dpopKey(try await keys.key()))
            let sessions = BrowserSessions(client, store: store)
            self.sessions = sessions
        }

        func signIn(_ request: SmallSite.Request) async throws -> SmallSite.Response {
            let start = try await sessions.beginSignIn(returnTo: "/notes", cookies: request.cookies)
            return .redirect(to: start.url, setCookies: start.setCookies)
        }

        func callback(_ request: SmallSite.Request) async throws -> SmallSite.Response {
            let done = try await sessions.finishSignIn(callback: .query(request.query), cookies: request.cookies)
            return .redirect(to: done.returnTo, setCookies: done.setCookies)
        }

        func notes(_ request: SmallSite.Request) async throws -> SmallSite.Response {
            guard let browser = try await sessions.session(cookies: request.cookies), browser.session.state == .active
            else { return .redirect(to: "/sign-in") }
            let notes = try await NotesAPI(user: browser.session).listNotes()
            return .page(notes, csrf: browser.csrfToken, setCookie: browser.setCookie)
        }

        func signOut(_ request: SmallSite.Request) async throws -> SmallSite.Response {
            let out = try await sessions.signOut(cookies: request.cookies, csrfToken: request.form("csrf"))
            return .redirect(to: out?.signOut.endSessionURL ?? "/", setCookie: out?.setCookie)
        }
    }
}

/// Samples of the articles that are compiled and not run.
private enum Asides {
    typealias NotesAPI = ArticleNotesAPI
    typealias OrdersAPI = ArticleOrdersAPI
    struct NobodySignedIn: Error {}

    static func sessions(_ client: OIDCClient, _ result: SignInResult) async throws {
        let encryption = try StoreEncryption.aes256GCM(.environment("STORE_KEY"))
        let store = try FileTokenStore(directory: "/var/lib/notes/sessions", encryption: encryption)
        let keys = try DPoPKeyStore(directory: "/var/lib/notes/keys", encryption: encryption)
        let secret = ClientCredentials.secret(id: "notes", .environment("NOTES_SECRET"))
        let credentials = secret.dpopKey(try await keys.key())
        _ = credentials

        let session = try await client.session(for: result, in: store, id: "ada")
        let later = try await client.session(id: "ada", in: store)
        let notes = NotesAPI(user: session)
        _ = (later, notes)

        try await UserSession.$current.withValue(session) { try await handle(request) }
    }

    static func endOfSessions() -> SessionConfiguration {
        var configuration = SessionConfiguration()
        configuration.endsSession = { $0.isInvalidGrant || $0.oauthError == "bad_refresh_token" }
        return configuration
    }

    private static let request = 0
    private static func handle(_ request: Int) async throws {}

    static func accounts(_ account: CommandLineArticle.Account) async throws {
        let signIn = Task { try await account.signIn() }
        let timer = Task {
            try await Task.sleep(for: .seconds(300))
            signIn.cancel()
        }
        let session = try await signIn.value
        timer.cancel()
        _ = session

        guard let user = try await account.session() else { throw NobodySignedIn() }
        for note in try await NotesAPI(user: user).listNotes() { print(note.text) }
        await user.shutdown()
    }

    static func redirect(_ client: OIDCClient) async throws {
        let receiver = try RedirectReceiver()
        let result = try await client.signIn(redirectURI: receiver.redirectURI) { url in
            if !SystemBrowser.open(url) { print("Open \(url)") }
        } callback: { transaction in
            .query(try await receiver.callback { transaction.matches(.query($0)) })
        }
        _ = result
    }

    static func device(_ client: OIDCClient) async throws {
        let authorization = try await client.deviceAuthorization()
        print("Open \(authorization.verificationURI) and type \(authorization.userCode)")
        let result = try await client.complete(authorization)
        print("welcome", result.claims.name ?? result.claims.subject)
    }
}
