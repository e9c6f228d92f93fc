import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

/// One session in several real processes, with a file store and a server on a socket that ends a session whose refresh
/// token comes twice.
@Suite("User sessions of several processes", .serialized)
struct SessionProcessTests {
    private let folder: TemporaryFolder
    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer
    private let store: FileTokenStore
    private let client: OIDCClient
    private let issuer: String

    init() throws {
        // Writing to a process that was killed is no reason to die.
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
        var configuration = Runtime.Configuration()
        configuration.clock = clock
        configuration.transport = FakeNetwork(server)
        var signIn = SignInConfiguration(issuer: issuer, scopes: ["openid", "offline_access"])
        signIn.redirectURI = "https://app.example/callback"
        client = OIDCClient(
            signIn,
            credentials: .secret(id: "web", Secret("s3cret")),
            runtime: Runtime(configuration)
        )
    }

    private func signIn() async throws {
        let request = try await client.authorizationRequest()
        let answer = try await server.approve(authorizationURL: request.url, as: SessionWorld.ada)
        let result = try await client.complete(request.transaction, callback: .url(answer.url))
        _ = try await client.session(for: result, in: store, id: "s")
    }

    private func start() async throws -> Probe {
        let probe = try Probe("session", folder.path("t"), issuer)
        probe.say("\(clock.unixTime().components.seconds)")
        #expect(await probe.line() == "ready")
        return probe
    }

    private var refreshes: Int { server.count(grantType: .refreshToken) }

    @Test("P34: eight processes, one file store, strict rotation: as many refreshes as expiries, and none refused")
    func eightProcesses() async throws {
        try await signIn()
        var probes: [Probe] = []
        for _ in 0..<8 { probes.append(try await start()) }
        let expiries = Promise.isFullRun ? 1000 : 40
        for expiry in 1...expiries {
            clock.advance(by: .seconds(3600))
            for probe in probes { probe.say("3600") }
            var answers: Set<String?> = []
            for probe in probes { answers.insert(await probe.line()) }
            #expect(answers.count == 1 && answers.first??.hasPrefix("token ") == true, "expiry \(expiry): \(answers)")
            try #require(refreshes == expiry)
        }
        let refused = server.requests(grantType: .refreshToken).count { $0.status != 200 }
        #expect(refused == 0 && server.reuseDetections == 0)
        Promise.seen(34, "8 processes, \(expiries) expiries: \(refreshes) refreshes, \(refused) refused")
    }

    @Test("P32: A process killed at random points of its refreshes loses no refresh token that it was given and stored")
    func killed() async throws {
        var random = SeededGenerator(seed: 3232)
        var (unknown, kept) = (0, 0)
        try await signIn()
        let kills = Promise.isFullRun ? 1000 : 25
        for _ in 0..<kills {
            let probe = try await start()
            for _ in 0..<40 { probe.say("3600") }
            for _ in 0..<Int.random(in: 1...6, using: &random) { _ = await probe.line() }
            for _ in 0..<Int.random(in: 0..<20_000, using: &random) { _ = getppid() }
            probe.kill()
            #expect(await !probe.rest().dropLast().contains { !$0.hasPrefix("token ") })
            clock.advance(by: .seconds(40 * 3600))

            let record = try #require(try await SessionEntry("s", in: store).load()).record
            let newest = server.liveRefreshTokenFamilies.last?.refreshToken
            let next = try await start()
            next.say("3600")
            let answer = await next.line()
            if record.pending == nil {
                kept += 1
                #expect(record.refreshToken == newest)
                #expect(answer?.hasPrefix("token ") == true, "\(answer ?? "")")
            } else {
                // It was being sent: the next start says that nobody knows, and does not try.
                unknown += 1
                #expect(answer == "outcomeUnknown")
                try await signIn()
            }
            next.kill()
            clock.advance(by: .seconds(3600))
        }
        #expect(server.reuseDetections == 0)
        #expect(server.requests(grantType: .refreshToken).allSatisfy { $0.status == nil || $0.status == 200 })
        // Some are killed with the request on its way, most are not.
        if Promise.isFullRun { #expect(kept > 0 && unknown > 0) }
        Promise.seen(
            32,
            """
            killed in its refreshes \(kills) times: 0 rotations lost, \(kept) went on, \(unknown) reported an unknown \
            outcome
            """
        )
    }

    @Test(
        "P35: when the process is killed that holds the lease, the next one goes on at once, and spends nothing twice"
    )
    func holderKilled() async throws {
        try await signIn()
        let (first, second) = (try await start(), try await start())
        let gate = AsyncGate()
        server.inject(.held(by: gate), grantType: .refreshToken)
        clock.advance(by: .seconds(3600))
        first.say("3600")
        await gate.waitForArrivals(1)
        second.say("3600")
        first.kill()
        let time = await ContinuousClock().measure { #expect(await second.line() == "outcomeUnknown") }
        gate.open()
        // Waiting for a lease that nobody gives back takes 30 seconds.
        #expect(time < (Promise.isFullRun ? .seconds(1) : .seconds(15)))
        #expect(refreshes == 1)
        Promise.seen(
            35,
            "holder killed while it refreshes: the next goes on after \(time.inMilliseconds) ms, \(refreshes) refresh in all"
        )
    }
}
