import Countersign
@testable import CountersignOIDC
import Foundation
import TestSupport
import Testing

@Suite("Sessions at glewlwyd", .liveServers)
struct SessionTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let store = MemoryTokenStore()
    private let runtime: CountersignRuntime

    init() throws {
        servers = try LiveServers.load()
        runtime = CountersignRuntime(transport: transport)
    }

    private func isActive(_ refreshToken: String?, _ client: OIDCClient) async throws -> Bool {
        try await client.introspect(SecretValue(try #require(refreshToken)), type: .refreshToken).isActive
    }

    @Test("Each of three refreshes uses the newest refresh token, and the previous ones are invalid")
    func rotation() async throws {
        let client = servers.client(try servers.secret("basic"), runtime: runtime)
        let session = try await client.session(with: servers.browser(), in: store)
        var refreshTokens = [session.core.record.refreshToken]
        var accessTokens = [try await session.accessToken().value]
        for _ in 0..<3 {
            accessTokens.append(try await session.accessToken(forceRenewal: true).value)
            refreshTokens.append(session.core.record.refreshToken)
        }
        #expect(Set(accessTokens).count == 4)
        #expect(Set(refreshTokens).count == 4)
        let used = transport.exchanges(at: "/token").compactMap { $0.form["refresh_token"] }
        #expect(used == refreshTokens.dropLast().compactMap { $0 })
        for (number, token) in refreshTokens.enumerated() {
            #expect(try await isActive(token, client) == (number == 3))
        }
        let api = UserGreetingAPI(user: session, server: servers.api, runtime: runtime)
        #expect(try await api.greet().text == "hello")
    }

    @Test("Reuse of a stolen refresh token invalidates the family, and the 400 without an error ends no session")
    func reuse() async throws {
        let client = servers.client(try servers.secret("basic"), runtime: runtime)
        let session = try await client.session(with: servers.browser(), in: store)
        let stolen = try #require(session.core.record.refreshToken)
        let good = try await session.accessToken(forceRenewal: true)
        let theft = await #expect(throws: SignInError.self) { try await client.refresh(SecretValue(stolen)) }
        #expect(theft?.tokenError?.kind == .rejected)

        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(forceRenewal: true) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.status == 400)
        #expect(failure?.oauthError == nil)
        #expect(session.state == .active)
        // The access token stays valid, and calls continue with it.
        #expect(try await session.accessToken().value == good.value)
        let api = UserGreetingAPI(user: session, server: servers.api, runtime: runtime)
        #expect(try await api.greet().text == "hello")
        #expect(try await client.session(id: "session", in: store)?.state == .active)
    }

    @Test("After sign-out the tokens are inactive, the store is empty, and calls fail without a request")
    func signOut() async throws {
        let client = servers.client(try servers.secret("basic"), runtime: runtime)
        let browser = try await servers.browser()
        let session = try await client.session(with: browser, in: store)
        let refreshToken = session.core.record.refreshToken
        let accessToken = try await session.accessToken()
        #expect(try await isActive(refreshToken, client))
        #expect(try await client.introspect(accessToken).isActive)

        let result = await session.signOut(revoking: .allTokens)
        guard case .revoked = result.revocation else {
            Issue.record("the tokens were not revoked: \(result.revocation)")
            return
        }
        let page = try await browser.open(try #require(result.endSessionURL)).fields[.location]
        #expect(page?.contains("prompt=end_session") == true)
        #expect(try await !isActive(refreshToken, client))
        #expect(try await !client.introspect(accessToken).isActive)
        #expect(try await client.session(id: "session", in: store) == nil)
        let api = UserGreetingAPI(user: session, server: servers.api, runtime: runtime)
        let failure = await #expect(throws: UserGreetingAPI.Failure.self) { try await api.greet() }
        #expect(failure?.tokenError?.kind == .notSignedIn)
        #expect(transport.exchanges(at: "/greeting.json").isEmpty)
    }

    @Test("A public client cannot revoke at glewlwyd: the failure is reported, and the session ends anyway")
    func signOutOfPublicClient() async throws {
        let client = servers.client(servers.publicClient(), runtime: runtime)
        let session = try await client.session(with: servers.browser(), in: store)
        guard case .failed(let error) = await session.signOut().revocation else {
            Issue.record("glewlwyd supports revocation by public clients now: update the article TestedServers")
            return
        }
        #expect(error.kind == .rejected)
        #expect(error.status == 401)
        #expect(session.state == .signedOut)
        #expect(try await client.session(id: "session", in: store) == nil)
    }

    @Test("A refresh token that was revoked elsewhere is rejected at the next refresh, and the session stays active")
    func revokedElsewhere() async throws {
        let client = servers.client(try servers.secret("basic"), runtime: runtime)
        let session = try await client.session(with: servers.browser(), in: store)
        let refreshToken = try #require(session.core.record.refreshToken)
        try await client.revoke(SecretValue(refreshToken), type: .refreshToken)
        #expect(try await !isActive(refreshToken, client))
        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(forceRenewal: true) }
        #expect(failure?.kind == .rejected)
        #expect(session.state == .active)
        #expect(try await client.userInfo(session.accessToken(), subject: session.subject).name == "Alice")
    }

    @Test("Two runtimes share a file store: each uses the tokens that the other has refreshed")
    func otherProcess() async throws {
        let folder = try TemporaryFolder()
        let encryption = try StoreEncryption.aes256GCM(keys: [SecureRandom.bytes(32)])
        let stores = try (0..<2).map { _ in
            try FileTokenStore(directory: folder.path("sessions"), encryption: encryption)
        }
        let client = servers.client(try servers.secret("basic"), runtime: runtime)
        let session = try await client.session(with: servers.browser(), in: stores[0])
        let renewed = try await session.accessToken(forceRenewal: true)
        let other = servers.client(
            try servers.secret("basic"),
            runtime: CountersignRuntime(transport: RecordingTransport())
        )
        let same = try #require(try await other.session(id: "session", in: stores[1]))
        #expect(same.subject == session.subject)
        #expect(try await same.accessToken().value == renewed.value)
        let newest = try await same.accessToken(forceRenewal: true)
        let requests = transport.exchanges(at: "/token").count
        #expect(try await session.accessToken(forceRenewal: true).value == newest.value)
        #expect(transport.exchanges(at: "/token").count == requests)
    }
}
