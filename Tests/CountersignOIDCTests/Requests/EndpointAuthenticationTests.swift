import Countersign
import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("Client authentication at each endpoint")
struct EndpointAuthenticationTests {
    private static let secret = "canary-secret"
    private static let scopes = ["openid", "offline_access"]

    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer

    init() {
        server = FakeAuthorizationServer(clock: clock)
        server.configuration.tokenFormat = .opaque
    }

    private func register(_ authentication: FakeAuthorizationServer.ClientAuthentication) {
        server.register(
            .init(
                id: "web",
                authentication: authentication,
                scopes: Set(Self.scopes),
                grantTypes: [.authorizationCode, .refreshToken, .clientCredentials, .deviceCode],
                redirectURIs: ["https://app.example/callback"]
            )
        )
    }

    private func client(
        _ authentication: ClientAuthentication? = nil,
        credentials: ClientCredentials? = nil
    ) -> OIDCClient {
        var runtime = CountersignRuntime.Configuration()
        runtime.clock = clock
        runtime.transport = FakeNetwork(server, clock: nil)
        var configuration = SignInConfiguration(
            issuer: server.issuer,
            clientAuthentication: authentication,
            scopes: Self.scopes
        )
        configuration.redirectURI = "https://app.example/callback"
        return OIDCClient(
            configuration,
            credentials: credentials ?? .secret(id: "web", SecretValue(Self.secret)),
            runtime: CountersignRuntime(runtime)
        )
    }

    private func session(_ client: OIDCClient) async throws -> UserSession {
        let request = try await client.authorizationRequest()
        let response = try await server.approve(authorizationURL: request.url, as: FakeUser(subject: "u1"))
        let result = try await client.complete(request.transaction, callback: .url(response.url))
        return try await client.session(for: result, in: MemoryTokenStore(clock: clock), id: "s")
    }

    /// The authentication method of a recorded request.
    private func method(_ request: RecordedRequest) -> String {
        if request.request.fields.contains(.authorization) { return "client_secret_basic" }
        if request.form["client_secret"] != nil { return "client_secret_post" }
        return request.form["client_assertion"] == nil ? "none" : "assertion"
    }

    @Test(
        "P67: A sign-out revokes with the method that the metadata lists for revocation, whatever the token endpoint's",
        arguments: [
            (["client_secret_basic"], "client_secret_basic"), (["client_secret_jwt"], "assertion"),
            (["private_key_jwt", "client_secret_basic"], "client_secret_basic"),
            (["tls_client_auth", "client_secret_jwt", "none"], "assertion"),
            (["client_secret_basic", "client_secret_post"], "client_secret_post"),
        ] as [([JSONValue], String)]
    )
    func revocation(listed: [JSONValue], expected: String) async throws {
        register(.clientSecretPost(secret: Self.secret))
        server.configuration.metadata["revocation_endpoint_auth_methods_supported"] = .array(listed)
        let session = try await session(client(.clientSecretPost))
        let result = await session.signOut()
        #expect("\(result)" == "SignOutResult(revoked)")
        #expect(server.liveRefreshTokenFamilies.isEmpty)
        #expect(server.requests(to: .revocation).map(method) == [expected])
        #expect(server.requests(to: .token).map(method) == ["client_secret_post"])
        Promise.seen(67, "revocation authenticates by \(expected), the token endpoint by client_secret_post")
    }

    @Test(
        "P67: Without a usable list for the endpoint, it authenticates clients as the token endpoint does",
        arguments: [nil, [], ["tls_client_auth"], ["none"], [.null, 7], "self_signed_tls_client_auth"] as [JSONValue?]
    )
    func unlisted(list: JSONValue?) async throws {
        register(.clientSecretPost(secret: Self.secret))
        if let list { server.configuration.metadata["introspection_endpoint_auth_methods_supported"] = list }
        let client = client(.clientSecretPost)
        let token = try await session(client).accessToken()
        #expect(try await client.introspect(token).isActive)
        #expect(server.requests(to: .introspection).map(method) == ["client_secret_post"])
    }

    @Test("P67: Introspection uses the methods that the metadata lists for it")
    func introspection() async throws {
        register(.clientSecretBasic(secret: Self.secret))
        server.configuration.metadata["introspection_endpoint_auth_methods_supported"] = ["client_secret_post"]
        let client = client()
        let token = try await session(client).accessToken()
        #expect(try await client.introspect(token).isActive)
        #expect(server.requests(to: .introspection).map(method) == ["client_secret_post"])
        #expect(server.requests(to: .token).map(method) == ["client_secret_basic"])
    }

