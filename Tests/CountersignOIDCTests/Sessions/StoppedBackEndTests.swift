import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

/// Stops a real web back end with SIGTERM while it refreshes, as a deployment does.
///
/// Its server ends a session whose refresh token is used twice.
@Suite("Web back ends that are stopped", .serialized, .timeLimit(.minutes(15)))
struct StoppedBackEndTests {
    private let folder: TemporaryFolder
    private let clock = VirtualClock()
    private let server: FakeAuthorizationServer
    private let store: FileTokenStore
    private let sessions: BrowserSessions
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
        var signIn = SignInConfiguration(issuer: issuer, scopes: ["openid", "offline_access"])
        signIn.redirectURI = "https://app.example/callback"
        var sessionConfiguration = SessionConfiguration()
        sessionConfiguration.idleTimeout = .seconds(365 * 24 * 3600)
        sessionConfiguration.maximumLifetime = .seconds(365 * 24 * 3600)
        sessions = BrowserSessions(
            OIDCClient(
                signIn,
                credentials: .secret(id: "web", SecretValue("s3cret")),
                runtime: CountersignRuntime(transport: FakeNetwork(server), clock: clock)
            ),
            store: store,
            configuration: sessionConfiguration
        )
    }

    /// The longest wait for the end of a back end: long, because a busy machine must not fail a test.
    private static let endTimeout = Duration.seconds(120)

    /// A signed-in browser.
    private struct User {
        var cookies: String
        var sessionID: String
    }

    private func signIn() async throws -> User {
        var browser = Browser()
        let start = try await sessions.beginSignIn(cookies: nil)
        browser.receive(start.setCookies)
        let response = try await server.approve(authorizationURL: start.url, as: SessionFixture.ada)
        let completion = try await sessions.finishSignIn(callback: .url(response.url), cookies: browser.cookies)
        browser.receive(completion.setCookies)
        return User(cookies: browser.cookies, sessionID: completion.browser.session.id)
    }

    /// Starts a back end, and opens its page, which starts a refresh in the background.
    private func openPage(of command: String, as user: User) async throws -> Probe {
        let probe = try Probe(command, folder.path("t"), issuer)
        probe.writeLine("\(clock.unixTime().components.seconds)")
        let url = try #require(await probe.line())
        let request = HTTP.Request(url: try HTTP.URL(url), fields: ["Cookie": user.cookies])
        let page = try await CurlTransport.shared.send(request)
        #expect(page.status == 200, "\(String(decoding: page.body, as: UTF8.self))")
        return probe
    }

    /// Returns true if the next process can refresh the session: the stored refresh token is the newest one.
    private func isKept(_ user: User) async throws -> Bool {
        let record = try #require(try await SessionStoreEntry(user.sessionID, in: store).load()).record
        return record.pendingRefresh == nil && record.refreshToken == server.liveRefreshTokenFamilies.last?.refreshToken
    }

    private var refreshes: Int { server.count(grantType: .refreshToken) }

    @Test("P91: a web back end that is stopped in its refreshes, again and again, loses no session")
    func stopped() async throws {
        var random = SeededGenerator(seed: 9191)
        let user = try await signIn()
        let stops = Promise.isFullRun ? 200 : 8
        var (lost, refreshesFinished, refreshesNotBegun) = (0, 0, 0)
        clock.advance(by: .seconds(2700))
        for stop in 0..<stops {
            let before = refreshes
            // In every fourth round, the signal arrives at a random point; else while the server has the refresh token.
            let gate = stop % 4 == 3 ? nil : AsyncGate()
            if let gate { server.inject(.held(by: gate), grantType: .refreshToken) }
            let probe = try await openPage(of: "web", as: user)
            if let gate {
                await gate.waitForArrivals(1)
            } else {
                for _ in 0..<Int.random(in: 0..<20_000, using: &random) { _ = getppid() }
            }
            probe.signal(SIGTERM)
            #expect(await probe.line() == "stopping")
            gate?.open()
            #expect(await probe.rest(within: Self.endTimeout) == ["shut down, all work has finished"])
            if try await !isKept(user) { lost += 1 }
            if refreshes == before {
                refreshesNotBegun += 1
            } else {
                refreshesFinished += 1
                clock.advance(by: .seconds(2700))
            }
        }
        // The session of the first sign-in continues.
        let last = try await openPage(of: "web", as: user)
        last.kill()
        #expect(lost == 0 && server.reuseDetections == 0)
        Promise.seen(
            91,
            """
            \(lost) sessions lost in \(stops) stops: \(refreshesFinished) refreshes finished, \(refreshesNotBegun) did \
            not begin
            """
        )
    }

    @Test("P91: without a shutdown, a back end that is stopped in a refresh loses the session")
    func stoppedAtOnce() async throws {
        let stops = Promise.isFullRun ? 20 : 2
        var lost = 0
        for stop in 1...stops {
            let user = try await signIn()
            clock.advance(by: .seconds(2700))
            let gate = AsyncGate()
            server.inject(.held(by: gate), grantType: .refreshToken)
            let probe = try await openPage(of: "web-at-once", as: user)
            await gate.waitForArrivals(1)
            probe.signal(SIGTERM)
            #expect(await probe.rest(within: Self.endTimeout).isEmpty)
            gate.open()
            try await waitUntil("the server has replaced the refresh token") {
                server.liveRefreshTokenFamilies.last?.generation == 1
            }
            if try await !isKept(user) { lost += 1 }
            #expect(refreshes == stop)
        }
        #expect(lost == stops)
        Promise.seen(91, "without a shutdown, \(lost) of \(stops) lost")
    }
}
