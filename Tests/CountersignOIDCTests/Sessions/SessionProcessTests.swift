import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

/// Runs one session in several real processes, with a file store and a server on a socket.
///
/// The server ends a session whose refresh token is used twice.
@Suite("User sessions in several processes", .serialized)
struct SessionProcessTests {
    private let folder: TemporaryFolder
    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer
    private let store: FileTokenStore
    private let client: OIDCClient
    private let issuer: String

    init() throws {
        // Writing to a killed process must not end the test process.
        signal(SIGPIPE, SIG_IGN)
        folder = try TemporaryFolder()
        server = FakeAuthorizationServer(clock: clock)
        issuer = try server.start()
        server.register(
            .init(
                id: "web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["openid", "offline_access"],
                grantTypes: [.authorizationCode, .refreshToken],
                redirectURIs: ["https://app.example/callback"]
            )
        )
        store = try FileTokenStore(
            directory: folder.path("t"),
            encryption: .aes256GCM(keys: [FileTokenStoreTests.key]),
            clock: clock
        )
        var configuration = CountersignRuntime.Configuration()
        configuration.clock = clock
        configuration.transport = FakeNetwork(server)
        var signIn = SignInConfiguration(issuer: issuer, scopes: ["openid", "offline_access"])
        signIn.redirectURI = "https://app.example/callback"
        client = OIDCClient(
            signIn,
            credentials: .secret(id: "web", SecretValue("s3cret")),
            runtime: CountersignRuntime(configuration)
        )
    }

    private func signIn() async throws {
        let request = try await client.authorizationRequest()
        let response = try await server.approve(authorizationURL: request.url, as: SessionFixture.ada)
        let result = try await client.complete(request.transaction, callback: .url(response.url))
        _ = try await client.session(for: result, in: store, id: "s")
    }

    private func start() async throws -> Probe {
        let probe = try Probe("session", folder.path("t"), issuer)
        probe.writeLine("\(clock.unixTime().components.seconds)")
        #expect(await probe.line() == "ready")
        return probe
    }

    private var refreshes: Int { server.count(grantType: .refreshToken) }

    @Test("P34: with eight processes and a file store, each expiry costs one refresh, and none is rejected")
    func eightProcesses() async throws {
        try await signIn()
        var probes: [Probe] = []
        for _ in 0..<8 { probes.append(try await start()) }
        let expiries = Promise.isFullRun ? 1000 : 40
        for expiry in 1...expiries {
            clock.advance(by: .seconds(3600))
            for probe in probes { probe.writeLine("3600") }
            var responses: Set<String?> = []
            for probe in probes { responses.insert(await probe.line()) }
            #expect(
                responses.count == 1 && responses.first??.hasPrefix("token ") == true,
                "expiry \(expiry): \(responses)"
            )
            try #require(refreshes == expiry)
        }
        let rejected = server.requests(grantType: .refreshToken).count { $0.status != 200 }
        #expect(rejected == 0 && server.reuseDetections == 0)
        Promise.seen(34, "8 processes, \(expiries) expiries: \(refreshes) refreshes, \(rejected) rejected")
    }

    @Test("P32: a process that is killed at random points of its refreshes loses no refresh token that it has stored")
    func killed() async throws {
        var random = SeededGenerator(seed: 3232)
        var (kept, resent, lost) = (0, 0, 0)
        try await signIn()
        let kills = Promise.isFullRun ? 1000 : 25
        for _ in 0..<kills {
            let probe = try await start()
            for _ in 0..<40 { probe.writeLine("3600") }
            for _ in 0..<Int.random(in: 1...6, using: &random) { _ = await probe.line() }
            for _ in 0..<Int.random(in: 0..<20_000, using: &random) { _ = getppid() }
            probe.kill()
            #expect(await !probe.rest().dropLast().contains { !$0.hasPrefix("token ") })
            clock.advance(by: .seconds(40 * 3600))

            let record = try #require(try await SessionStoreEntry("s", in: store).load()).record
            let newest = server.liveRefreshTokenFamilies.last?.refreshToken
            let next = try await start()
            next.writeLine("3600")
            let response = await next.line()
            if record.pendingRefresh == nil {
                kept += 1
                #expect(record.refreshToken == newest)
                #expect(response?.hasPrefix("token ") == true, "\(response ?? "")")
            } else {
                // P24: the refresh token was being sent, and is sent again. If the server had rotated it, the response
                // was lost with the process, and the session ends.
                if response == "sessionEnded" {
                    lost += 1
                    try await signIn()
                } else {
                    resent += 1
                    #expect(response?.hasPrefix("token ") == true, "\(response ?? "")")
                }
            }
            next.kill()
            clock.advance(by: .seconds(3600))
        }
        #expect(server.reuseDetections == lost)
        // Some processes are killed during the request, most are not.
        if Promise.isFullRun { #expect(kept > 0 && resent > 0 && lost > 0) }
        Promise.seen(
            32,
            """
            killed in its refreshes \(kills) times: 0 rotations lost that the store had accepted; \(kept) continued, \
            \(resent) with another attempt, \(lost) ended because the response was lost with the process
            """
        )
    }

    @Test(
        "P35: when the lease holder is killed, the next process continues at once and does not resend the refresh token"
    )
    func holderKilled() async throws {
        try await signIn()
        let (first, second) = (try await start(), try await start())
        let gate = AsyncGate()
        server.inject(.held(by: gate), grantType: .refreshToken)
        clock.advance(by: .seconds(3600))
        first.writeLine("3600")
        await gate.waitForArrivals(1)
        second.writeLine("3600")
        first.kill()
        let time = await ContinuousClock().measure { #expect(await second.line() == "outcomeUnknown") }
        gate.open()
        // Waiting for a lease that is not released takes 30 seconds.
        #expect(time < (Promise.isFullRun ? .seconds(1) : .seconds(15)))
        #expect(refreshes == 1)
        Promise.seen(
            35,
            "holder killed in a refresh: the next continues after \(time.inMilliseconds) ms, \(refreshes) refresh in all"
        )
    }
}
