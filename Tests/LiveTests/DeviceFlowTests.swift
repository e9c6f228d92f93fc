import Countersign
@testable import CountersignOIDC
import Testing

@Suite("Users who sign in with another device", .liveServers, .timeLimit(.minutes(5)))
struct DeviceFlowTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    /// The `error` of each answer to a question; nil for the one with the tokens.
    private var answers: [String?] {
        (transport.exchanges(at: "/token") + transport.exchanges(at: "/token/")).map(\.oauthError)
    }

    @Test("At glewlwyd: pending, and slower when told so, until the user approves; then the session refreshes")
    func glewlwyd() async throws {
        // The server's seconds are longer than ours: it finds us impatient.
        let runtime = Runtime.recording(transport) { $0.clock = HurriedClock(times: 20) }
        let client = servers.client(servers.publicClient(), runtime: runtime)
        let browser = try await servers.browser()
        let device = try await client.deviceAuthorization()
        #expect(device.interval == .seconds(1))
        #expect(device.verificationURIComplete?.contains(device.userCode) == true)
        async let signIn = client.complete(device)
        while !answers.contains("slow_down") { try await Task.sleep(for: .milliseconds(5)) }
        try await browser.approve(device)

        let result = try await signIn
        #expect(result.claims.name() == "Alice")
        #expect(answers.first == "authorization_pending")
        #expect(answers.last == .some(nil))
        #expect(Set(answers) == ["authorization_pending", "slow_down", nil])
        let session = try await client.session(for: result, in: MemoryTokenStore(), id: "session")
        let old = try await session.accessToken()
        #expect(try await session.accessToken(renew: true).value != old.value)
    }

    @Test("At glewlwyd: a code that nobody has approved in time is given up, without another question")
    func expiry() async throws {
        let runtime = Runtime.recording(transport) { $0.clock = HurriedClock(times: 2000) }
        let client = servers.client(servers.publicClient(), runtime: runtime)
        let device = try await client.deviceAuthorization()
        let failure = await #expect(throws: SignInError.self) { try await client.complete(device) }
        #expect(failure?.kind == .expired)
        #expect(Set(answers).isSubset(of: ["authorization_pending", "slow_down"]))
    }

    @Test("At django-oauth-toolkit: pending until the user approves; then the session refreshes", .toolkit)
    func toolkit() async throws {
        let runtime = Runtime.recording(transport) { $0.clock = HurriedClock(times: 20) }
        let client = servers.client(try servers.toolkitClient("device"), runtime: runtime) {
            $0.scopes = ["openid", "api.read"]
        }
        let browser = try await servers.toolkitBrowser()
        let device = try await client.deviceAuthorization()
        async let signIn = client.complete(device)
        while answers.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        try await browser.approve(device)

        let result = try await signIn
        #expect(result.grantedScopes == ["openid", "api.read"])
        // It has none for devices.
        #expect(result.idToken == nil)
        #expect(Set(answers) == ["authorization_pending", nil])
        let session = try await client.session(for: result, in: MemoryTokenStore(), id: "session")
        let old = try await session.accessToken()
        #expect(try await session.accessToken(renew: true).value != old.value)
    }
}

/// The machine's clock, running faster.
private struct HurriedClock: RuntimeClock {
    private let clock = SystemClock()
    private let factor: Int
    private let start: MonotonicInstant

    init(times factor: Int) {
        self.factor = factor
        start = clock.now()
    }

    func now() -> MonotonicInstant { start.advanced(by: (clock.now() - start) * factor) }

    func unixTime() -> Duration { clock.unixTime() }

    nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        try await clock.sleep(until: start.advanced(by: (deadline - start) / factor))
    }
}
