import Countersign
@testable import CountersignOIDC
import Foundation
import TestSupport
import Testing

@Suite("Device flow at real servers", .liveServers, .timeLimit(.minutes(5)))
struct DeviceFlowTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    /// The `error` of each response to a poll; nil for the response with the tokens.
    private var pollErrors: [String?] {
        (transport.exchanges(at: "/token") + transport.exchanges(at: "/token/")).map(\.oauthError)
    }

    @Test("glewlwyd: polls are pending and slow down until the user approves, and the session can be refreshed")
    func glewlwyd() async throws {
        // On the fast clock, the polls are too frequent for the server.
        let runtime = CountersignRuntime(transport: transport, clock: FastClock(factor: 20))
        let client = servers.client(servers.publicClient(), runtime: runtime)
        let browser = try await servers.browser()
        let device = try await client.deviceAuthorization()
        #expect(device.interval == .seconds(1))
        #expect(device.verificationURIComplete?.contains(device.userCode) == true)
        async let signIn = client.complete(device)
        try await waitUntil("a poll is rejected with slow_down", checkingEvery: .milliseconds(5)) {
            pollErrors.contains("slow_down")
        }
        try await browser.approve(device)

        let result = try await signIn
        #expect(result.claims.name == "Alice")
        #expect(pollErrors.first == "authorization_pending")
        #expect(pollErrors.last == .some(nil))
        #expect(Set(pollErrors) == ["authorization_pending", "slow_down", nil])
        let session = try await client.session(for: result, in: MemoryTokenStore(), id: "session")
        let old = try await session.accessToken()
        #expect(try await session.accessToken(forceRenewal: true).value != old.value)
    }

    @Test("glewlwyd: a code that is not approved in time expires, and polling ends")
    func expiry() async throws {
        let runtime = CountersignRuntime(transport: transport, clock: FastClock(factor: 2000))
        let client = servers.client(servers.publicClient(), runtime: runtime)
        let device = try await client.deviceAuthorization()
        let failure = await #expect(throws: SignInError.self) { try await client.complete(device) }
        #expect(failure?.kind == .expired)
        #expect(Set(pollErrors).isSubset(of: ["authorization_pending", "slow_down"]))
    }

    @Test("django-oauth-toolkit: polls are pending until the user approves, and the session can be refreshed", .toolkit)
    func toolkit() async throws {
        let runtime = CountersignRuntime(transport: transport, clock: FastClock(factor: 20))
        let client = servers.client(try servers.toolkitClient("device"), runtime: runtime) {
            $0.scopes = ["openid", "api.read"]
        }
        let browser = try await servers.toolkitBrowser()
        let device = try await client.deviceAuthorization()
        async let signIn = client.complete(device)
        try await waitUntil("the first poll gets a response", checkingEvery: .milliseconds(5)) {
            !pollErrors.isEmpty
        }
        try await browser.approve(device)

        let result = try await signIn
        #expect(result.grantedScopes == ["openid", "api.read"])
        // The toolkit issues no ID tokens to devices.
        #expect(result.idToken == nil)
        #expect(Set(pollErrors) == ["authorization_pending", nil])
        let session = try await client.session(for: result, in: MemoryTokenStore(), id: "session")
        let old = try await session.accessToken()
        #expect(try await session.accessToken(forceRenewal: true).value != old.value)
    }
}

/// A clock that runs faster than the machine's.
private struct FastClock: RuntimeClock {
    private let clock = SystemClock()
    private let factor: Int
    private let start: MonotonicInstant

    init(factor: Int) {
        self.factor = factor
        start = clock.now()
    }

    func now() -> MonotonicInstant { start.advanced(by: (clock.now() - start) * factor) }

    func date() -> Date { clock.date() }

    nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        try await clock.sleep(until: start.advanced(by: (deadline - start) / factor))
    }
}
