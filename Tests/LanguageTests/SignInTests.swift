import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("Sign-in configurations of generated clients")
struct SignInTests {
    @Test("The sign-in configuration has the values of the schema")
    func everything() {
        #expect(
            NotesAPI.userSignIn
                == SignInConfiguration(
                    issuer: "https://login.example.com",
                    clientID: "notes-web",
                    clientAuthentication: ClientAuthentication.none,
                    scopes: ["openid", "notes.read", "notes.write", "offline_access"],
                    dpop: .es256
                )
        )
        #expect(
            LibraryAPI.readerSignIn
                == SignInConfiguration(
                    issuer: "https://login.example.com",
                    clientID: "library",
                    scopes: ["openid", "books.read", "books.archive"],
                    resources: ["https://library.example.com"],
                    parameters: ["tenant": "acme"],
                    audience: "library",
                    prompt: ["login", "consent"]
                )
        )
        #expect(
            LibraryAPI.librarianSignIn
                == SignInConfiguration(
                    issuer: "https://login.example.com",
                    clientAuthentication: .clientSecretPost,
                    scopes: ["books.delete"],
                    endpointOrigins: ["https://devices.example.com"]
                )
        )
    }

    @Test("If servers have issuers, the sign-in uses the server's issuer")
    func servers() {
        func configuration(at issuer: String) -> SignInConfiguration {
            SignInConfiguration(
                issuer: issuer,
                clientID: "screens",
                scopes: ["openid", "channels.read", "recordings"],
                dpop: .edDSA
            )
        }
        #expect(ScreensAPI.signIn() == configuration(at: "https://login.example.com"))
        #expect(ScreensAPI.signIn(at: .sandbox) == configuration(at: "https://login.sandbox.example.com"))
    }

    @Test(
        "Without a signed-in user, a client calls as the service or without a token where the schema allows it"
    )
    func noUser() async throws {
        let transport = ScriptedTransport(
            otherwise: .computed { request in
                guard request.url.origin.host == "login.example.com" else { return HTTP.Response(status: 204) }
                return .json(#"{"access_token": "service", "token_type": "Bearer", "expires_in": 3600}"#)
            }
        )
        let library = LibraryAPI(
            reader: nil,
            librarian: nil,
            service: .secret(id: "service", SecretValue("s3cret")),
            subscription: SecretValue("key"),
            runtime: ModelsExchange.runtime(transport)
        )
        try await library.search()
        try await library.front()
        try await library.weed()
        try await library.count()
        try await library.health()
        for call in [library.shelf, library.archive] {
            let error = try await failure(call)
            #expect(error.kind == .noToken)
            #expect(error.tokenError?.kind == .notSignedIn)
        }
        let calls = transport.requests.filter { $0.url.origin.host == "library.example.com" }
        #expect(calls.map(\.url.target) == ["/search", "/front", "/books", "/count", "/health"])
        #expect(
            calls.map { $0.fields[.authorization] ?? "-" } == ["Bearer service", "-", "Bearer service", "-", "-"]
        )
        #expect(calls.allSatisfy { !$0.fields.contains("X-API-Key") })
    }

    @Test("A session parameter is optional only if no operation requires it")
    func initializers() {
        let notes: (UserSession, ClientCredentials, String, CountersignRuntime) -> NotesAPI = NotesAPI.init
        let screens: (UserSession, ScreensAPI.Server, CountersignRuntime) -> ScreensAPI = ScreensAPI.init
        let library:
            (UserSession?, UserSession?, ClientCredentials, SecretValue, String, CountersignRuntime) -> LibraryAPI =
                LibraryAPI.init
        _ = (notes, screens, library)
    }
}
