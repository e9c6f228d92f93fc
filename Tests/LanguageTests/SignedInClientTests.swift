import Countersign
import CountersignOIDC
import CountersignTesting
import TestSupport
import Testing

@Suite("Generated clients with a signed-in user")
struct SignedInClientTests {
    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer
    private let notes: FakeResourceServer
    private let library: FakeResourceServer
    private let backend: FakeResourceServer
    private let runtime: CountersignRuntime

    init() {
        server = FakeAuthorizationServer(issuer: "https://login.example.com", clock: clock)
        for (id, authentication) in [
            ("notes-web", FakeAuthorizationServer.ClientAuthentication.none),
            ("backend", .clientSecretPost(secret: "s3cret")),
            ("service", .clientSecretBasic(secret: "s3cret")),
        ] {
            server.register(
                FakeAuthorizationServer.Client(
                    id: id,
                    authentication: authentication,
                    scopes: [
                        "openid", "notes.read", "notes.write", "offline_access", "books.all", "books.delete",
                        "books.archive",
                        "orders", "orders.write",
                    ],
                    grantTypes: [.clientCredentials, .authorizationCode, .refreshToken, .tokenExchange],
                    redirectURIs: ["https://app.example/callback"]
                )
            )
        }
        notes = FakeResourceServer(origin: "https://notes.example.com", trusting: server) { _ in
            HTTP.Response(status: 204)
        }
        library = FakeResourceServer(origin: "https://library.example.com", trusting: server) { _ in
            HTTP.Response(status: 204)
        }
        backend = FakeResourceServer(origin: "https://backend.example.com", trusting: server) { _ in
            HTTP.Response(status: 204)
        }
        runtime = CountersignRuntime(
            transport: FakeNetwork(server, notes, library, backend, clock: clock),
            clock: clock
        )
    }

    /// Signs in with the configuration of the generated client.
    private func signedIn(
        _ configuration: SignInConfiguration = NotesAPI.userSignIn,
        id: String = "notes-web"
    ) async throws -> UserSession {
        var configuration = configuration
        configuration.redirectURI = "https://app.example/callback"
        let client = OIDCClient(configuration, credentials: .publicClient(id: id), runtime: runtime)
        let request = try await client.authorizationRequest()
        let response = try await server.approve(authorizationURL: request.url, as: FakeUser(subject: "ada"))
        let result = try await client.complete(request.transaction, callback: .url(response.url))
        return try await client.session(for: result, in: MemoryTokenStore(), id: "1")
    }

    private func notesClient(_ user: UserSession) -> NotesAPI {
        NotesAPI(user: user, service: .publicClient(id: "nobody"), runtime: runtime)
    }

    private func libraryClient(reader: UserSession, librarian: UserSession? = nil) -> LibraryAPI {
        LibraryAPI(
            reader: reader,
            librarian: librarian,
            service: .secret(id: "service", SecretValue("s3cret")),
            subscription: SecretValue("key"),
            runtime: runtime
        )
    }

    @Test("A call carries the user's token with a proof, and after a 401 a refreshed one")
    func calls() async throws {
        let session = try await signedIn()
        let client = notesClient(session)
        try await client.deleteNote(note: "1")
        server.revokeAllTokens()
        try await client.deleteNote(note: "2")
        #expect(notes.requests.map { $0.status?.rawValue } == [204, 401, 204])
        #expect(notes.requests.allSatisfy { $0.request.fields[.authorization]?.hasPrefix("DPoP ") == true })
        #expect(server.issuedTokens.map(\.subject) == ["ada", "ada"])
        #expect(server.issuedTokens.map(\.grantType) == [.authorizationCode, .refreshToken])
    }

    @Test("A session of another issuer is rejected, and its token is not sent")
    func otherIssuer() async throws {
        let session = try await signedIn()
        let sent = server.requests.count
        let error = try await failure(ScreensAPI(user: session, server: .sandbox, runtime: runtime).channels)
        #expect(error.tokenError?.kind == .configuration)
        #expect(error.tokenError?.description.contains("https://login.sandbox.example.com") == true)
        #expect(server.requests.count == sent)
    }

    @Test("The sign-in configuration of a schema is valid for all of its servers, with any issuer")
    func issuersOfServers() async throws {
        var configuration = ScreensAPI.signIn(at: .sandbox)
        configuration.issuer = "https://login.example.com"
        configuration.scopes = ["openid"]
        let session = try await signedIn(configuration, id: "notes-web")
        for server in [ScreensAPI.Server.sandbox, .production] {
            let error = try await failure(ScreensAPI(user: session, server: server, runtime: runtime).channels)
            #expect(error.tokenError == nil, "the issuer is accepted: \(error)")
        }
    }

    @Test("After sign-out, calls use the alternative authorization of the schema, or fail")
    func signedOut() async throws {
        let session = try await signedIn()
        let client = libraryClient(reader: session, librarian: session)
        await session.signOut()
        try await client.search()
        #expect(server.issuedTokens.last?.subject == "service")
        // The fake API requires a token, but the request must be sent without one.
        #expect(try await failure(client.front).status?.rawValue == 401)
        #expect(library.requests.last?.request.fields.contains(.authorization) == false)
        let error = try await failure(client.shelf)
        #expect(error.tokenError?.kind == .notSignedIn)
        #expect(library.requests.count == 2)
    }

    @Test("A session that the server ended makes calls fail, even if the schema has alternatives")
    func ended() async throws {
        let client = libraryClient(reader: try await signedIn())
        for family in server.liveRefreshTokenFamilies { server.revokeRefreshTokenFamily(family.id) }
        clock.advance(by: .seconds(2 * 3600))
        for call in [client.search, client.front, client.shelf] {
            #expect(try await failure(call).tokenError?.kind == .sessionEnded)
        }
        #expect(library.requests.isEmpty)
    }

    @Test("An operation with a scope that was requested and not granted fails without a request")
    func missingScope() async throws {
        var configuration = NotesAPI.userSignIn
        configuration.scopes.append("books.archive")
        server.inject(.member("scope", .string(NotesAPI.userSignIn.scopes.joined(separator: " "))), at: .token)
        let client = libraryClient(reader: try await signedIn(configuration))
        #expect(try await failure(client.archive).tokenError?.kind == .missingScope)
        #expect(library.requests.isEmpty)
    }

    @Test("A session can be the subject of a token exchange")
    func exchange() async throws {
        let session = try await signedIn()
        let client = RelayAPI(
            credentials: .secret(id: "backend", SecretValue("s3cret")),
            subject: session,
            runtime: runtime
        )
        try await client.orders()
        try await client.orders()
        try await client.place(body: .null)
        let exchanged = server.issuedTokens.filter { $0.grantType == .tokenExchange }
        #expect(exchanged.map(\.subject) == ["ada", "ada"])
        #expect(exchanged.map(\.scopes) == [["orders"], ["orders", "orders.write"]])
        #expect(exchanged.allSatisfy { $0.audience == ["https://backend.example.com", "backend"] })
        #expect(backend.requests.map { $0.status?.rawValue } == [204, 204, 204])

        await session.signOut()
        #expect(try await failure(client.orders).tokenError?.kind == .notSignedIn)
        #expect(backend.requests.count == 3)
    }
}
