import Countersign
@testable import CountersignOIDC
import TestSupport
import Testing

@Suite("Sessions at django-oauth-toolkit", .liveServers, .toolkit)
struct ToolkitTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let store = MemoryTokenStore()
    private let runtime: CountersignRuntime

    init() throws {
        servers = try LiveServers.load()
        runtime = CountersignRuntime(transport: transport)
    }

    private func client(_ name: String = "web") throws -> OIDCClient {
        servers.client(try servers.toolkitClient(name), runtime: runtime) {
            $0.scopes = ["openid", "profile", "api.read", "api.write"]
        }
    }

    private var refreshes: Int {
        transport.exchanges(at: "/token/").filter { $0.form["grant_type"] == "refresh_token" }.count
    }

    @Test("Confidential and public clients sign in by code and PKCE, and get ID token and userinfo")
    func codeFlow() async throws {
        for name in ["web", "native"] {
            let client = try client(name)
            let result = try await client.signIn(with: servers.toolkitBrowser())
            let idToken = try #require(result.idToken)
            #expect(idToken.issuer == servers.toolkit?.issuer)
            #expect(idToken.audience == [name])
            #expect(result.grantedScopes == ["openid", "profile", "api.read", "api.write"])
            let session = try await client.session(for: result, in: store, id: name)
            let claims = try await client.userInfo(session.accessToken(), subject: result.claims.subject)
            #expect(claims.subject == result.claims.subject)
        }
    }

    @Test(
        "If the metadata announces `iss`, an authorization response without it, or with another, is rejected",
        arguments: ["", "&iss=http%3A%2F%2F127.0.0.1%3A1"]
    )
    func issuerParameter(instead: String) async throws {
        let browser = try await servers.toolkitBrowser()
        let client = try client()
        let failure = await #expect(throws: SignInError.self) {
            try await client.signIn(with: browser) { $0.replacing(/&iss=[^&]*/, with: instead) }
        }
        #expect(failure?.kind == .issuerMismatch)
        #expect(transport.exchanges(at: "/token/").isEmpty)
    }

    @Test("An error response without the announced `iss` is rejected, and no token request is sent")
    func anonymousError() async throws {
        let client = servers.client(try servers.toolkitClient("web"), runtime: runtime) { $0.scopes = ["unknown"] }
        let browser = try await servers.toolkitBrowser()
        let failure = await #expect(throws: SignInError.self) {
            try await client.signIn(with: browser) { response in
                #expect(response.contains("error=invalid_scope"))
                return response
            }
        }
        #expect(failure?.kind == .issuerMismatch)
        #expect(transport.exchanges(at: "/token/").isEmpty)
    }

    @Test("Three refreshes return new ID tokens; then reuse of a stolen refresh token ends the session")
    func reuse() async throws {
        let client = try client()
        let session = try await client.session(with: servers.toolkitBrowser(), in: store)
        let stolen = try #require(session.core.record.refreshToken)
        var idTokens = [session.core.record.idToken]
        for _ in 0..<3 {
            _ = try await session.accessToken(forceRenewal: true)
            idTokens.append(session.core.record.idToken)
        }
        #expect(Set(idTokens).count == 4)
        #expect(session.state == .active)
        let theft = await #expect(throws: SignInError.self) { try await client.refresh(SecretValue(stolen)) }
        #expect(theft?.oauthError == "invalid_grant")

        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(forceRenewal: true) }
        #expect(failure?.kind == .sessionEnded)
        #expect(failure?.oauthError == "invalid_grant")
        #expect(session.state == .ended("invalid_grant"))
        // Other sessions with this store do not send a request.
        let requests = refreshes
        let same = try #require(try await client.session(id: "session", in: store))
        #expect(same.state == .ended("invalid_grant"))
        await #expect(throws: TokenError.self) { try await same.accessToken(forceRenewal: true) }
        #expect(refreshes == requests)
    }

    @Test("After a refresh with fewer scopes, a call that requires more scopes fails without a request")
    func downScoped() async throws {
        let client = try client()
        let session = try await client.session(with: servers.toolkitBrowser(), in: store)
        let narrow = try session.tokenCacheEntry(
            of: nil,
            scopes: ["api.read"],
            tokenPerScopes: true,
            resources: [],
            parameters: [:]
        )
        let token = try await narrow.token(deadline: nil)
        #expect(token.scopes == ["api.read"])
        #expect(try await client.introspect(token).scopes == ["api.read"])
        // A refresh revokes the other access tokens of the family; they are renewed after they are rejected.
        #expect(try await !client.introspect(session.accessToken()).isActive)

        _ = try await session.accessToken(forceRenewal: true)
        #expect(session.grantedScopes == ["api.read"])
        let requests = transport.exchanges(at: "").count
        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(scopes: ["api.write"]) }
        #expect(failure?.kind == .missingScope)
        #expect(transport.exchanges(at: "").count == requests)
        #expect(session.state == .active)
    }

    @Test("Endpoints that are only in the RFC 8414 metadata are found, and sign-out revokes the tokens")
    func signOut() async throws {
        let client = try client()
        let session = try await client.session(with: servers.toolkitBrowser(), in: store)
        let token = try await session.accessToken()
        let refreshToken = SecretValue(try #require(session.core.record.refreshToken))
        #expect(try await client.introspect(token).isActive)
        #expect(transport.statuses(at: "/.well-known/openid-configuration") == [200])
        #expect(transport.statuses(at: "/.well-known/oauth-authorization-server") == [200])

        let result = await session.signOut()
        guard case .revoked = result.revocation else {
            Issue.record("the tokens were not revoked: \(result.revocation)")
            return
        }
        #expect(transport.statuses(at: "/revoke_token/") == [200])
        #expect(try await !client.introspect(token).isActive)
        let failure = await #expect(throws: SignInError.self) { try await client.refresh(refreshToken) }
        #expect(failure?.oauthError == "invalid_grant")
        #expect(transport.statuses(at: "/.well-known/oauth-authorization-server") == [200])
    }

    @Test("The end session URL signs the browser out, and the redirect has the state")
    func endSession() async throws {
        let browser = try await servers.toolkitBrowser()
        let client = try client()
        let result = try await client.signIn(with: browser)
        let url = try await client.endSessionURL(
            idToken: result.idToken,
            postLogoutRedirectURI: servers.redirectURI,
            state: "a state"
        )
        #expect(try await browser.visit(url) == servers.redirectURI + "?state=a+state")
    }
}
