import Countersign
import CountersignHTTP
import CountersignLoopback
import CountersignOIDC
import Dispatch
import Foundation

/// A web back end with one page, which requires the user's access token.
///
///     StoreProbe web <folder> <issuer>         after SIGTERM, it shuts its sessions down and exits
///     StoreProbe web-at-once <folder> <issuer> SIGTERM ends it at once
///
/// The first line of the standard input is the start time in seconds since 1970. The probe writes the URL of its page.
/// After SIGTERM it writes "stopping" and the result of the shutdown. It exits when the standard input ends.
enum WebProbe {
    static func run(_ issuer: String, in folder: String, shutsDown: Bool) async throws {
        guard let start = readLine().flatMap({ Double($0) }) else { return }
        let clock = ShiftedClock(offset: start - Date.now.timeIntervalSince1970)
        let store = try FileTokenStore(directory: folder, encryption: StoreProbe.encryption, clock: clock)
        var configuration = CountersignRuntime.Configuration()
        configuration.clock = clock
        let sessions = BrowserSessions(
            client(issuer, CountersignRuntime(configuration)),
            store: store,
            configuration: sessionConfiguration
        )
        let server = LoopbackServer { request in await page(of: sessions, request) }
        let url = try server.start().string
        if !shutsDown {
            // The test process may ignore the signal, and its children inherit that.
            signal(SIGTERM, SIG_DFL)
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGTERM)
            pthread_sigmask(SIG_UNBLOCK, &signals, nil)
            StoreProbe.writeLine(url)
            while readLine() != nil {}
            exit(1)
        }
        let termination = await terminationSignal()
        StoreProbe.writeLine(url)
        Thread.detachNewThread {
            while readLine() != nil {}
            exit(1)
        }
        for await _ in termination {}
        StoreProbe.writeLine("stopping")
        server.stopListening()
        StoreProbe.writeLine("\(await sessions.shutdown(within: .seconds(60)))")
        exit(0)
    }

    /// The client and the configuration are those of the test that signs the user in.
    static func client(_ issuer: String, _ runtime: CountersignRuntime) -> OIDCClient {
        var signIn = SignInConfiguration(issuer: issuer, scopes: ["openid", "offline_access"])
        signIn.redirectURI = "https://app.example/callback"
        return OIDCClient(signIn, credentials: .secret(id: "web", SecretValue("s3cret")), runtime: runtime)
    }

    static var sessionConfiguration: SessionConfiguration {
        var configuration = SessionConfiguration()
        configuration.idleTimeout = .seconds(365 * 24 * 3600)
        configuration.maximumLifetime = .seconds(365 * 24 * 3600)
        return configuration
    }

    private static func page(of sessions: BrowserSessions, _ request: LoopbackRequest) async -> HTTP.Response {
        do throws(TokenError) {
            guard let browser = try await sessions.session(cookies: request.fields["Cookie"]) else {
                return HTTP.Response(status: 401)
            }
            _ = try await browser.session.accessToken()
            return HTTP.Response(status: 200)
        } catch {
            return HTTP.Response(status: 503, body: Array("\(error.kind)".utf8))
        }
    }

    /// Returns a stream that ends with the first SIGTERM, which is caught as soon as the function has returned.
    private static func terminationSignal() async -> AsyncStream<Void> {
        // The default action would end the process before the handler runs.
        signal(SIGTERM, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGTERM)
        let (registration, registered) = AsyncStream<Void>.makeStream()
        let termination = AsyncStream<Void> { continuation in
            source.setEventHandler {
                source.cancel()
                continuation.finish()
            }
            source.setRegistrationHandler { registered.finish() }
            source.resume()
        }
        for await _ in registration {}
        return termination
    }
}

/// The machine's clock with another date.
private struct ShiftedClock: RuntimeClock {
    let offset: TimeInterval

    func now() -> MonotonicInstant { SystemClock().now() }
    func date() -> Date { Date.now.addingTimeInterval(offset) }

    nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        try await SystemClock().sleep(until: deadline)
    }
}
