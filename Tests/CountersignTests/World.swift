import CountersignTesting

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// What a client lives in: a clock that a test moves, an authorization server, an API, and a runtime that reaches both.
final class World: Sendable {
    static let secret = "s3cret-of-the-worker"

    let clock = VirtualClock()
    let server: FakeAuthorizationServer
    let api: FakeResourceServer
    let network: FakeNetwork
    let runtime: Runtime

    init(
        issuer: String = "https://login.example.com",
        api origin: String = "https://api.example.com",
        jitter: @escaping @Sendable () -> Double = { 0.5 },
        configure: (inout Runtime.Configuration) -> Void = { _ in },
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
        var configuration = Runtime.Configuration()
        configuration.transport = network
        configuration.clock = clock
        configuration.jitter = jitter
        configure(&configuration)
        runtime = Runtime(configuration)
    }

    static let credentials = ClientCredentials.secret(id: "worker", Secret(secret))

    /// A client of the API, without a schema.
    ///
    /// It knows the token endpoint, so that only token requests are made.
    func client(
        _ credentials: ClientCredentials = World.credentials,
        scopes: [String] = [],
        dpop: DPoPAlgorithm? = nil
    ) -> APIClient {
        APIClient(
            server: api.origin.description,
            authorization: .clientCredentials(
                credentials.tokenEndpoint(server.url(of: .token)),
                scopes: scopes,
                dpop: dpop
            ),
            runtime: runtime
        )
    }

    /// A client of the API that asks the issuer for its metadata.
    func discoveringClient(dpop: DPoPAlgorithm? = nil) -> APIClient {
        APIClient(
            server: api.origin.description,
            authorization: .clientCredentials(World.credentials, issuer: server.issuer, dpop: dpop),
            runtime: runtime
        )
    }

    /// How many requests for tokens there were.
    var tokenRequests: Int { server.count(.token) }
}

extension APIClient {
    /// Returns when no fetch for this client is under way any more.
    func settle() async {
        for slot in core.slots(options: options?.token) {
            while !slot.isIdle { await Task.yield() }
        }
    }

    /// Calls, and returns the error, if the call fails.
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

    /// Calls, and says how the call ended: the status, or the kind of the error.
    nonisolated(nonsending) func outcome(_ method: HTTP.Method = .get, _ path: String = "/items") async -> String {
        do {
            return try await send(method, path).status.description
        } catch {
            return error.kind.description
        }
    }
}

extension Fault {
    /// An API that wants another nonce in the proof.
    static let nonceChallenge = Fault.status(
        401,
        fields: ["WWW-Authenticate": "DPoP error=\"use_dpop_nonce\"", "DPoP-Nonce": "n.1"]
    )
}

extension HTTP.TransportError {
    static func failing(_ reason: Reason, processed: Bool = false) -> HTTP.TransportError {
        HTTP.TransportError(kind: reason, message: "", requestMayHaveBeenProcessed: processed)
    }
}
