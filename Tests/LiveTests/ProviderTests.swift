import Countersign
@testable import CountersignOIDC
import TestSupport
import Testing

/// OpenID Providers of four projects, each with what it offers.
@Suite("OpenID Providers", .liveServers)
struct ProviderTests {
    /// A client of a provider, and what the provider grants it.
    struct Registration: CustomTestStringConvertible, Sendable {
        var provider: String
        var client: String
        var authentication: ClientAuthentication?
        var scopes = ["openid", "profile", "email"]
        var prompt: [String] = []
        var refreshes = true
        var introspects = true
        var revokes = true

        var testDescription: String { "\(provider), client \(client)" }
    }

    private static let registrations: [Registration] = [
        Registration(provider: "canaille", client: "basic"),
        // Revocation and introspection require Basic, as the metadata says.
        Registration(provider: "canaille", client: "post", authentication: .clientSecretPost),
        Registration(provider: "canaille", client: "public", introspects: false, revokes: false),
        Registration(
            provider: "canaille",
            client: "key",
            authentication: .privateKeyJWT,
            introspects: false,
            revokes: false
        ),
        // Refresh tokens require the scope offline_access and the user's consent.
        Registration(
            provider: "idpyoidc",
            client: "basic",
            scopes: ["openid", "profile", "offline_access"],
            prompt: ["consent"]
        ),
        Registration(provider: "idpyoidc", client: "post", authentication: .clientSecretPost, refreshes: false),
        Registration(provider: "idpyoidc", client: "jwt", authentication: .clientSecretJWT, refreshes: false),
        Registration(provider: "idpyoidc", client: "key", authentication: .privateKeyJWT, refreshes: false),
        Registration(provider: "lemonldap-ng", client: "basic", revokes: false),
        Registration(provider: "lemonldap-ng", client: "public", introspects: false, revokes: false),
        Registration(provider: "django-oidc-provider", client: "basic", revokes: false),
        Registration(provider: "django-oidc-provider", client: "public", introspects: false, revokes: false),
    ]

    private static let installed = registrations.filter {
        (try? LiveServers.load())?.providers[$0.provider] != nil
    }

    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let runtime: CountersignRuntime

    init() throws {
        servers = try LiveServers.load()
        runtime = CountersignRuntime(transport: transport)
    }

    private func client(_ registration: Registration) throws -> OIDCClient {
        try client(registration.client, of: registration.provider) {
            $0.clientAuthentication = registration.authentication
            $0.scopes = registration.scopes
            $0.prompt = registration.prompt
        }
    }

    private func client(
        _ name: String,
        of provider: String,
        _ change: (inout SignInConfiguration) -> Void = { _ in }
    ) throws -> OIDCClient {
        let issuer = try servers.provider(provider).issuer
        var configuration = SignInConfiguration(issuer: issuer, scopes: ["openid", "profile", "email"])
        configuration.redirectURI = servers.redirectURI
        configuration.postLogoutRedirectURI = servers.redirectURI
        // idpyoidc requires more parameters beside `request_uri` than RFC 9126 section 4 does.
        if provider == "idpyoidc" { configuration.pushedAuthorizationRequests = .never }
        change(&configuration)
        let credentials = try servers.credentials(name, of: provider)
        return OIDCClient(configuration, credentials: credentials, runtime: runtime)
    }

    private func browser(of provider: String) throws -> FormBrowser {
        FormBrowser(user: try servers.provider(provider).user, redirectURI: servers.redirectURI)
    }

    @Test("A user signs in, and gets an ID token and userinfo", arguments: installed)
    func signIn(registration: Registration) async throws {
        let client = try client(registration)
        let result = try await client.signIn(with: browser(of: registration.provider))
        let idToken = try #require(result.idToken)
        #expect(idToken.issuer == client.configuration.issuer)
        #expect(result.grantedScopes.contains("openid"))
        let session = try await client.session(for: result, in: MemoryTokenStore(), id: "session")
        let claims = try await client.userInfo(session.accessToken(), subject: result.claims.subject)
        #expect(claims.subject == idToken.subject)
    }

    @Test("A session is refreshed if the provider issued a refresh token", arguments: installed)
    func refresh(registration: Registration) async throws {
        let session = try await client(registration).session(with: browser(of: registration.provider))
        let first = try await session.accessToken()
        if registration.refreshes {
            // canaille fails for two tokens in the same second.
            let start = ContinuousClock.now
            try await waitUntil("a second has passed", checkingEvery: .milliseconds(100)) {
                ContinuousClock.now - start > .seconds(1)
            }
            #expect(try await session.accessToken(forceRenewal: true).value != first.value)
            #expect(session.state == .active)
        } else {
            let failure = await #expect(throws: TokenError.self) { try await session.accessToken(forceRenewal: true) }
            #expect(failure?.kind == .sessionEnded)
        }
    }

    @Test("Introspection and revocation authenticate as the metadata says", arguments: installed)
    func introspectionAndRevocation(registration: Registration) async throws {
        let client = try client(registration)
        let session = try await client.session(with: browser(of: registration.provider))
        let token = try await session.accessToken()
        if registration.introspects {
            let response = try await client.introspect(token)
            #expect(response.isActive)
        } else {
            let response = try? await client.introspect(token)
            #expect(response?.isActive != true)
        }
        // idpyoidc does not revoke an access token with its refresh token.
        let revocation = await session.signOut(revoking: .allTokens).revocation
        switch (revocation, registration.revokes) {
        case (.revoked, true): break
        case (.notSupported, false), (.failed, false): break
        default: Issue.record("the revocation result is \(revocation)")
        }
        if registration.introspects, registration.revokes {
            #expect(try await !client.introspect(token).isActive)
        }
    }

