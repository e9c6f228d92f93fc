import Countersign
@testable import CountersignOIDC
import TestSupport
import Testing

@Suite("Sessions during outages of glewlwyd", .liveServers, .timeLimit(.minutes(15)))
struct SessionOutageTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    /// Signs a user in and makes a call, after which Apache has cached the signing keys of the authorization server.
    private func session(timeout: Duration = .seconds(10)) async throws -> UserSession {
        let runtime = CountersignRuntime(transport: transport) { $0.tokenRequestTimeout = timeout }
        let client = servers.client(try servers.secret("basic"), runtime: runtime)
        let session = try await client.session(with: servers.browser())
        try await call(session)
        return session
    }

    private func call(_ session: UserSession) async throws {
        let api = UserGreetingAPI(user: session, server: servers.api, runtime: session.core.client.runtime)
        #expect(try await api.greet().text == "hello")
    }

    @Test("If glewlwyd is killed, the refresh fails temporarily, and works with the same refresh token after a restart")
    func killed() async throws {
        let process = RunningServer(servers.authorizationServerProcess)
        let session = try await session()
        let refreshToken = session.core.record.refreshToken
        try await process.kill()
        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(forceRenewal: true) }
        // haproxy responds for the killed server after some seconds.
        #expect(failure?.kind == .serverError)
        #expect(failure?.isTransient == true)
        #expect(session.state == .active)
        #expect(session.core.record.refreshToken == refreshToken)
        try await call(session)

        try process.restart()
        // Starting takes the server some time, and retries have a backoff.
        try await waitUntil("a refresh succeeds after the restart", checkingEvery: .milliseconds(100)) {
            try #require(session.state == .active && session.core.record.pendingRefresh == nil)
            return (try? await session.accessToken(forceRenewal: true)) != nil
        }
        #expect(session.core.record.refreshToken != refreshToken)
        #expect(session.core.record.pendingRefresh == nil)
    }

    @Test("P24: a refresh without a response has an unknown outcome, and the refresh token is sent again")
    func suspended() async throws {
        let process = RunningServer(servers.authorizationServerProcess)
        let session = try await session(timeout: .seconds(1))
        process.suspend()
        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(forceRenewal: true) }
        #expect(failure?.kind == .outcomeUnknown)
        #expect(failure?.isTransient == true)
        #expect(session.state == .active)
        try await call(session)
        process.resume()
        // glewlwyd processes the first request when it continues. If it rotates the refresh token, it rejects the retry
        // without an error code, which does not end a session.
        var isRejected = false
        try await waitUntil("the retry gets a response", checkingEvery: .milliseconds(100)) {
            do throws(TokenError) {
                _ = try await session.accessToken(forceRenewal: true)
                return true
            } catch {
                isRejected = error.kind == .rejected
                return isRejected || error.kind == .sessionEnded
            }
        }
        #expect(isRejected || session.core.record.pendingRefresh == nil)
        #expect(session.state == .active || session.core.record.isRotationLost)
    }
}
