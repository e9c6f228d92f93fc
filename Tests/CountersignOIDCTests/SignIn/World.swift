import Countersign
import CountersignOIDC
import CountersignTesting

/// An authorization server, a web client and a native one at it, and a user.
struct World {
    static let web = "https://app.example/callback"
    static let native = "com.example.app:/cb"

    let clock: VirtualClock
    let server: FakeAuthorizationServer
    let runtime: Runtime
    let ada = FakeUser(
        subject: "u1",
        name: "Ada",
        email: "ada.canary@mail.test",
        claims: ["roles": ["admin", "staff"]]
    )

    init(issuer: String = "https://login.example.com", clock: VirtualClock = VirtualClock()) {
        self.clock = clock
        server = FakeAuthorizationServer(issuer: issuer, clock: clock)
        var configuration = Runtime.Configuration()
        configuration.clock = clock
        configuration.transport = FakeNetwork(server, clock: nil)
        configuration.retries = .none
        runtime = Runtime(configuration)
        server.register(
            .init(
                id: "web",
                authentication: .clientSecretBasic(secret: "canary-secret-0123456789"),
                scopes: ["openid", "profile", "email", "offline_access", "notes.read"],
                grantTypes: [.authorizationCode, .refreshToken, .deviceCode, .tokenExchange],
                redirectURIs: [Self.web],
                postLogoutRedirectURIs: ["https://app.example/bye"]
            )
        )
        server.register(
            .init(
                id: "native",
                authentication: .none,
                scopes: ["openid", "profile", "notes.read"],
                grantTypes: [.authorizationCode, .refreshToken, .deviceCode],
                redirectURIs: [Self.native, "http://127.0.0.1/cb"]
            )
        )
        server.register(ada)
    }

    /// The web client, with the configuration changed as a test wants it.
    func web(_ change: (inout SignInConfiguration) -> Void = { _ in }) -> OIDCClient {
        var configuration = SignInConfiguration(issuer: server.issuer, scopes: ["openid", "profile", "notes.read"])
        configuration.redirectURI = Self.web
        change(&configuration)
        return OIDCClient(
            configuration,
            credentials: .secret(id: "web", Secret("canary-secret-0123456789")),
            runtime: runtime
        )
    }

    /// The native client.
    func native(_ change: (inout SignInConfiguration) -> Void = { _ in }) -> OIDCClient {
        var configuration = SignInConfiguration(issuer: server.issuer, clientID: "native", scopes: ["openid"])
        configuration.redirectURI = Self.native
        change(&configuration)
        return OIDCClient(configuration, runtime: runtime)
    }

    /// A whole sign-in of Ada's.
    func signIn(_ client: OIDCClient) async throws -> SignInResult {
        let request = try await client.authorizationRequest()
        let answer = try await server.approve(authorizationURL: request.url, as: ada)
        let callback: AuthorizationCallback = answer.form.map { .form($0) } ?? .url(answer.url)
        return try await client.complete(request.transaction, callback: callback)
    }
}

/// What a closure throws.
func signInError<Success>(_ work: () async throws(SignInError) -> Success) async -> SignInError? {
    do {
        _ = try await work()
        return nil
    } catch {
        return error
    }
}

/// The parameters of a URL's query.
func query(_ url: String) throws -> [(name: String, value: String)] {
    FormURLEncoded.decode(try HTTP.URL(url).query.map { Array($0.utf8) } ?? []) ?? []
}

extension [(name: String, value: String)] {
    subscript(_ name: String) -> String? { first { $0.name == name }?.value }
}
