import Countersign
import CountersignLoopback
import CountersignOIDC
import CountersignTesting
import Foundation
import Testing

// The samples of "A command-line tool", line for line.

/// The code of the article.
enum CommandLineArticle {
    typealias NotesAPI = ArticleNotesAPI

    /// The signed-in user of this machine.
    struct Account {
        let client: OIDCClient
        let store: FileTokenStore
        var showPage: @Sendable (_ url: String) -> Void = { url in
            if !SystemBrowser.open(url) { print("Open this page in a browser of this machine:\n\(url)") }
        }

        init(home: String, runtime: CountersignRuntime = .shared) async throws {
            let encryption = try StoreEncryption.keyFile("\(home)/.config/notes/store-key")
            store = try FileTokenStore(directory: "\(home)/.local/state/notes/sessions", encryption: encryption)
            let keys = try DPoPKeyStore(directory: "\(home)/.local/state/notes/keys", encryption: encryption)
            let credentials = ClientCredentials.publicClient(id: "notes-cli").dpopKey(try await keys.key())
            client = OIDCClient(NotesAPI.userSignIn, credentials: credentials, runtime: runtime)
        }

        /// The session; nil if no user is signed in.
        func session() async throws -> UserSession? {
            guard let session = try await client.session(id: "me", in: store) else { return nil }
            return session.state == .active ? session : nil
        }

        func signIn() async throws -> UserSession {
            let receiver = try RedirectReceiver()
            let result = try await client.signIn(redirectURI: receiver.redirectURI) { url in
                showPage(url)
            } callback: { transaction in
                .query(try await receiver.callback { transaction.matches(.query($0)) })
            }
            return try await client.session(for: result, in: store, id: "me")
        }

        func signInWithAnotherDevice() async throws -> UserSession {
            let authorization = try await client.deviceAuthorization()
            print("Open \(authorization.verificationURI) and type \(authorization.userCode)")
            let result = try await client.complete(authorization)
            return try await client.session(for: result, in: store, id: "me")
        }

        /// Signs out; returns nil if no user was signed in.
        func signOut() async throws -> SignOutResult? {
            try await client.session(id: "me", in: store)?.signOut()
        }

        /// Removes a session that cannot be read any longer, without revoking anything.
        func removeSession() async throws {
            try await UserSession.remove(id: "me", from: store)
        }
    }

    /// - Returns: The exit code of the program.
    static func report(_ out: SignOutResult) -> Int32 {
        switch out.revocation {
        case .revoked, .notRequested: break
        case .notSupported: print("The server does not support revocation: tokens stay valid until they expire.")
        case .failed(let error): print("The refresh token was not revoked: \(error)")
        }
        if let error = out.storeError {
            print("You are still signed in, because the session could not be removed: \(error)")
            return 2
        }
        print("Signed out on this machine.")
        if case .failed(let error) = out.revocation { return exitCode(of: error) }
        return 0
    }

    static func exitCode(of error: any Error) -> Int32 {
        switch error {
        case let error as NotesAPI.Failure:
            if let token = error.tokenError { return exitCode(of: token) }
            return error.kind == .transport || error.kind == .timedOut ? 5 : 4
        case let error as SignInError:
            return error.isTransient ? 5 : error.kind == .configuration ? 2 : 4
        case let error as TokenError:
            switch error.kind {
            case .sessionEnded, .notSignedIn: return 3
            case .configuration, .storage: return 2
            default: return error.isTransient ? 5 : 4
            }
        default:
            return 2
        }
    }
}

@Suite("The article 'A command-line tool'", .timeLimit(.minutes(15)))
final class CommandLineArticleTests {
    private typealias Account = CommandLineArticle.Account
    private typealias NotesAPI = CommandLineArticle.NotesAPI

    private let server = FakeAuthorizationServer(issuer: "https://login.example.com")
    private let api: FakeResourceServer
    private let home = FileManager.default.temporaryDirectory.appending(path: "article-\(UUID().uuidString)").path
    private let ada = FakeUser(subject: "u1", name: "Ada")

