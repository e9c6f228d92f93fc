import Countersign
@testable import CountersignOIDC
import Testing

@Suite("Users of django-oauth-toolkit", .liveServers, .toolkit)
struct ToolkitTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let store = MemoryTokenStore()
    private let runtime: Runtime

    init() throws {
        servers = try LiveServers.load()
        runtime = .recording(transport)
    }

    private func client(_ name: String = "web") throws -> OIDCClient {
        servers.client(try servers.toolkitClient(name), runtime: runtime) {
            $0.scopes = ["openid", "profile", "api.read", "api.write"]
        }
    }

    private var refreshes: Int {
        transport.exchanges(at: "/token/").filter { $0.form["grant_type"] == "refresh_token" }.count
    }

    @Test("A confidential client, whose secret it form-decodes, and a public one: code, PKCE, ID token, userinfo")
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
        "It promises to say who answers: an answer without `iss`, or with another, goes no further",
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

    @Test("Its errors come without the `iss` that it promises: nobody knows whose they are, and nothing follows")
    func anonymousError() async throws {
        let client = servers.client(try servers.toolkitClient("web"), runtime: runtime) { $0.scopes = ["nobody.knows"] }
        let browser = try await servers.toolkitBrowser()
        let failure = await #expect(throws: SignInError.self) {
            try await client.signIn(with: browser) { answer in
                #expect(answer.contains("error=invalid_scope"))
                return answer
            }
        }
        #expect(failure?.kind == .issuerMismatch)
        #expect(transport.exchanges(at: "/token/").isEmpty)
    }

    @Test("Three rotations, each with a new ID token; then a stolen one is used again, and the session has ended")
    func reuse() async throws {
        let client = try client()
        let session = try await client.session(with: servers.toolkitBrowser(), in: store)
        let stolen = try #require(session.core.record.refreshToken)
        var idTokens = [session.core.record.idToken]
        for _ in 0..<3 {
            _ = try await session.accessToken(renew: true)
            idTokens.append(session.core.record.idToken)
        }
        #expect(Set(idTokens).count == 4)
        #expect(session.state == .active)
        let theft = await #expect(throws: SignInError.self) { try await client.refresh(Secret(stolen)) }
        #expect(theft?.oauthError == "invalid_grant")

        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(renew: true) }
        #expect(failure?.kind == .sessionEnded)
        #expect(failure?.oauthError == "invalid_grant")
        #expect(session.state == .ended("invalid_grant"))
        // Nobody who shares the store asks in vain.
        let requests = refreshes
        let same = try #require(try await client.session(id: "session", in: store))
        #expect(same.state == .ended("invalid_grant"))
        await #expect(throws: TokenError.self) { try await same.accessToken(renew: true) }
        #expect(refreshes == requests)
    }

    @Test("Fewer scopes may be asked for; the server then grants no more, and what needs more is not even sent")
    func downScoped() async throws {
        let client = try client()
        let session = try await client.session(with: servers.toolkitBrowser(), in: store)
        let narrow = try session.slot(
            of: nil,
            scopes: ["api.read"],
            tokenPerScopes: true,
            resources: [],
            parameters: [:]
        )
        let token = try await narrow.token(deadline: nil)
        #expect(token.scopes == ["api.read"])
        #expect(try await client.introspect(token).scopes == ["api.read"])
        // A refresh costs the family its other access tokens: they are renewed when they are refused.
        #expect(try await !client.introspect(session.accessToken()).isActive)

        _ = try await session.accessToken(renew: true)
        #expect(session.grantedScopes == ["api.read"])
        let requests = transport.exchanges(at: "").count
        let failure = await #expect(throws: TokenError.self) { try await session.accessToken(scopes: ["api.write"]) }
        #expect(failure?.kind == .missingScope)
        #expect(transport.exchanges(at: "").count == requests)
        #expect(session.state == .active)
    }

    @Test("Endpoints that only RFC 8414's document names are found: sign-out revokes, introspection shows it")
    func signOut() async throws {
        let client = try client()
        let session = try await client.session(with: servers.toolkitBrowser(), in: store)
        let token = try await session.accessToken()
        let refreshToken = Secret(try #require(session.core.record.refreshToken))
        #expect(try await client.introspect(token).isActive)
        #expect(transport.statuses(at: "/.well-known/openid-configuration") == [200])
        #expect(transport.statuses(at: "/.well-known/oauth-authorization-server") == [200])

        guard case .done = await session.signOut().revocation else {
            Issue.record("nothing was revoked")
            return
        }
        #expect(transport.statuses(at: "/revoke_token/") == [200])
        #expect(try await !client.introspect(token).isActive)
        let failure = await #expect(throws: SignInError.self) { try await client.refresh(refreshToken) }
        #expect(failure?.oauthError == "invalid_grant")
        #expect(transport.statuses(at: "/.well-known/oauth-authorization-server") == [200])
    }

    @Test("The end-session URL signs the browser out, which comes back with the state")
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
