import Countersign
import CountersignLoopback
import CountersignOIDC

// The samples of the README's section about users, line for line; they are compiled, and not run.

private enum ReadmeSamples {
    typealias NotesAPI = ArticleNotesAPI

    struct WebBackEnd {
        let sessions: UserSessions

        init(site: SmallSite) async throws {
            let encryption = try StoreEncryption.aes256GCM(.environment("NOTES_STORE_KEY"))  // openssl rand -base64 32
            let keys = try DPoPKeyStore(directory: "/var/lib/notes/keys", encryption: encryption)
            let secret = ClientCredentials.secret(id: "notes-web", .environment("NOTES_SECRET")).dpopKey(
                try await keys.key()
            )
            var signIn = NotesAPI.userSignIn  // issuer, scopes and DPoP, from the schema
            signIn.redirectURI = "https://notes.example.com/callback"
            let store = try FileStore(directory: "/var/lib/notes/sessions", encryption: encryption)
            let sessions = UserSessions(OIDCClient(signIn, credentials: secret), store: store)

            site.get("/notes") { request in
                guard let browser = try await sessions.session(cookies: request.cookies),
                    browser.session.state == .active
                else { return .redirect(to: "/sign-in") }
                do throws(NotesAPI.Failure) {
                    return .page(try await NotesAPI(user: browser.session).listNotes(), setCookie: browser.setCookie)
                } catch {
                    // swift-format-ignore
                    switch error.token?.kind { case .sessionEnded: return .redirect(to: "/sign-in"); default: throw error }
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
            let out = try await sessions.signOut(cookies: request.cookies, csrfToken: request.form("csrf") ?? "")
            return .redirect(to: out?.signOut.endSessionURL ?? "/", setCookie: out?.setCookie)
        }
    }

    static func commandLineTool() async throws {
        let encryption = try StoreEncryption.keyFile("/home/ada/.config/notes/store-key")  // made when it is missing
        let store = try FileStore(directory: "/home/ada/.local/state/notes/sessions", encryption: encryption)
        let keys = try DPoPKeyStore(directory: "/home/ada/.local/state/notes/keys", encryption: encryption)
        let client = OIDCClient(
            NotesAPI.userSignIn,
            credentials: .publicClient(id: "notes-cli").dpopKey(try await keys.key())
        )

        func session() async throws -> UserSession {
            if let session = try await client.session(id: "me", in: store), session.state == .active { return session }
            let receiver = try RedirectReceiver()
            let result = try await client.signIn(redirectURI: receiver.redirectURI) { url in
                if !SystemBrowser.open(url) { print("Open \(url)") }
            } callback: {
                .query(try await receiver.callback())  // waits until its task is cancelled
            }
            return try await client.session(for: result, in: store, id: "me")
        }

        for note in try await NotesAPI(user: session()).listNotes() { print(note.text) }

        let out = try await client.session(id: "me", in: store)?.signOut()
        if case .failed(let error) = out?.revocation {
            print("signed out here; the server did not revoke the token: \(error)")
        }
    }
}
