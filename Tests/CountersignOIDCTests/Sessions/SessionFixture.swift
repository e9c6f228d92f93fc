import Countersign
import CountersignTesting
import Foundation
import TestSupport

@_spi(Testing) import Countersign
@testable import CountersignOIDC

/// The environment of a session: a virtual clock, an authorization server with refresh token rotation, an API, and a
/// store that can fail.
final class SessionFixture: Sendable {
    static let ada = FakeUser(subject: "u1", name: "Ada", email: "ada@example.com")
    static let scopes = ["openid", "profile", "offline_access", "notes.read", "notes.write"]

    let clock = VirtualClock()
    let server: FakeAuthorizationServer
    let api: FakeResourceServer
    let network: FakeNetwork
    let runtime: CountersignRuntime
    let store: FaultyTokenStore
    let configuration: SignInConfiguration
    /// The maximum number of attempts of one refresh.
    private let maximumAttempts: Int

    init(
        dpop: DPoPAlgorithm? = nil,
        leasesExpire: Bool = false,
        requestsTimeOut: Bool = true,
        maximumAttempts: Int = 1,
        configure: (inout SignInConfiguration) -> Void = { _ in }
    ) {
        server = FakeAuthorizationServer(clock: clock)
        server.register(
            .init(
                id: "web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: Set(Self.scopes),
                grantTypes: [.authorizationCode, .refreshToken],
                targets: ["https://a.example", "https://b.example", "https://a.example/K"],
                redirectURIs: ["https://app.example/callback"],
                postLogoutRedirectURIs: ["https://app.example/bye"]
            )
        )
        api = FakeResourceServer(origin: "https://api.example.com", trusting: server) { _ in .json("{}") }
        network = FakeNetwork(server, api, clock: requestsTimeOut ? clock : nil)
        var configuration = SignInConfiguration(issuer: server.issuer, scopes: Self.scopes, dpop: dpop)
        configuration.redirectURI = "https://app.example/callback"
        configuration.postLogoutRedirectURI = "https://app.example/bye"
        configure(&configuration)
        self.configuration = configuration
        store = FaultyTokenStore(MemoryTokenStore(clock: clock, leasesExpire: leasesExpire))
        self.maximumAttempts = maximumAttempts
        runtime = Self.runtime(network, clock, maximumAttempts: maximumAttempts)
    }

    /// Returns the runtime of another process, with its own DPoP keys.
    func otherRuntime() -> CountersignRuntime { Self.runtime(network, clock, maximumAttempts: maximumAttempts) }

    private static func runtime(
        _ network: FakeNetwork,
        _ clock: VirtualClock,
        maximumAttempts: Int
    ) -> CountersignRuntime {
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = network
        configuration.clock = clock
        configuration.jitter = { 0.5 }
        // With retries, a failed refresh would wait for the virtual clock.
        configuration.renewal.maximumAttempts = maximumAttempts
        return CountersignRuntime(configuration)
    }

    func client(_ runtime: CountersignRuntime? = nil) -> OIDCClient {
        OIDCClient(
            configuration,
            credentials: .secret(id: "web", SecretValue("s3cret")),
            runtime: runtime ?? self.runtime
        )
    }

    func clientWithoutDPoP() -> OIDCClient {
        var configuration = configuration
        configuration.dpop = nil
        return OIDCClient(configuration, credentials: .secret(id: "web", SecretValue("s3cret")), runtime: runtime)
    }

    func signIn(as user: FakeUser = ada, scopes: Set<String>? = nil) async throws -> SignInResult {
        let request = try await client().authorizationRequest()
        let response = try await server.approve(authorizationURL: request.url, as: user, scopes: scopes)
        return try await client().complete(request.transaction, callback: .url(response.url))
    }

    /// Signs a user in and stores the session.
    func session(
        as user: FakeUser = ada,
        id: String = "s",
        scopes: Set<String>? = nil,
        configuration: SessionConfiguration = SessionConfiguration()
    ) async throws -> UserSession {
        let result = try await signIn(as: user, scopes: scopes)
        return try await client().session(for: result, in: store, id: id, configuration: configuration)
    }

    /// Loads a stored session, as another process would.
    func restored(id: String = "s", runtime: CountersignRuntime? = nil) async throws -> UserSession? {
        try await client(runtime).session(id: id, in: store)
    }

    /// Returns the stored record of a session.
    func stored(id: String = "s") async throws -> SessionRecord? {
        try await SessionStoreEntry(id, in: store.store).load()?.record
    }

    /// The number of refresh requests that the server received.
    var refreshes: Int { server.count(grantType: .refreshToken) }

    /// Lets the access token expire.
    func expire() { clock.advance(by: .seconds(3600)) }
}

extension UserSession {
    /// Requests an access token, and returns its value or the name of the error's kind.
    func outcome(scopes: [String] = [], resources: [String] = [], forceRenewal: Bool = false) async -> String {
        do throws(TokenError) {
            return try await accessToken(scopes: scopes, resources: resources, forceRenewal: forceRenewal).value
        } catch {
            return error.kind.description
        }
    }

    /// Requests an access token, and returns the error; nil if it succeeds.
    func failure() async -> TokenError? {
        do throws(TokenError) {
            _ = try await accessToken()
            return nil
        } catch {
            return error
        }
    }

    /// Waits until the background task has saved the session, or has given up because of a sign-out.
    func waitForBackgroundSave() async throws {
        try await waitUntil("the background save ends") {
            !core.state.withLock { $0.isSavingInBackground }
        }
    }
}
