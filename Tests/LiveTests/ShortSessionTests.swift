import Countersign
@testable import CountersignOIDC
import TestSupport
import Testing

@Suite("Sessions with a token lifetime of two seconds", .liveServers)
struct ShortSessionTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let client: OIDCClient
    private let runtime: CountersignRuntime

    init() throws {
        servers = try LiveServers.load()
        runtime = CountersignRuntime(transport: transport)
        client = servers.client(try servers.secret("short", at: "short"), runtime: runtime)
    }

    private func api(_ session: UserSession) -> ProfileAPI {
        ProfileAPI(user: session, server: servers.issuer("short"), runtime: runtime)
    }

    @Test("Tokens are refreshed during continuous calls, and every call succeeds")
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
        let used = requests.compactMap { $0.form["refresh_token"] }
        #expect(used.count >= 3)
        #expect(Set(used).count == used.count)
    }

    @Test("A call after expiry gets a new token, and sign-out revokes the refresh token")
    func callAfterExpiry() async throws {
        let session = try await client.session(with: servers.browser())
        let api = api(session)
        #expect(try await api.userInfo().name == "Alice")
        // The server uses real time.
        try await Task.sleep(for: .seconds(2.5))
        #expect(try await api.userInfo().name == "Alice")
        #expect(transport.exchanges(at: "/token").contains { $0.form["grant_type"] == "refresh_token" })

        let refreshToken = SecretValue(try #require(session.core.record.refreshToken))
        #expect(try await client.introspect(refreshToken, type: .refreshToken).isActive)
        await session.signOut()
        #expect(try await !client.introspect(refreshToken, type: .refreshToken).isActive)
        let calls = transport.exchanges(at: "/userinfo").count
        let failure = await #expect(throws: ProfileAPI.Failure.self) { try await api.userInfo() }
        #expect(failure?.tokenError?.kind == .notSignedIn)
        #expect(transport.exchanges(at: "/userinfo").count == calls)
    }
}