    @Test(
        "Client credentials",
        arguments: ["canaille", "idpyoidc", "lemonldap-ng", "django-oidc-provider"].filter {
            (try? LiveServers.load())?.providers[$0] != nil
        }
    )
    func clientCredentials(provider: String) async throws {
        let tokens = try tokens(of: "basic", at: provider)
        let token = try await tokens.current()
        #expect(try await tokens.current().value == token.value)
        // idpyoidc names the type `access_token`, and its second request fails.
        #expect(transport.exchanges(at: "/token").count == 1)
    }

    private func tokens(of name: String, at provider: String) throws -> ClientTokens {
        let issuer = try servers.provider(provider).issuer
        return APIClient(
            server: issuer,
            authorization: .clientCredentials(
                try servers.credentials(name, of: provider),
                OAuthConfiguration(issuer: issuer)
            ),
            runtime: runtime
        )
        .tokens
    }

    @Test("idpyoidc exchanges a user's token", .provider("idpyoidc"))
    func exchange() async throws {
        let client = try client("basic", of: "idpyoidc")
        let result = try await client.signIn(with: browser(of: "idpyoidc"))
        let session = try await client.session(for: result, in: MemoryTokenStore(), id: "session")
        let token = try await session.accessToken()
        let exchanged = try await client.exchange(SecretValue(token.value), for: .accessToken, scopes: ["openid"])
        #expect(exchanged.accessToken.value != token.value)
    }

    @Test("idpyoidc accepts a pushed request, and rejects its use by RFC 9126", .provider("idpyoidc"))
    func pushedRequest() async throws {
        let client = try client("basic", of: "idpyoidc") { $0.pushedAuthorizationRequests = .whenOffered }
        let request = try await client.authorizationRequest()
        #expect(transport.statuses(at: "/par").last.map { (200...201).contains($0) } == true)
        let failure = await #expect(throws: LiveServers.Missing.self) {
            try await browser(of: "idpyoidc").visit(request.url)
        }
        #expect(failure?.description.contains("400") == true)
    }

    @Test("An error names the authentication method that canaille rejects", .provider("canaille"))
    func clientCredentialsWithoutBasic() async throws {
        let issuer = try servers.provider("canaille").issuer
        let tokens = APIClient(
            server: issuer,
            authorization: .clientCredentials(
                try servers.credentials("post", of: "canaille"),
                OAuthConfiguration(issuer: issuer, clientAuthentication: .clientSecretPost)
            ),
            runtime: runtime
        )
        .tokens
        let failure = await #expect(throws: TokenError.self) { try await tokens.current() }
        #expect(failure?.oauthError == "invalid_client")
        #expect(failure?.description.contains("client_secret_post") == true)
    }

    @Test("An ID token that is signed with the client's secret is rejected by name", .provider("django-oidc-provider"))
    func symmetricIDToken() async throws {
        let client = try client("symmetric", of: "django-oidc-provider")
        let failure = await #expect(throws: SignInError.self) {
            try await client.signIn(with: browser(of: "django-oidc-provider"))
        }
        #expect(failure?.kind == .invalidIDToken)
        #expect(failure?.description.contains("HS256") == true)
    }

    @Test("A signed userinfo response is rejected with a typed error", .provider("lemonldap-ng"))
    func signedUserInfo() async throws {
        let client = try client("signed", of: "lemonldap-ng")
        let result = try await client.signIn(with: browser(of: "lemonldap-ng"))
        let session = try await client.session(for: result, in: MemoryTokenStore(), id: "session")
        let failure = await #expect(throws: SignInError.self) {
            try await client.userInfo(session.accessToken(), subject: result.claims.subject)
        }
        #expect(failure?.kind == .userInfo)
    }
}

extension LiveServers {
    /// Returns an OpenID Provider.
    func provider(_ name: String) throws -> Provider {
        guard let provider = providers[name] else { throw Missing("provider \(name)") }
        return provider
    }

    /// Returns the credentials of a client of an OpenID Provider.
    ///
    /// Most providers accept only assertions whose audience is the token endpoint.
    func credentials(_ name: String, of providerName: String) throws -> ClientCredentials {
        let provider = try provider(providerName)
        guard let client = provider.clients[name] else { throw Missing("client \(name) of \(providerName)") }
        let credentials: ClientCredentials
        if let pem = client.es256 {
            credentials = .privateKey(id: client.id, try SigningKey(pem: pem), keyID: "client-es256")
        } else if let secret = client.secret {
            credentials = .secret(id: client.id, SecretValue(secret))
        } else {
            credentials = .publicClient(id: client.id)
        }
        return credentials.issuer(provider.issuer).assertionAudience(.tokenEndpoint)
    }
}

extension Trait where Self == ConditionTrait {
    /// The condition of tests that require an OpenID Provider.
    static func provider(_ name: String) -> Self {
        .enabled(
            if: (try? LiveServers.load())?.providers[name] != nil,
            "requires \(name): Tests/LiveTests/Servers/test installs it if the package index is reachable"
        )
    }
}
