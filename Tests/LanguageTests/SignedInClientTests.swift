import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("Generated clients of a user who signed in")
struct SignedInClientTests {
    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer
    private let notes: FakeResourceServer
    private let library: FakeResourceServer
    private let backend: FakeResourceServer
    private let runtime: Runtime

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
                        "openid", "notes.read", "notes.write", "offline_access", "books.all", "books.delete", "orders",
                        "orders.write",
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
        var configuration = Runtime.Configuration()
        configuration.transport = FakeNetwork(server, notes, library, backend, clock: clock)
        configuration.clock = clock
        runtime = Runtime(configuration)
    }

    /// Signs in with what the generated client says, and no more.
    private func signedIn(
        _ configuration: SignInConfiguration = NotesAPI.userSignIn,
        id: String = "notes-web"
    ) async throws -> UserSession {
        var configuration = configuration
        configuration.redirectURI = "https://app.example/callback"
        let client = OIDCClient(configuration, credentials: .publicClient(id: id), runtime: runtime)
        let request = try await client.authorizationRequest()
        let answer = try await server.approve(authorizationURL: request.url, as: FakeUser(subject: "ada"))
        let result = try await client.complete(request.transaction, callback: .url(answer.url))
        return try await client.session(for: result, in: MemoryTokenStore(), id: "1")
    }

    private func notesClient(_ user: UserSession) -> NotesAPI {
        NotesAPI(user: user, service: .publicClient(id: "nobody"), runtime: runtime)
    }

    @Test("A call carries the user's token with a proof, and a 401 is answered with a refreshed one")
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

    @Test("A user of another issuer is refused, and the token goes nowhere")
    func otherIssuer() async throws {
        let session = try await signedIn()
        let sent = server.requests.count
        let error = try await failure(ScreensAPI(user: session, server: .sandbox, runtime: runtime).channels)
        #expect(error.tokenError?.kind == .configuration)
        #expect(error.tokenError?.description.contains("https://login.sandbox.example.com") == true)
        #expect(server.requests.count == sent)
    }

    @Test("A schema's configuration is that schema's, whatever its issuer is set to")
    func issuerOfThePlace() async throws {
        var configuration = ScreensAPI.signIn(at: .sandbox)
        configuration.issuer = "https://login.example.com"
        configuration.scopes = ["openid"]
        let session = try await signedIn(configuration, id: "notes-web")
        for server in [ScreensAPI.Server.sandbox, .production] {
            let error = try await failure(ScreensAPI(user: session, server: server, runtime: runtime).channels)
            #expect(error.tokenError?.kind == .missingScope, "and nothing else is wrong")
        }
    }

    @Test("Once the user has signed out, calls are made in the other way that their schema names, or not at all")
    func over() async throws {
        let session = try await signedIn()
        let client = LibraryAPI(
            reader: session,
            librarian: session,
            service: .secret(id: "service", Secret("s3cret")),
            subscription: Secret("key"),
            runtime: runtime
        )
        await session.signOut()
        try await client.search()
        #expect(server.issuedTokens.last?.subject == "service")
        // This API wants a token of everybody; what matters is that it got none.
        #expect(try await failure(client.front).status?.rawValue == 401)
        #expect(library.requests.last?.request.fields.contains(.authorization) == false)
        let error = try await failure(client.shelf)
        #expect(error.tokenError?.kind == .notSignedIn)
        #expect(library.requests.count == 2)
    }

    @Test("A session that the server ended is the call's error, where the service or nobody might call as well")
    func ended() async throws {
        let session = try await signedIn()
        let client = LibraryAPI(
            reader: session,
            librarian: nil,
            service: .secret(id: "service", Secret("s3cret")),
            subscription: Secret("key"),
            runtime: runtime
        )
        for family in server.liveRefreshTokenFamilies { server.revokeRefreshTokenFamily(family.id) }
        clock.advance(by: .seconds(2 * 3600))
        for call in [client.search, client.front, client.shelf] {
            #expect(try await failure(call).tokenError?.kind == .sessionEnded)
        }
        #expect(library.requests.isEmpty)
    }

    @Test("An operation whose scope the user did not grant is refused here")
    func missingScope() async throws {
        let session = try await signedIn()
        let client = LibraryAPI(
            reader: session,
            librarian: nil,
            service: .secret(id: "service", Secret("s3cret")),
            subscription: Secret("key"),
            runtime: runtime
        )
        #expect(try await failure(client.archive).tokenError?.kind == .missingScope)
        #expect(library.requests.isEmpty)
    }

    @Test("A session can be the subject of an exchange")
    func exchange() async throws {
        let session = try await signedIn()
        let client = RelayAPI(
            credentials: .secret(id: "backend", Secret("s3cret")),
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
