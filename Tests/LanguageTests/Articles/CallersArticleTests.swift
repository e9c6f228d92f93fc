import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

// The samples of "On behalf of callers", line for line.

@Suite("The article 'On behalf of callers'", .timeLimit(.minutes(15)))
struct CallersArticleTests {
    typealias OrdersAPI = ArticleOrdersAPI
    typealias Response = SmallSite.Response

    /// The response to a request whose call failed.
    static func response(to error: OrdersAPI.Failure) -> Response {
        guard let token = error.tokenError else { return .status(502) }
        switch (token.kind, token.oauthError) {
        case (.rejected, "invalid_grant"), (.rejected, "invalid_request"):
            return .status(401, challenge: #"Bearer error="invalid_token""#)  // the caller's token
        case (.rejected, _), (.configuration, _), (.metadata, _):
            return .status(500)  // this service's own client
        default:
            return .status(503)
        }
    }

    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer
    private let api: FakeResourceServer
    private let site = SmallSite()
    private let runtime: CountersignRuntime

    init() {
        server = FakeAuthorizationServer(clock: clock)
        server.register(
            .init(
                id: "shop",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["openid", "backend"],
                grantTypes: [.authorizationCode],
                audience: ["https://backend.example.com"],
                redirectURIs: ["https://shop.example.com/callback"]
            )
        )
        server.register(
            .init(
                id: "backend",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["orders"],
                grantTypes: [.tokenExchange]
            )
        )
        api = FakeResourceServer(origin: "https://orders.example.com", trusting: server)
        api.on(.get, "/orders", scopes: ["orders"]) { request in
            .json(#"[{"id": "1", "item": "a saw for \#(request.token?.subject ?? "nobody")"}]"#)
        }
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = FakeNetwork(server, api)
        configuration.clock = clock
        configuration.retries = .none
        configuration.renewal.maximumAttempts = 1
        runtime = CountersignRuntime(configuration)
        Self.route(of: site, .secret(id: "backend", SecretValue("s3cret")), runtime)
    }

    private static func route(of site: SmallSite, _ credentials: ClientCredentials, _ runtime: CountersignRuntime) {
        let signIn = SignInConfiguration(issuer: "https://login.example.com")
        let introspector = OIDCClient(signIn, credentials: credentials, runtime: runtime)

        site.get("/orders") { request in
            guard let incoming = request.bearerToken.flatMap({ try? AccessToken($0) }) else {
                return .status(401, challenge: "Bearer")
            }
            let known = try await introspector.introspect(incoming)
            let isOurs = known.audience.contains("https://backend.example.com") && known.keyThumbprint == nil
            guard known.isActive, isOurs else {
                return .status(401, challenge: #"Bearer error="invalid_token""#)
            }
            guard known.scopes.contains("backend") else {
                return .status(403, challenge: #"Bearer error="insufficient_scope", scope="backend""#)
            }
            let orders = OrdersAPI(credentials: credentials, subject: incoming, runtime: runtime)
            do throws(OrdersAPI.Failure) {
                return .page(try await orders.listOrders())
            } catch {
                return response(to: error)
            }
        }
    }

    /// The `Authorization` field of a user's request.
    private func bearer() async throws -> String {
        var configuration = SignInConfiguration(issuer: server.issuer, scopes: ["openid", "backend"])
        configuration.redirectURI = "https://shop.example.com/callback"
        let shop = OIDCClient(configuration, credentials: .secret(id: "shop", SecretValue("s3cret")), runtime: runtime)
        let request = try await shop.authorizationRequest()
        let response = try await server.approve(authorizationURL: request.url, as: FakeUser(subject: "ada"))
        let result = try await shop.complete(request.transaction, callback: .url(response.url))
        let session = try await shop.session(for: result, in: MemoryTokenStore(clock: clock), id: "1")
        return "Bearer \(try await session.accessToken().value)"
    }

    private func call(_ authorization: String?) async throws -> Response {
        try await site.handle("GET", "/orders", .init(authorization: authorization))
    }

    @Test("The token of a caller is introspected, and exchanged once for all calls")
    func exchange() async throws {
        let token = try await bearer()
        #expect(try await call(token).text.contains("a saw for ada"))
        #expect(try await call(token).text.contains("a saw for ada"))
        #expect(server.count(grantType: .tokenExchange) == 1)
    }

    @Test("The response depends on whose token or client was rejected")
    func failures() async throws {
        let token = try await bearer()
        #expect(try await call(nil).status == 401)
        #expect(try await call("Bearer a b").status == 401)
        #expect(try await call("Bearer unknown").status == 401)
        for (code, status) in [
            ("invalid_grant", 401), ("invalid_request", 401), ("invalid_client", 500), ("unauthorized_client", 500),
            ("invalid_target", 500),
        ] {
            server.inject(.oauthError(code), grantType: .tokenExchange)
            #expect(try await call(token).status == status, "\(code)")
            clock.advance(by: .seconds(300))
        }
        server.inject(.oauthError("invalid_grant"), grantType: .tokenExchange)
        #expect(try await call(token).status == 401)
        #expect(try await call(token).status == 401, "remembered")
        let another = try await bearer()
        #expect(try await call(another).status == 200, "and only there")
        clock.advance(by: .seconds(61))
        #expect(try await call(token).status == 200)
        server.revokeAllTokens()
        #expect(try await call(token).status == 401)
    }

    @Test("A transient failure is a 503")
    func outage() async throws {
        let token = try await bearer()
        server.inject(.status(503), grantType: .tokenExchange)
        #expect(try await call(token).status == 503)
        clock.advance(by: .seconds(60))
        #expect(try await call(token).status == 200)
    }
}
