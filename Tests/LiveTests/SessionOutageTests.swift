import Countersign
@testable import CountersignOIDC
import Testing

@Suite("Sessions while glewlwyd is stopped, or killed", .liveServers, .timeLimit(.minutes(15)))
struct SessionOutageTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    /// A user who has made a call: from then on Apache has the keys of tokens, and needs no authorization server.
    private func session(timeout: Duration = .seconds(10)) async throws -> UserSession {
        let runtime = Runtime.recording(transport) { $0.tokenRequestTimeout = timeout }
        let client = servers.client(try servers.secret("basic"), runtime: runtime)
        let session = try await client.session(with: servers.browser())
        try await call(session)
        return session
    }

    private func call(_ session: UserSession) async throws {
        let api = UserGreetingAPI(user: session, server: servers.api, runtime: session.core.client.runtime)
        #expect(try await api.greet().text == "hello")
    }

    @Test("Killed: the refresh fails in passing, calls go on, and after its return the same refresh token is good")
    func killed() async throws {
        let process = RunningServer(servers.authorizationServerProcess)
        let session = try await session()
        let refreshToken = session.core.record.refreshToken
        try await process.kill()
        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(renew: true) }
        // After some seconds haproxy answers in its place.
        #expect(failure?.kind == .serverError)
        #expect(failure?.isTransient == true)
        #expect(session.state == .active)
        #expect(session.core.record.refreshToken == refreshToken)
        try await call(session)

        try process.restart()
        // It starts when it can, and failures are spaced.
        while (try? await session.accessToken(renew: true)) == nil {
            try #require(session.state == .active && session.core.record.pending == nil)
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(session.core.record.refreshToken != refreshToken)
        #expect(session.core.record.pending == nil)
    }

    @Test("P24: stopped with the refresh token in hand: nobody knows its fate, and it is not sent a second time")
    func stopped() async throws {
        let process = RunningServer(servers.authorizationServerProcess)
        let session = try await session(timeout: .seconds(1))
        process.stop()
        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(renew: true) }
        #expect(failure?.kind == .outcomeUnknown)
        #expect(session.state == .active)
        try await call(session)
        process.goOn()
        let requests = transport.exchanges(at: "").count
        let again = await #expect(throws: TokenError.self) { try await session.accessToken(renew: true) }
        #expect(again?.kind == .outcomeUnknown)
        #expect(transport.exchanges(at: "").count == requests)
        try await call(session)
    }
}
