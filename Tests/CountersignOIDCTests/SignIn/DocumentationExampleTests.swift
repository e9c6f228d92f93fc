import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("The examples of the documentation")
struct DocumentationExampleTests {
    let fixture = SignInFixture()

    /// A browser in which Ada approves everything.
    private struct Browser: Sendable {
        let fixture: SignInFixture
        let visited = AsyncStream.makeStream(of: String.self)

        func open(_ url: String) async throws {
            // A URL from another program arrives first.
            visited.continuation.yield("com.example.app:/cb?code=foreign&state=guessed&iss=\(fixture.server.issuer)")
            visited.continuation.yield(try await fixture.server.approve(authorizationURL: url, as: fixture.ada).url)
        }

        func nextURL(where isExpected: (_ url: String) -> Bool) async throws -> String {
            for await url in visited.stream where isExpected(url) { return url }
            throw CancellationError()
        }
    }

    @Test("The example of a web server works")
    func webServer() async throws {
        let runtime = fixture.runtime

        var configuration = SignInConfiguration(issuer: "https://login.example.com", scopes: ["openid", "profile"])
        configuration.redirectURI = "https://app.example/callback"
        let secret = SecretValue("canary-secret-0123456789")
        let client = OIDCClient(configuration, credentials: .secret(id: "web", secret), runtime: runtime)

        let request = try await client.authorizationRequest()
        let url = try await fixture.server.approve(authorizationURL: request.url, as: fixture.ada).url
        let query = String(url.drop { $0 != "?" }.dropFirst())
        let result = try await client.complete(request.transaction, callback: .query(query))
        #expect(result.claims.name ?? result.claims.subject == "Ada")
    }

    @Test("The example of a secret from the environment does not read it before it is needed")
    func secretOfTheEnvironment() {
        let configuration = SignInConfiguration(issuer: "https://login.example.com")
        let client = OIDCClient(configuration, credentials: .secret(id: "web", .environment("WEB_SECRET")))
        #expect(!"\(client)".contains("WEB_SECRET=") && client.configuration == configuration)
    }

    @Test("The example of a multi-tenant server works")
    func multiTenantServer() async throws {
        let fixture = SignInFixture(issuer: "https://login.example.com/common/v2.0")
        fixture.server.configuration.metadata = ["issuer": "https://login.example.com/{tenantid}/v2.0"]
        fixture.server.configuration.idTokenClaims = { claims in
            claims["iss"] = "https://login.example.com/acme/v2.0"
            claims["tid"] = "acme"
        }

        var signIn = SignInConfiguration(issuer: "https://login.example.com/common/v2.0", scopes: ["openid"])
        signIn.issuerPattern = IssuerPattern("https://login.example.com/{tenantid}/v2.0")

        signIn.redirectURI = SignInFixture.web
        let secret = SecretValue("canary-secret-0123456789")
        let client = OIDCClient(signIn, credentials: .secret(id: "web", secret), runtime: fixture.runtime)
        #expect(try await fixture.signIn(client).idToken?.issuer == "https://login.example.com/acme/v2.0")
    }

    @Test("The example of an app works and skips another program's callback")
    func app() async throws {
        let client = fixture.native()
        let browser = Browser(fixture: fixture)

        let result = try await client.signIn(redirectURI: "com.example.app:/cb") { url in
            try await browser.open(url)
        } callback: { transaction in
            .url(try await browser.nextURL { transaction.matches(.url($0)) })
        }
        #expect(result.claims.subject == "u1")
    }

    @Test("The example of a back-channel logout works")
    func logout() async throws {
        let client = fixture.web()
        let token = try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s1")
        var seen: Set<String> = []

        let logout = try await client.validate(logoutToken: token) { identifier, _ in
            seen.insert(identifier).inserted
        }
        #expect(logout.sessionID == "s1")
    }
}
