import Countersign
import TestSupport
import Testing

@Suite("Expired and revoked tokens at glewlwyd", .liveServers)
struct RenewalTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    private func api(_ clientID: String, at issuer: String) throws -> RegistrationAPI {
        RegistrationAPI(
            credentials: try servers.secret(clientID, at: issuer),
            server: servers.issuer(issuer),
            runtime: CountersignRuntime(transport: transport)
        )
    }

    @Test("A token with a lifetime of two seconds is renewed before the API rejects it")
    func expiry() async throws {
        let api = try api("short", at: "short")
        let first = try await api.tokens.current()
        #expect(first.lifetime == .seconds(2))
        _ = try await api.register(clientName: "one", redirectURIs: [servers.redirectURI])
        // The server uses real time.
        try await Task.sleep(for: .seconds(2.5))
        _ = try await api.register(clientName: "two", redirectURIs: [servers.redirectURI])
        #expect(transport.statuses(at: "/register") == [200, 200])
        // On a busy machine, the first token may expire before it is used.
        let requests = transport.statuses(at: "/token")
        #expect(requests.count >= 2 && requests.allSatisfy { $0 == 200 })

        let late = APIClient(server: servers.issuer("short"), authorization: .bearer(SecretValue(first.value)))
        #expect(try await late.send(.post, "/register", body: .bytes([])).status == 401)
    }

    @Test("A call with a revoked token gets a 401 and is resent with a new token")
    func revoked() async throws {
        let api = try api("registrar", at: "oidc")
        let first = try await api.register(clientName: "one", redirectURIs: [servers.redirectURI])
        try await servers.revoke(api.tokens.current(), of: "registrar")
        let second = try await api.register(clientName: "two", redirectURIs: [servers.redirectURI])
        #expect(second.clientName == "two")
        #expect(second.clientID != first.clientID)
        #expect(transport.statuses(at: "/register") == [200, 401, 200])
        #expect(transport.statuses(at: "/token") == [200, 200])
    }

    @Test("A token source is asked for another token after the first was revoked")
    func revokedUser() async throws {
        let user = SignedInUser(of: servers, at: servers.authorizationServer, issuer: "oidc", clientID: "basic")
        let api = UserInfoAPI(
            token: user,
            server: servers.issuer("oidc"),
            runtime: CountersignRuntime(transport: transport)
        )
        let subject = try await api.userInfo().sub
        try await servers.revoke(api.tokens.current(), of: "basic")
        #expect(try await api.userInfo().sub == subject)
        #expect(transport.statuses(at: "/userinfo") == [200, 401, 200])
        #expect(await user.signIns == 2)
    }

    @Test("If the new token is rejected too, the caller gets the 401")
    func rejectedTwice() async throws {
        // With the scope of another API, glewlwyd responds with a 401 without a challenge.
        let api = try api("registrar", at: "oidc").options(.scopes(["api.read"]))
        await #expect { try await api.register(clientName: "one", redirectURIs: []) } throws: { error in
            let failure = error as? RegistrationAPI.Failure
            return failure?.kind == .unexpectedStatus && failure?.status == 401
        }
        #expect(transport.statuses(at: "/register") == [401, 401])
        #expect(transport.statuses(at: "/token") == [200, 200])
    }

    @Test("An invalidated token is not used again")
    func invalidated() async throws {
        let api = try api("registrar", at: "oidc")
        _ = try await api.register(clientName: "one", redirectURIs: [servers.redirectURI])
        api.tokens.invalidate()
        _ = try await api.register(clientName: "two", redirectURIs: [servers.redirectURI])
        #expect(Set(transport.exchanges(at: "/register").map { $0.request.fields[.authorization] }).count == 2)
    }
}
