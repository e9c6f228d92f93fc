import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// The surroundings of a client in a test: a virtual clock, an authorization server, an API, and a runtime.
final class World: Sendable {
    static let secret = "s3cret-of-the-worker"

    let clock = VirtualClock()
    let server: FakeAuthorizationServer
    let api: FakeResourceServer
    let network: FakeNetwork
    let runtime: CountersignRuntime

    init(
        issuer: String = "https://login.example.com",
        api origin: String = "https://api.example.com",
        jitter: @escaping @Sendable () -> Double = { 0.5 },
        configure: (inout CountersignRuntime.Configuration) -> Void = { _ in },
        handler: @escaping FakeResourceServer.Handler = { _ in .json("{}") }
    ) {
        server = FakeAuthorizationServer(issuer: issuer, clock: clock)
        server.register(
            FakeAuthorizationServer.Client(
                id: "worker",
                authentication: .clientSecretBasic(secret: World.secret),
                scopes: ["read", "write"]
            )
        )
        server.configuration.tokenFormat = .opaque
        api = FakeResourceServer(origin: origin, trusting: server, handler: handler)
        network = FakeNetwork(server, api, clock: clock)
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = network
        configuration.clock = clock
        configuration.jitter = jitter
        // One attempt for each fetch: with retries, a failure would wait for the virtual clock. `ColdStartTests` has them.
        configuration.renewal.maximumAttempts = 1
        configure(&configuration)
        runtime = CountersignRuntime(configuration)
    }

    static let credentials = ClientCredentials.secret(id: "worker", SecretValue(secret))

    /// Returns a client of the API without a schema.
    ///
    /// It is given the token endpoint, so that it makes no metadata requests.
    func client(
        _ credentials: ClientCredentials = World.credentials,
        scopes: [String] = [],
        dpop: DPoPAlgorithm? = nil
    ) -> APIClient {
        APIClient(
            server: api.origin.description,
            authorization: .clientCredentials(
                credentials.tokenEndpoint(server.url(of: .token)),
                OAuthConfiguration(dpop: dpop),
                scopes: scopes
            ),
            runtime: runtime
        )
    }

    /// Returns a client of the API that discovers the token endpoint from the issuer's metadata.
    func discoveringClient(dpop: DPoPAlgorithm? = nil) -> APIClient {
        APIClient(
            server: api.origin.description,
            authorization: .clientCredentials(
                World.credentials,
                OAuthConfiguration(issuer: server.issuer, dpop: dpop)
            ),
            runtime: runtime
        )
    }

    /// The number of token requests that the server has received.
    var tokenRequests: Int { server.count(.token) }
}

extension APIClient {
    /// Waits until no token request of this client is running.
    func settle() async {
        do {
            for entry in configuration.tokenCacheEntries(options: options?.token) {
                try await waitUntil("no token request of the client is running") { entry.isIdle }
            }
        } catch {
            Issue.record(error)
        }
    }

    /// Makes a call and returns its error; nil if it succeeds.
    nonisolated(nonsending) func failure(_ method: HTTP.Method = .get, _ path: String = "/items") async -> CallError<
        Never
    >? {
        do {
            _ = try await send(method, path)
            return nil
        } catch {
            return error
        }
    }

    /// Makes a call and returns its status, or the kind of its error.
    nonisolated(nonsending) func outcome(_ method: HTTP.Method = .get, _ path: String = "/items") async -> String {
        do {
            return try await send(method, path).status.description
        } catch {
            return error.kind.description
        }
    }
}

extension Fault {
    /// An API that requires a new nonce in the proof.
    static let nonceChallenge = Fault.status(
        401,
        fields: ["WWW-Authenticate": "DPoP error=\"use_dpop_nonce\"", "DPoP-Nonce": "n.1"]
    )
}

extension HTTP.TransportError {
    static func failing(_ kind: Kind, processed: Bool = false) -> HTTP.TransportError {
        HTTP.TransportError(kind: kind, message: "", requestMayHaveBeenProcessed: processed)
    }
}
