import Countersign
import TestSupport
import Testing

@Suite("Client authentication at glewlwyd, with an API at Apache", .liveServers)
struct ClientAuthenticationTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    private func api(_ change: (inout Credentials) throws -> Void = { _ in }) throws -> GreetingAPI {
        var credentials = Credentials(
            secretBasic: try servers.secret("basic"),
            secretPost: try servers.secret("post"),
            secretJWT: try servers.secret("jwt").assertionAudience(.tokenEndpoint),
            privateKeyJWT: try servers.privateKey("key")
        )
        try change(&credentials)
        return GreetingAPI(
            secretBasic: credentials.secretBasic,
            secretPost: credentials.secretPost,
            secretJWT: credentials.secretJWT,
            privateKeyJWT: credentials.privateKeyJWT,
            server: servers.api,
            runtime: CountersignRuntime(transport: transport)
        )
    }

    private struct Credentials {
        var secretBasic, secretPost, secretJWT, privateKeyJWT: ClientCredentials
    }

    private let hello = GreetingAPI.Greeting(place: "bearer", text: "hello")

    @Test("client_secret_basic gets a token that the API accepts")
    func secretBasic() async throws {
        #expect(try await api().greetWithSecretBasic() == hello)
        let request = try #require(transport.exchanges(at: "/token").first)
        #expect(request.request.fields[.authorization]?.hasPrefix("Basic ") == true)
        #expect(request.form["client_secret"] == nil)
    }

    @Test("client_secret_post gets a token that the API accepts")
    func secretPost() async throws {
        #expect(try await api().greetWithSecretPost() == hello)
        let request = try #require(transport.exchanges(at: "/token").first)
        #expect(request.request.fields[.authorization] == nil)
        #expect(request.form["client_id"] == "post")
    }

    @Test("client_secret_jwt gets a token that the API accepts")
    func secretJWT() async throws {
        #expect(try await api().greetWithSecretJWT() == hello)
        let request = try #require(transport.exchanges(at: "/token").first)
        #expect(request.form["client_assertion"] != nil)
        #expect(request.form["client_secret"] == nil)
    }

    @Test("private_key_jwt gets a token that the API accepts", arguments: [SignatureAlgorithm.es256, .rs256])
    func privateKeyJWT(algorithm: SignatureAlgorithm) async throws {
        let api = try api { $0.privateKeyJWT = try servers.privateKey("key", algorithm) }
        #expect(try await api.greetWithPrivateKeyJWT() == hello)
        let assertion = try #require(transport.exchanges(at: "/token").first?.form["client_assertion"])
        #expect(try claims(ofToken: assertion)["aud"] == .string(servers.issuer("oidc") + "/token"))
    }

    @Test("A secret with special characters works with raw Basic encoding at a server that does not form-decode")
    func rawSecret() async throws {
        let special = try servers.secret("special")
        let raw = try api { $0.secretBasic = special.basicEncoding(.raw) }
        #expect(try await raw.greetWithSecretBasic() == hello)
        let encoded = try api { $0.secretBasic = special }
        await #expect { try await encoded.greetWithSecretBasic() } throws: { error in
            (error as? GreetingAPI.Failure)?.tokenError?.kind == .rejected
        }
    }

    @Test("With a configured token endpoint, no metadata is requested")
    func explicitEndpoint() async throws {
        let api = try api { $0.secretBasic = $0.secretBasic.tokenEndpoint(servers.issuer("oidc") + "/token") }
        #expect(try await api.greetWithSecretBasic() == hello)
        #expect(transport.statuses(at: "/token") == [200])
        #expect(transport.exchanges(at: "configuration").isEmpty)
    }

    @Test("The token endpoint of an issuer is discovered by OpenID Connect Discovery, once")
    func discovery() async throws {
        let api = try api()
        #expect(try await api.greetWithSecretBasic() == hello)
        #expect(try await api.greetWithSecretPost() == hello)
        #expect(transport.statuses(at: "/api/oidc/.well-known/openid-configuration") == [200])
    }

    @Test("A hundred concurrent calls of two clients with one runtime make one token request")
    func sharing() async throws {
        let runtime = CountersignRuntime(transport: transport)
        let credentials = try servers.secret("shared")
        let clients = (0..<2).map { _ in servers.greetingAPI(credentials, runtime: runtime) }
        try await withThrowingTaskGroup(of: GreetingAPI.Greeting.self) { group in
            for number in 0..<100 {
                let client = clients[number % 2]
                group.addTask { try await client.greetWithSecretBasic() }
            }
            for try await greeting in group { #expect(greeting == hello) }
        }
        #expect(transport.statuses(at: "/token") == [200])
        #expect(transport.statuses(at: "/bearer/greeting.json") == Array(repeating: 200, count: 100))
    }
}
