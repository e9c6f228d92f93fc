import Countersign
import CountersignOIDC
import CountersignTesting

/// An authorization server with a web client, a native client and a user.
struct SignInFixture {
    static let web = "https://app.example/callback"
    static let native = "com.example.app:/cb"

    let clock: VirtualClock
    let server: FakeAuthorizationServer
    let runtime: CountersignRuntime
    let ada = FakeUser(
        subject: "u1",
        name: "Ada",
        email: "ada.canary@mail.test",
        claims: ["roles": ["admin", "staff"]]
    )

    init(issuer: String = "https://login.example.com", clock: VirtualClock = VirtualClock()) {
        self.clock = clock
        server = FakeAuthorizationServer(issuer: issuer, clock: clock)
        var configuration = CountersignRuntime.Configuration()
        configuration.clock = clock
        configuration.transport = FakeNetwork(server, clock: nil)
        configuration.retries = .none
        runtime = CountersignRuntime(configuration)
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

    /// Returns the web client with changes to its configuration.
    func web(_ change: (inout SignInConfiguration) -> Void = { _ in }) -> OIDCClient {
        var configuration = SignInConfiguration(issuer: server.issuer, scopes: ["openid", "profile", "notes.read"])
        configuration.redirectURI = Self.web
        change(&configuration)
        return OIDCClient(
            configuration,
            credentials: .secret(id: "web", SecretValue("canary-secret-0123456789")),
            runtime: runtime
        )
    }

    /// Returns the native client with changes to its configuration.
    func native(_ change: (inout SignInConfiguration) -> Void = { _ in }) -> OIDCClient {
        var configuration = SignInConfiguration(issuer: server.issuer, clientID: "native", scopes: ["openid"])
        configuration.redirectURI = Self.native
        change(&configuration)
        return OIDCClient(configuration, runtime: runtime)
    }

    /// Signs Ada in.
    func signIn(_ client: OIDCClient) async throws -> SignInResult {
        let request = try await client.authorizationRequest()
        let redirect = try await server.approve(authorizationURL: request.url, as: ada)
        let callback: AuthorizationCallback = redirect.form.map { .form($0) } ?? .url(redirect.url)
        return try await client.complete(request.transaction, callback: callback)
    }
}

/// Returns the error that an operation throws; nil if it succeeds.
func signInError<Success>(_ operation: () async throws(SignInError) -> Success) async -> SignInError? {
    do {
        _ = try await operation()
        return nil
    } catch {
        return error
    }
}

/// Returns the parameters of a URL's query.
func query(_ url: String) throws -> [(name: String, value: String)] {
    FormURLEncoded.decode(try HTTP.URL(url).query.map { Array($0.utf8) } ?? []) ?? []
}

extension [(name: String, value: String)] {
    subscript(_ name: String) -> String? { first { $0.name == name }?.value }
}
