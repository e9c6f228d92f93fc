import Countersign
import CountersignOIDC
import Foundation
import TestSupport
import Testing

@Suite("glewlwyd behind TLS with a private certificate authority", .liveServers)
struct TLSTests {
    private let servers: LiveServers
    private let transport: RecordingTransport

    init() throws {
        servers = try LiveServers.load()
        transport = RecordingTransport(Self.trusting(servers))
    }

    private static func trusting(_ servers: LiveServers) -> CurlTransport.Configuration {
        var configuration = CurlTransport.Configuration()
        configuration.certificateAuthorities = .pemFile(servers.certificateAuthority)
        return configuration
    }

    private func credentials(_ clientID: String) throws -> ClientCredentials {
        try servers.secret(clientID).issuer(servers.secureIssuer("oidc"))
    }

    @Test("With the certificate authority, metadata, token requests and calls use TLS", arguments: [true, false])
    func trusted(allowsHTTP2: Bool) async throws {
        var configuration = Self.trusting(servers)
        configuration.allowsHTTP2 = allowsHTTP2
        let api = RegistrationAPI(
            credentials: try credentials("registrar"),
            server: servers.secureIssuer("oidc"),
            runtime: CountersignRuntime(transport: RecordingTransport(configuration))
        )
        let registration = try await api.register(clientName: "one", redirectURIs: [servers.redirectURI])
        #expect(registration.redirectURIs == [servers.redirectURI])
    }

    @Test("Without the certificate authority, no token request is sent")
    func untrusted() async throws {
        let transport = RecordingTransport()
        let api = RegistrationAPI(
            credentials: try credentials("registrar"),
            server: servers.secureIssuer("oidc"),
            runtime: CountersignRuntime(transport: transport)
        )
        await #expect { try await api.register(clientName: "one", redirectURIs: []) } throws: { error in
            let failure = error as? RegistrationAPI.Failure
            return failure?.kind == .noToken && failure?.tokenError?.kind == .unreachable
        }
        #expect(transport.exchanges(at: "").isEmpty)
    }

    @Test(
        "If the machine's clock is ten minutes off, the next proof uses the server's time",
        arguments: [-600, 600]
    )
    func clock(offset: Int) async throws {
        let api = BoundGreetingAPI(
            bySecret: try credentials("bound"),
            byKey: try servers.privateKey("key"),
            server: servers.api,
            runtime: CountersignRuntime(transport: transport) { $0.clock = WrongClock(by: .seconds(offset)) }
        )
        let token = try await api.tokens.current()
        #expect(token.type == .dpop)
        #expect(transport.statuses(at: "/token") == [403, 200])
        _ = try await api.options(.forceTokenRenewal).tokens.current()
        #expect(transport.statuses(at: "/token") == [403, 200, 200])
    }

    @Test("A user signs in over TLS, and the session can be refreshed")
    func user() async throws {
        let client = servers.client(try credentials("basic"), runtime: CountersignRuntime(transport: transport))
        let browser = try await GlewlwydBrowser(
            servers.user,
            at: servers.secureAuthorizationServer,
            transport: CurlTransport(Self.trusting(servers))
        )
        let session = try await client.session(with: browser)
        _ = try await session.accessToken(forceRenewal: true)
        #expect(session.claims.name == "Alice")
        #expect(transport.exchanges(at: "").allSatisfy { $0.request.url.origin.isSecure })
    }

    @Test("If the machine's clock differs from an API's, the call is resent with the API's time and the same token")
    func clockOfAPI() async throws {
        let user = SignedInUser(
            of: servers,
            at: servers.secureAuthorizationServer,
            issuer: "oidc",
            clientID: "user",
            key: try DPoPKey.generate(),
            transport: CurlTransport(Self.trusting(servers))
        )
        let runtime = CountersignRuntime(transport: transport) { $0.clock = WrongClock(by: .seconds(600)) }
        let api = UserInfoAPI(token: user, server: servers.secureIssuer("oidc"), runtime: runtime)
        _ = try await api.userInfo()
        #expect(transport.statuses(at: "/userinfo") == [401, 200])
        #expect(await user.signIns == 1)
    }
}

/// The machine's clock with a wrong date.
private struct WrongClock: RuntimeClock {
    private let clock = SystemClock()
    private let offset: Duration

    init(by offset: Duration) {
        self.offset = offset
    }

    func now() -> MonotonicInstant { clock.now() }
    func date() -> Date { clock.date() + offset / .seconds(1) }

    nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        try await clock.sleep(until: deadline)
    }
}
