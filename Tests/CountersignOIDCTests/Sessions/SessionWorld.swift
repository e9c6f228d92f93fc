import Countersign
import CountersignCrypto
import CountersignHTTP
import CountersignTesting
import Foundation

@_spi(Testing) import Countersign
@testable import CountersignOIDC

/// What a session lives in: a clock that a test moves, a strict authorization server, an API, a store that can fail.
final class SessionWorld: Sendable {
    static let ada = FakeUser(subject: "u1", name: "Ada", email: "ada@example.com")
    static let scopes = ["openid", "profile", "offline_access", "notes.read", "notes.write"]

    let clock = VirtualClock()
    let server: FakeAuthorizationServer
    let api: FakeResourceServer
    let network: FakeNetwork
    let runtime: Runtime
    let store: FaultyStore
    let configuration: SignInConfiguration

    init(
        dpop: DPoPAlgorithm? = nil,
        leasesEnd: Bool = false,
        requestsTimeOut: Bool = true,
        configure: (inout SignInConfiguration) -> Void = { _ in }
    ) {
        server = FakeAuthorizationServer(clock: clock)
        server.register(
            .init(
                id: "web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: Set(Self.scopes),
                grantTypes: [.authorizationCode, .refreshToken],
                targets: ["https://a.example", "https://b.example"],
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
        store = FaultyStore(MemoryTokenStore(clock: clock, leasesEnd: leasesEnd))
        runtime = Self.runtime(network, clock)
    }

    /// A runtime of another process, with keys of its own.
    func otherRuntime() -> Runtime { Self.runtime(network, clock) }

    private static func runtime(_ network: FakeNetwork, _ clock: VirtualClock) -> Runtime {
        var configuration = Runtime.Configuration()
        configuration.transport = network
        configuration.clock = clock
        configuration.jitter = { 0.5 }
        return Runtime(configuration)
    }

    func client(_ runtime: Runtime? = nil) -> OIDCClient {
        OIDCClient(configuration, credentials: .secret(id: "web", Secret("s3cret")), runtime: runtime ?? self.runtime)
    }

    func signIn(as user: FakeUser = ada, scopes: Set<String>? = nil) async throws -> SignInResult {
        let request = try await client().authorizationRequest()
        let answer = try await server.approve(authorizationURL: request.url, as: user, scopes: scopes)
        return try await client().complete(request.transaction, callback: .url(answer.url))
    }

    /// A signed-in user.
    func session(
        as user: FakeUser = ada,
        id: String = "s",
        scopes: Set<String>? = nil,
        options: SessionOptions = SessionOptions()
    ) async throws -> UserSession {
        try await client().session(for: signIn(as: user, scopes: scopes), in: store, id: id, options: options)
    }

    /// The same session in another process.
    func restored(id: String = "s", runtime: Runtime? = nil) async throws -> UserSession? {
        try await client(runtime).session(id: id, in: store)
    }

    /// What the store has.
    func stored(id: String = "s") async throws -> SessionRecord? {
        try await SessionEntry(id, in: store.store).load()?.record
    }

    var refreshes: Int { server.count(grantType: .refreshToken) }

    /// Lets the access token expire.
    func expire() { clock.advance(by: .seconds(3600)) }
}

/// A store that fails when it is told to.
final class FaultyStore: TokenStore {
    enum Operation: Hashable, Sendable { case load, save, remove, lease }

    let store: MemoryTokenStore
    private let failing = Locked<Set<Operation>>([])
    private let beforeSaves = Locked<(@Sendable () async -> Void)?>(nil)
    private let afterLoads = Locked<(@Sendable (String) async -> Void)?>(nil)

    init(_ store: MemoryTokenStore) {
        self.store = store
    }

    func fail(_ operations: Set<Operation>) { failing.withLock { $0 = operations } }

    /// Runs before every save, once the saver has decided to save.
    func beforeSave(_ hook: (@Sendable () async -> Void)?) { beforeSaves.withLock { $0 = hook } }

    /// Runs after every load, before the loader knows what it has loaded.
    func afterLoad(_ hook: (@Sendable (String) async -> Void)?) { afterLoads.withLock { $0 = hook } }

    private func check(_ operation: Operation) throws(TokenStoreError) {
        if failing.withLock({ $0.contains(operation) }) { throw TokenStoreError(.unavailable, "the disk is full") }
    }

    func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        try check(.load)
        let entry = try await store.load(name)
        await afterLoads.withLock { $0 }?(name)
        return entry
    }

    func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Duration?
    ) async throws(TokenStoreError) -> StoreVersion {
        await beforeSaves.withLock { $0 }?()
        try check(.save)
        return try await store.save(contents, as: name, replacing: version, until: expiry)
    }

    func remove(_ name: String, version: StoreVersion?) async throws(TokenStoreError) {
        try check(.remove)
        try await store.remove(name, version: version)
    }

    func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost patience: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try check(.lease)
        return try await store.lease(name, for: duration, waitingAtMost: patience)
    }
}

extension UserSession {
    /// How asking for a token ends: its value, or the kind of the error.
    func outcome(scopes: [String] = [], resources: [String] = [], renew: Bool = false) async -> String {
        do throws(TokenError) {
            return try await accessToken(scopes: scopes, resources: resources, renew: renew).value
        } catch {
            return error.kind.description
        }
    }
}
