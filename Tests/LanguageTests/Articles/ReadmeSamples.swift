import Countersign
import CountersignLoopback
import CountersignOIDC

// The samples of the README's section about users, line for line; they are compiled, and not run.

private enum ReadmeSamples {
    typealias NotesAPI = ArticleNotesAPI

    struct WebBackEnd {
        let sessions: UserSessions

        init(site: SmallSite) async throws {
            let encryption = try StoreEncryption.aes256GCM(.environment("NOTES_STORE_KEY"))
            let keys = try DPoPKeyStore(directory: "/var/lib/notes/keys", encryption: encryption)
            let store = try FileStore(directory: "/var/lib/notes/sessions", encryption: encryption)
            let secret = ClientCredentials.secret(id: "notes-web", .environment("NOTES_SECRET"))
            var signIn = NotesAPI.userSignIn
            signIn.redirectURI = "https://notes.example.com/callback"
            let client = OIDCClient(signIn, credentials: secret.dpopKey(try await keys.key()))
            let sessions = UserSessions(client, store: store)

            site.get("/notes") { request in
                guard let browser = try await sessions.session(cookies: request.cookies),
                    browser.session.state == .active
                else { return .redirect(to: "/sign-in") }
                do throws(NotesAPI.Failure) {
                    return .page(try await NotesAPI(user: browser.session).listNotes(), setCookie: browser.setCookie)
                } catch {
                    switch error.token?.kind {
                    case .outcomeUnknown:  // a refresh was not answered: once more, since the user is here
                        return .redirect(to: (try? await browser.session.retryRefresh()) == nil ? "/sign-in" : "/notes")
                    case .sessionEnded: return .redirect(to: "/sign-in")
                    default: throw error
                    }
                }
            }
            self.sessions = sessions
        }

        func signIn(_ request: SmallSite.Request) async throws -> SmallSite.Answer {
            let start = try await sessions.beginSignIn(returnTo: "/notes", cookies: request.cookies)
            return .redirect(to: start.url, setCookie: start.setCookie)
        }

        func callback(_ request: SmallSite.Request) async throws -> SmallSite.Answer {
            let done = try await sessions.finishSignIn(callback: .query(request.query), cookies: request.cookies)
            return .redirect(to: done.returnTo, setCookie: done.setCookie)
        }

        func signOut(_ request: SmallSite.Request) async throws -> SmallSite.Answer {
            let out = try await sessions.signOut(cookies: request.cookies, csrfToken: request.form("csrf"))
            return .redirect(to: out?.signOut.endSessionURL ?? "/", setCookie: out?.setCookie)
        }
    }

    static func commandLineTool() async throws {
        let encryption = try StoreEncryption.keyFile("/home/ada/.config/notes/store-key")  // made when it is missing
        let store = try FileStore(directory: "/home/ada/.local/state/notes/sessions", encryption: encryption)
        let keys = try DPoPKeyStore(directory: "/home/ada/.local/state/notes/keys", encryption: encryption)
        let credentials = ClientCredentials.publicClient(id: "notes-cli").dpopKey(try await keys.key())
        let client = OIDCClient(NotesAPI.userSignIn, credentials: credentials)

        func session() async throws -> UserSession {
            if let session = try await client.session(id: "me", in: store), session.state == .active { return session }
            let receiver = try RedirectReceiver()
            let result = try await client.signIn(redirectURI: receiver.redirectURI) { url in
                if !SystemBrowser.open(url) { print("Open \(url)") }
            } callback: { transaction in  // waits until its task is cancelled
                .query(try await receiver.callback { transaction.isAnswered(by: .query($0)) })
            }
            return try await client.session(for: result, in: store, id: "me")
        }

        for note in try await NotesAPI(user: session()).listNotes() { print(note.text) }

        let out = try await client.session(id: "me", in: store)?.signOut()
        if let error = out?.storeError { print("still signed in, for the session is still stored: \(error)") }
        if case .failed(let error) = out?.revocation { print("the refresh token was not revoked: \(error)") }
    }
}

/// What the articles show of sessions in passing; it is compiled, and not run.
private enum Asides {
    typealias NotesAPI = ArticleNotesAPI
    typealias OrdersAPI = ArticleOrdersAPI
    struct NobodySignedIn: Error {}

    static func sessions(_ client: OIDCClient, _ result: SignInResult) async throws {
        let encryption = try StoreEncryption.aes256GCM(.environment("STORE_KEY"))
        let store = try FileStore(directory: "/var/lib/notes/sessions", encryption: encryption)
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
    }

    static func device(_ client: OIDCClient) async throws {
        let authorization = try await client.deviceAuthorization()
        print("Open \(authorization.verificationURI) and type \(authorization.userCode)")
        let result = try await client.complete(authorization)
        print("welcome", result.claims.name() ?? result.claims.subject)
    }
}
