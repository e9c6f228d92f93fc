import Countersign
import Testing

@Suite("What real servers refuse", .liveServers)
struct RefusalTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    private func api(_ credentials: ClientCredentials) -> GreetingAPI {
        GreetingAPI(
            secretBasic: credentials,
            secretPost: credentials,
            secretJWT: credentials,
            privateKeyJWT: credentials,
            server: servers.api,
            runtime: .recording(transport)
        )
    }

    private nonisolated(nonsending) func failure(
        _ call: nonisolated(nonsending) () async throws(GreetingAPI.Failure) -> GreetingAPI.Greeting
    ) async throws -> GreetingAPI.Failure {
        do {
            let greeting = try await call()
            throw LiveServers.Missing(what: "a failure; there was \(greeting)")
        } catch let failure as GreetingAPI.Failure {
            return failure
        } catch {
            throw error
        }
    }

    @Test("A wrong secret is a rejection, which is not repeated, and the API sees nothing of it")
    func wrongSecret() async throws {
        let api = api(.secret(id: "basic", Secret("not it")).issuer(servers.issuer("oidc")))
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

    @Test("A key that the server does not know is a rejection")
    func wrongKey() async throws {
        let stranger = ClientCredentials.privateKey(id: "key", try SigningKey.generate(.es256), keyID: "key-es256")
        let api = api(stranger.issuer(servers.issuer("oidc")).assertionAudience(.tokenEndpoint))
        let failure = try await failure(api.greetWithPrivateKeyJWT)
        #expect(failure.tokenError?.kind == .rejected)
        #expect(failure.tokenError?.status == 403)
    }

    @Test("A scope that the server does not know is a rejection with the server's own word for it")
    func unknownScope() async throws {
        let api = api(try servers.secret("basic")).options(.scopes(["no.such.scope"]))
        let failure = try await failure(api.greetWithSecretBasic)
        #expect(failure.tokenError?.kind == .rejected)
        #expect(failure.tokenError?.status == 400)
        #expect(failure.tokenError?.oauthError == "scope_invalid")
    }

    @Test("A client that must use DPoP, and does not, is a rejection")
    func proofMissing() async throws {
        let failure = try await failure(api(servers.secret("bound")).greetWithSecretBasic)
        #expect(failure.tokenError?.kind == .rejected)
        #expect(failure.tokenError?.oauthError == "invalid_dpop_proof")
    }

    @Test("Apache refuses a bearer token where it demands DPoP; it is renewed once, and the caller gets the 401")
    func bearerWhereProofIsDue() async throws {
        let failure = try await failure(api(servers.secret("basic")).greetWhereProofIsDue)
        #expect(failure.kind == .unexpectedStatus)
        #expect(failure.status == 401)
        #expect(failure.response?.fields[.wwwAuthenticate]?.hasPrefix("Bearer error=") == true)
        #expect(transport.statuses(at: "/dpop/greeting.json") == [401, 401])
        #expect(transport.statuses(at: "/token") == [200, 200])
    }

    @Test("Apache refuses a token without the scope that it demands")
    func missingScope() async throws {
        let api = api(try servers.secret("basic")).options(.scopes(["api.write"]))
        let failure = try await failure(api.greetWithSecretBasic)
        #expect(failure.status == 401)
    }

    @Test("Metadata that names another issuer is not used: one address has one name")
    func otherIssuer() async throws {
        let alias = servers.issuer("oidc").replacing("127.0.0.1", with: "localhost")
        let failure = try await failure(api(servers.secret("basic").issuer(alias)).greetWithSecretBasic)
        #expect(failure.kind == .noToken)
        #expect(failure.tokenError?.kind == .metadata)
        #expect(transport.exchanges(at: "/token").isEmpty)
    }

    @Test("An issuer without metadata is told from one that is down")
    func noMetadata() async throws {
        let failure = try await failure(api(servers.secret("basic", at: "nobody")).greetWithSecretBasic)
        #expect(failure.tokenError?.kind == .metadata)
        #expect(failure.tokenError?.status == 404)
        #expect(transport.statuses(at: "/.well-known/oauth-authorization-server/api/nobody") == [404])
    }
}
