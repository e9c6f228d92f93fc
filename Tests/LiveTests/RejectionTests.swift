import Countersign
import TestSupport
import Testing

@Suite("Requests that real servers reject", .liveServers)
struct RejectionTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    private func api(_ credentials: ClientCredentials) -> GreetingAPI {
        servers.greetingAPI(credentials, runtime: CountersignRuntime(transport: transport))
    }

    private nonisolated(nonsending) func failure(
        _ call: nonisolated(nonsending) () async throws(GreetingAPI.Failure) -> GreetingAPI.Greeting
    ) async throws -> GreetingAPI.Failure {
        try #require(await #expect(throws: GreetingAPI.Failure.self) { try await call() })
    }

    @Test("A rejected secret is not retried, and no API request is sent")
    func wrongSecret() async throws {
        let api = api(.secret(id: "basic", SecretValue("not it")).issuer(servers.issuer("oidc")))
        for _ in 0..<3 {
            let failure = try await failure(api.greetWithSecretBasic)
            #expect(failure.kind == .noToken)
            #expect(failure.tokenError?.kind == .rejected)
            #expect(failure.tokenError?.status == 403)
            #expect(failure.tokenError?.isTransient == false)
        }
        #expect(transport.statuses(at: "/token") == [403])
        #expect(transport.exchanges(at: "/greeting.json").isEmpty)
    }

    @Test("An unknown key is rejected")
    func wrongKey() async throws {
        let credentials = ClientCredentials.privateKey(id: "key", try SigningKey.generate(.es256), keyID: "key-es256")
        let api = api(credentials.issuer(servers.issuer("oidc")).assertionAudience(.tokenEndpoint))
        let failure = try await failure(api.greetWithPrivateKeyJWT)
        #expect(failure.tokenError?.kind == .rejected)
        #expect(failure.tokenError?.status == 403)
    }

    @Test("An unknown scope is rejected with the server's error code")
    func unknownScope() async throws {
        let api = api(try servers.secret("basic")).options(.scopes(["no.such.scope"]))
        let failure = try await failure(api.greetWithSecretBasic)
        #expect(failure.tokenError?.kind == .rejected)
        #expect(failure.tokenError?.status == 400)
        #expect(failure.tokenError?.oauthError == "scope_invalid")
    }

    @Test("A token request without the required DPoP proof is rejected")
    func proofMissing() async throws {
        let failure = try await failure(api(servers.secret("bound")).greetWithSecretBasic)
        #expect(failure.tokenError?.kind == .rejected)
        #expect(failure.tokenError?.oauthError == "invalid_dpop_proof")
    }

    @Test("Apache rejects a bearer token if it requires DPoP; it is renewed once, and the caller gets the 401")
    func bearerInsteadOfDPoP() async throws {
        let failure = try await failure(api(servers.secret("basic")).greetWhereProofIsDue)
        #expect(failure.kind == .unexpectedStatus)
        #expect(failure.status == 401)
        #expect(failure.response?.fields[.wwwAuthenticate]?.hasPrefix("Bearer error=") == true)
        #expect(transport.statuses(at: "/dpop/greeting.json") == [401, 401])
        #expect(transport.statuses(at: "/token") == [200, 200])
    }

    @Test("Apache rejects a token without the required scope")
    func missingScope() async throws {
        let api = api(try servers.secret("basic")).options(.scopes(["api.write"]))
        let failure = try await failure(api.greetWithSecretBasic)
        #expect(failure.status == 401)
    }

    @Test("Metadata with another issuer is not used, even if it is an alias of the same host")
    func otherIssuer() async throws {
        let alias = servers.issuer("oidc").replacing("127.0.0.1", with: "localhost")
        let failure = try await failure(api(servers.secret("basic").issuer(alias)).greetWithSecretBasic)
        #expect(failure.kind == .noToken)
        #expect(failure.tokenError?.kind == .metadata)
        #expect(transport.exchanges(at: "/token").isEmpty)
    }

    @Test("The error of an issuer without metadata differs from that of an outage")
    func noMetadata() async throws {
        let failure = try await failure(api(servers.secret("basic", at: "nobody")).greetWithSecretBasic)
        #expect(failure.tokenError?.kind == .metadata)
        #expect(failure.tokenError?.status == 404)
        #expect(transport.statuses(at: "/.well-known/oauth-authorization-server/api/nobody") == [404])
    }
}