    init() {
        server.register(
            .init(
                id: "notes-cli",
                authentication: .none,
                scopes: ["openid", "profile", "offline_access", "notes.read", "notes.write"],
                grantTypes: [.authorizationCode, .refreshToken, .deviceCode],
                redirectURIs: ["http://127.0.0.1/callback"]
            )
        )
        api = FakeResourceServer(origin: "https://notes.example.com", trusting: server)
        api.on(.get, "/api/notes", scopes: ["notes.read"]) { _ in .json(#"[{"id": "1", "text": "Buy paper"}]"#) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: home)
    }

    private func process() -> CountersignRuntime {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, api)
        return CountersignRuntime(configuration)
    }

    private func account(_ runtime: CountersignRuntime, strangers: Int = 0) async throws -> Account {
        var account = try await Account(home: home, runtime: runtime)
        let (server, ada) = (server, ada)
        account.showPage = { url in
            Task {
                let response = try await server.approve(authorizationURL: url, as: ada)
                let address = response.url.prefix { $0 != "?" }
                for number in 0..<strangers {
                    let guess = "\(address)?code=\(number)&state=guessed&iss=\(server.issuer)"
                    _ = try await CurlTransport().send(HTTP.Request(url: HTTP.URL(guess)))
                }
                _ = try await CurlTransport().send(HTTP.Request(url: HTTP.URL(response.url)))
            }
        }
        return account
    }

    @Test("The account signs in, is found by the next process, and signs out with a revocation")
    func account() async throws {
        var runtime = process()
        let first = try await account(runtime)
        #expect(try await first.session() == nil)
        let session = try await first.signIn()
        #expect(try await NotesAPI(user: session, runtime: runtime).listNotes().map(\.text) == ["Buy paper"])

        runtime = process()
        let second = try await account(runtime)
        let found = try #require(try await second.session())
        #expect(try await NotesAPI(user: found, runtime: runtime).listNotes().map(\.text) == ["Buy paper"])
        let out = try await second.signOut()
        guard case .revoked = out?.revocation else {
            Issue.record("\(String(describing: out))")
            return
        }
        #expect(CommandLineArticle.report(try #require(out)) == 0)
        #expect(server.liveRefreshTokenFamilies.isEmpty)
        #expect(try await second.session() == nil)
    }

    @Test("A sign-out that failed at the server or on disk has the exit code of a failure")
    func failedSignOut() async throws {
        let account = try await account(process())
        _ = try await account.signIn()
        server.inject(.status(503), at: .revocation)
        #expect(CommandLineArticle.report(try #require(try await account.signOut())) == 5)

        _ = try await account.signIn()
        let folder = home + "/.local/state/notes/sessions/"
        for lock in try FileManager.default.contentsOfDirectory(atPath: folder) where lock.hasPrefix("write-") {
            try FileManager.default.removeItem(atPath: folder + lock)
            try FileManager.default.createDirectory(atPath: folder + lock, withIntermediateDirectories: false)
        }
        let next = try await self.account(process())
        #expect(CommandLineArticle.report(try #require(try await next.signOut())) == 2)
        #expect(try await self.account(process()).session()?.state == .active, "so the next run is signed in")
    }

    @Test("Forged callbacks of pages that guess the port do not end the sign-in")
    func strangers() async throws {
        let session = try await account(process(), strangers: 5).signIn()
        #expect(session.subject == "u1")
        #expect(server.count(grantType: .authorizationCode) == 1)
    }

    @Test("A refresh whose response was lost is a transient failure, which retryRefresh() ends at once")
    func lostResponse() async throws {
        server.configuration.refreshTokenOverlap = .seconds(600)
        let runtime = process()
        let session = try await account(runtime).signIn()
        server.revokeAllTokens()
        server.inject(.lostResponse, grantType: .refreshToken)
        await #expect {
            try await NotesAPI(user: session, runtime: runtime).listNotes()
        } throws: {
            CommandLineArticle.exitCode(of: $0) == 5
        }
        try await session.retryRefresh()
        #expect(try await NotesAPI(user: session, runtime: runtime).listNotes().count == 1)
        #expect(server.count(grantType: .refreshToken) == 2)
    }

    @Test("With another store key the DPoP key cannot be read, and with another DPoP key the session cannot be used")
    func lostKeys() async throws {
        _ = try await account(process()).signIn()
        try FileManager.default.removeItem(atPath: home + "/.local/state/notes/keys")
        let another = try await account(process())
        await #expect { try await another.session() } throws: { CommandLineArticle.exitCode(of: $0) == 2 }
        try await another.removeSession()
        #expect(try await another.session() == nil)

        _ = try await another.signIn()
        try FileManager.default.removeItem(atPath: home + "/.config/notes/store-key")
        await #expect { try await self.account(self.process()) } throws: {
            ($0 as? TokenStoreError)?.kind == .wrongKey && CommandLineArticle.exitCode(of: $0) == 2
        }
        try FileManager.default.removeItem(atPath: home + "/.local/state/notes")
        #expect(try await account(process()).session() == nil)
    }

    @Test("A sign-in ends when its task is cancelled")
    func patience() async throws {
        var account = try await Account(home: home, runtime: process())
        account.showPage = { _ in }
        let waiting = account

        let signIn = Task { try await waiting.signIn() }
        signIn.cancel()
        await #expect(throws: (any Error).self) { try await signIn.value }
    }

    @Test("Every error kind has the exit code of the table")
    func exitCodes() throws {
        let article = try Article.text("Sources/CountersignOIDC/CountersignOIDC.docc/ACommandLineTool.md")
        let rows = article.matches(of: /(?m)^\| `TokenError` `(\w+)` \| (yes|no) \| (\d) \|/)
        #expect(rows.count == TokenErrorKinds.all.count)
        for kind in TokenErrorKinds.all {
            let row = try #require(rows.first { $0.output.1 == kind.kind.description }, "\(kind.kind)")
            #expect(row.output.2 == (kind.isTransient ? "yes" : "no"), "\(kind.kind)")
            #expect(Int32(row.output.3) == CommandLineArticle.exitCode(of: kind), "\(kind.kind)")
        }
    }
}
