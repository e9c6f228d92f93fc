import Countersign
@testable import CountersignOIDC
import Testing

@Suite("Users whose tokens live for two seconds", .liveServers)
struct ShortSessionTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let client: OIDCClient
    private let runtime: Runtime

    init() throws {
        servers = try LiveServers.load()
        runtime = .recording(transport)
        client = servers.client(try servers.secret("short", at: "short"), runtime: runtime)
    }

    private func api(_ session: UserSession) -> ProfileAPI {
        ProfileAPI(user: session, server: servers.issuer("short"), runtime: runtime)
    }

    @Test("They are renewed while calls go on: every call is answered, by rotation after rotation")
    func calls() async throws {
        let session = try await client.session(with: servers.browser())
        let api = api(session)
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(6) {
            #expect(try await api.userInfo().sub == session.subject)
            try await Task.sleep(for: .milliseconds(50))
        }
        let requests = transport.exchanges(at: "/token")
        #expect(requests.allSatisfy { $0.status == 200 })
        let spent = requests.compactMap { $0.form["refresh_token"] }
        #expect(spent.count >= 3)
        #expect(Set(spent).count == spent.count)
    }

    @Test("Who comes back after the token's end is served by a new one, until sign-out kills the refresh token")
    func comingBack() async throws {
        let session = try await client.session(with: servers.browser())
        let api = api(session)
        #expect(try await api.userInfo().name == "Alice")
        // The server's clock is a real one: there is nothing to do but to wait.
        try await Task.sleep(for: .seconds(2.5))
        #expect(try await api.userInfo().name == "Alice")
        #expect(transport.exchanges(at: "/token").contains { $0.form["grant_type"] == "refresh_token" })

        let refreshToken = Secret(try #require(session.core.record.refreshToken))
        #expect(try await client.introspect(refreshToken, type: .refreshToken).isActive)
        await session.signOut()
        #expect(try await !client.introspect(refreshToken, type: .refreshToken).isActive)
        let calls = transport.exchanges(at: "/userinfo").count
        let failure = await #expect(throws: ProfileAPI.Failure.self) { try await api.userInfo() }
        #expect(failure?.tokenError?.kind == .notSignedIn)
        #expect(transport.exchanges(at: "/userinfo").count == calls)
    }
}
