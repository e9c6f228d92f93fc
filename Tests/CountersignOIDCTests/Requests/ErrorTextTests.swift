import Countersign
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("Advice in error texts")
struct ErrorTextTests {
    private let fixture = SignInFixture()

    private func text<Success>(_ operation: () async throws -> Success) async -> String {
        do {
            _ = try await operation()
            return "nothing was thrown"
        } catch {
            return "\(error)"
        }
    }

    @Test("A wrong secret: what to check, and where the server's description is")
    func wrongSecret() async throws {
        let client = OIDCClient(
            fixture.web().configuration,
            credentials: .secret(id: "web", SecretValue("another")),
            runtime: fixture.runtime
        )
        let text = await text { try await fixture.signIn(client) }
        #expect(text.contains("check the client identifier, its secret or key, and that the client is registered"))
        #expect(text.contains("client_secret_basic"))
        #expect(text.contains("[invalid_client] (status 401); see oauthErrorDescription for the error_description"))
        #expect(!text.contains("another"))
    }

    @Test("An unregistered redirect URI is quoted when the pushed request is rejected")
    func wrongRedirectURI() async throws {
        let client = fixture.web {
            $0.redirectURI = "https://app.example/elsewhere"
            $0.pushedAuthorizationRequests = .always
        }
        let text = await text { try await client.authorizationRequest() }
        #expect(text.contains("check that the redirect URI https://app.example/elsewhere is registered"), "\(text)")
    }

    @Test("An issuer that differs by a final slash is quoted as the metadata has it", arguments: [true, false])
    func slash(isExtra: Bool) async throws {
        let issuer = fixture.server.issuer
        let (wrong, right) = isExtra ? (issuer + "/", issuer) : (issuer, issuer + "/")
        fixture.server.configuration.metadata["issuer"] = .string(right)
        let client = OIDCClient(
            SignInConfiguration(issuer: wrong, clientID: "native", scopes: ["openid"]),
            runtime: fixture.runtime
        )
        let text = await text { try await client.metadata() }
        #expect(text.contains("names the issuer '\(right)'; configure exactly that issuer"), "\(text)")
    }

    @Test("Another issuer in the metadata is not quoted")
    func otherIssuer() async throws {
        fixture.server.configuration.metadata["issuer"] = "https://evil.example"
        let text = await text { try await fixture.web().metadata() }
        #expect(text.contains("names another issuer"))
        #expect(!text.contains("evil"))
    }

    @Test("Only errors that are specific to sign-ins are called a failed sign-in")
    func prefix() async throws {
        let client = fixture.web()
        let result = try await fixture.signIn(client)
        fixture.server.inject(.status(503), at: .introspection)
        let introspection = await text { try await client.introspect(result.response.accessToken) }
        #expect(introspection.hasPrefix("request failed (tokenError): "))
        let sessions = BrowserSessions(client, store: MemoryTokenStore())
        #expect(
            await text { try await sessions.backChannelLogout(logoutToken: "x") }.hasPrefix(
                "request failed (invalidLogoutToken"
            )
        )
        #expect(
            await text { try await sessions.beginSignIn(returnTo: "//x", cookies: nil) }.hasPrefix(
                "sign-in failed (invalidReturnTo): "
            )
        )
    }

    @Test("A failed store in a refresh is reported with its cause")
    func store() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.store.fail([.load])
        fixture.clock.advance(by: .seconds(2400))
        let text = await text { try await session.accessToken(forceRenewal: true) }
        #expect(text.contains("and nothing was sent: token store (unavailable): the disk is full"), "\(text)")
    }

    @Test("A lost encryption key: the directory to remove")
    func lostStoreKey() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("sessions")
        let store = try FileTokenStore(
            directory: path,
            encryption: .aes256GCM(keys: [[UInt8](repeating: 1, count: 32)])
        )
        _ = try await store.save([1], as: "a", replacing: nil, until: nil)
        let another = try FileTokenStore(
            directory: path,
            encryption: .aes256GCM(keys: [[UInt8](repeating: 2, count: 32)])
        )
        let text = await text { try await another.load("a") }
        #expect(text.hasSuffix(", or remove \(path) and sign in again"), "\(text)")
    }

    @Test("A lost DPoP key: restore it, or sign in again")
    func lostDPoPKey() async throws {
        let fixture = SessionFixture(dpop: .es256)
        _ = try await fixture.session()
        let text = await text { try await fixture.restored(runtime: fixture.otherRuntime()) }
        #expect(text.hasSuffix("with dpopKey(_:), or sign in again"), "\(text)")
    }
}