    @Test("P67: A secret that authenticates assertions, and a key, are never replaced by another method")
    func noDowngrade() async throws {
        register(.clientSecretJWT(secret: Self.secret))
        let client = client(.clientSecretJWT)
        let token = try await session(client).accessToken()
        server.configuration.metadata["revocation_endpoint_auth_methods_supported"] = ["client_secret_post", "none"]
        _ = try? await self.client(.clientSecretJWT).revoke(token)
        #expect(server.requests(to: .revocation).map(method) == ["assertion"])
        #expect(server.requests.allSatisfy { $0.form["client_secret"] == nil })
    }

    @Test(
        "P67: Without a configured method, the one that the metadata lists for the token endpoint is used",
        arguments: [
            (.clientSecretPost(secret: secret), ["client_secret_post"]),
            (.clientSecretJWT(secret: secret), ["client_secret_jwt", "private_key_jwt"]),
            (.clientSecretPost(secret: secret), ["private_key_jwt", "client_secret_post", "none"]),
            (.clientSecretBasic(secret: secret), ["client_secret_post", "client_secret_basic"]),
            (.clientSecretBasic(secret: secret), .null), (.clientSecretBasic(secret: secret), []),
            (.clientSecretBasic(secret: secret), ["tls_client_auth"]),
            (.clientSecretBasic(secret: secret), "client_secret_basic"),
        ] as [(FakeAuthorizationServer.ClientAuthentication, JSONValue)]
    )
    func unconfigured(registered: FakeAuthorizationServer.ClientAuthentication, listed: JSONValue) async throws {
        register(registered)
        server.configuration.metadata["token_endpoint_auth_methods_supported"] = listed
        let client = client()
        // Pushed and device authorization requests authenticate clients as token requests do.
        _ = try await session(client)
        _ = try await client.deviceAuthorization()
        #expect(server.count(.pushedAuthorization) == 1)
        #expect(server.requests.allSatisfy { $0.status.map { $0.rawValue < 400 } ?? true })
        // Clients of an API, too.
        var runtime = CountersignRuntime.Configuration()
        runtime.retries = .none
        runtime.clock = clock
        runtime.transport = FakeNetwork(server, clock: nil)
        let api = APIClient(
            server: "https://api.example.com",
            authorization: .clientCredentials(
                .secret(id: "web", SecretValue(Self.secret)),
                OAuthConfiguration(issuer: server.issuer)
            ),
            runtime: CountersignRuntime(runtime)
        )
        _ = try? await api.send(.get, "/")
        #expect(server.requests(grantType: .clientCredentials).map(\.status) == [200])
    }

    @Test("P67: A configured method is used even if the metadata does not list it")
    func configured() async throws {
        register(.clientSecretPost(secret: Self.secret))
        server.configuration.metadata["token_endpoint_auth_methods_supported"] = ["client_secret_basic"]
        _ = try await session(client(.clientSecretPost))
        #expect(server.requests(to: .token).map(method) == ["client_secret_post"])
    }

    @Test("P67: The error for a rejected assertion says which audience it had, and how to change it")
    func audience() async throws {
        let key = try SigningKey.generate(.es256)
        register(.privateKeyJWT(keys: [PublicKey(of: key)]))
        let credentials = ClientCredentials.privateKey(id: "web", key)
        server.configuration.assertionAudience = .tokenEndpoint
        let advice = """
            the audience (aud) of the client assertion is the issuer: if the server expects the URL of its token \
            endpoint, add .assertionAudience(.tokenEndpoint) to the credentials
            """
        for code in [nil, "unauthorized_client", "invalid_request"] {
            if let code { server.inject(.oauthError(code), at: .pushedAuthorization, times: 1) }
            let client = client(credentials: credentials)
            let error = await signInError { () async throws(SignInError) in try await client.authorizationRequest() }
            #expect(error?.tokenError?.message.hasSuffix(advice) == true, "\(code ?? "invalid_client")")
        }
        _ = try await session(client(credentials: credentials.assertionAudience(.tokenEndpoint)))
        server.configuration.assertionAudience = .issuer
        let wrong = client(credentials: credentials.assertionAudience(.tokenEndpoint))
        let error = await signInError { () async throws(SignInError) in try await wrong.authorizationRequest() }
        #expect(error?.tokenError?.message.contains("remove .assertionAudience(.tokenEndpoint)") == true)
        // A server that fails, and a client without an assertion, are not advised.
        server.inject(.status(503), at: .pushedAuthorization)
        let failed = await signInError { () async throws(SignInError) in try await wrong.authorizationRequest() }
        #expect(failed?.tokenError?.message.contains("audience") == false)
        register(.clientSecretBasic(secret: "another"))
        let rejected = client()
        let plain = await signInError { () async throws(SignInError) in try await rejected.authorizationRequest() }
        #expect(plain?.tokenError?.message.contains("registered to authenticate by client_secret_basic") == true)
        #expect(plain?.tokenError?.message.contains("audience") == false)
    }

    // MARK: Names of algorithms

    private func algorithm(_ compact: String?) throws -> String? {
        try JSONWebSignature(parsing: try #require(compact)).header["alg"]?.string
    }

    @Test(
        "P65: Assertions and proofs have the name of Ed25519 that the server lists",
        arguments: [
            (["Ed25519"], "Ed25519"), (["ES256", "Ed25519"], "Ed25519"), (["EdDSA", "Ed25519"], "EdDSA"),
            (["EdDSA"], "EdDSA"), (.null, "EdDSA"), ([], "EdDSA"), ("Ed25519", "Ed25519"),
        ] as [(JSONValue, String)]
    )
    func ed25519(listed: JSONValue, expected: String) async throws {
        let key = try SigningKey.generate(.edDSA)
        register(.privateKeyJWT(keys: [PublicKey(of: key)]))
        server.configuration.metadata["token_endpoint_auth_signing_alg_values_supported"] = listed
        server.configuration.metadata["dpop_signing_alg_values_supported"] = listed
        let api = FakeResourceServer(origin: "https://api.example.com", trusting: server) { _ in .json("{}") }
        let network = FakeNetwork(server, api, clock: nil)
        func runtime() -> CountersignRuntime {
            var runtime = CountersignRuntime.Configuration()
            runtime.clock = clock
            runtime.transport = network
            return CountersignRuntime(runtime)
        }
        var configuration = SignInConfiguration(issuer: server.issuer, scopes: Self.scopes, dpop: .edDSA)
        configuration.redirectURI = "https://app.example/callback"
        let credentials = ClientCredentials.privateKey(id: "web", key).dpopKey(try .generate(.edDSA))
        let client = OIDCClient(configuration, credentials: credentials, runtime: runtime())
        let request = try await client.authorizationRequest()
        let response = try await server.approve(authorizationURL: request.url, as: FakeUser(subject: "u1"))
        let result = try await client.complete(request.transaction, callback: .url(response.url))
        let store = MemoryTokenStore(clock: clock)
        _ = try await client.session(for: result, in: store, id: "s")
        // The calls of another process, which has not requested the token itself.
        let other = OIDCClient(configuration, credentials: credentials, runtime: runtime())
        let session = try #require(try await other.session(id: "s", in: store))
        let token = try await session.accessToken()
        let calls = APIClient(server: "https://api.example.com", authorization: .token(token), runtime: runtime())
        #expect(try await calls.send(.get, "/").status == 200)
        for recorded in server.requests(to: .token) + server.requests(to: .pushedAuthorization) {
            #expect(try algorithm(recorded.form["client_assertion"]) == expected)
            #expect(try algorithm(recorded.request.fields[.dpop]) == expected)
        }
        #expect(try algorithm(api.requests.first?.request.fields[.dpop]) == expected)
        #expect(server.count(.token) == 1)
    }

    @Test("P51: An algorithm that the server does not list under either name is an error before anything is sent")
    func unsupportedProofs() async throws {
        register(.clientSecretBasic(secret: Self.secret))
        server.configuration.metadata["dpop_signing_alg_values_supported"] = ["ES256", "Ed448", "eddsa"]
        var configuration = SignInConfiguration(issuer: server.issuer, scopes: Self.scopes, dpop: .edDSA)
        configuration.redirectURI = "https://app.example/callback"
        var runtime = CountersignRuntime.Configuration()
        runtime.clock = clock
        runtime.transport = FakeNetwork(server, clock: nil)
        let client = OIDCClient(
            configuration,
            credentials: .secret(id: "web", SecretValue(Self.secret)),
            runtime: CountersignRuntime(runtime)
        )
        let error = await signInError { () async throws(SignInError) in try await client.authorizationRequest() }
        #expect(error?.kind == .configuration)
        #expect(server.requests.allSatisfy { $0.endpoint == "metadata" })
    }
}
