import Countersign
@testable import CountersignOIDC
import TestSupport
import Testing

/// Behavior of real servers that deviates from the specifications: each leads to a typed error and ends no session.
@Suite("Faults of real servers", .liveServers)
struct ServerFaultTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let store = MemoryTokenStore()
    private let runtime: CountersignRuntime

    init() throws {
        servers = try LiveServers.load()
        runtime = CountersignRuntime(transport: transport)
    }

    /// Wrong credentials, with which glewlwyd rejects a refresh, and the correct ones.
    struct RejectedClient: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: HTTP.Status
        /// Indicates whether the server invalidates the refresh token.
        let invalidatesRefreshToken: Bool
        let wrong: @Sendable (LiveServers) throws -> ClientCredentials
        let right: @Sendable (LiveServers) throws -> ClientCredentials
    }

    @Test(
        "If glewlwyd rejects the client of a refresh without an error code, the session does not end",
        arguments: [
            RejectedClient(
                testDescription: "an assertion for the issuer instead of the endpoint",
                status: 403,
                invalidatesRefreshToken: false,
                wrong: { try $0.privateKey("key").assertionAudience(.issuer) },
                right: { try $0.privateKey("key") }
            ),
            RejectedClient(
                testDescription: "a wrong secret",
                status: 400,
                invalidatesRefreshToken: true,
                wrong: { .secret(id: "basic", SecretValue("not it")).issuer($0.issuer("oidc")) },
                right: { try $0.secret("basic") }
            ),
            RejectedClient(
                testDescription: "a form-encoded secret, which the server does not decode",
                status: 400,
                invalidatesRefreshToken: true,
                wrong: { try $0.secret("special") },
                right: { try $0.secret("special").basicEncoding(.raw) }
            ),
            RejectedClient(
                testDescription: "no secret from a confidential client",
                status: 400,
                invalidatesRefreshToken: true,
                wrong: { .publicClient(id: "basic").issuer($0.issuer("oidc")) },
                right: { try $0.secret("basic") }
            ),
        ]
    )
    func rejectedClient(_ example: RejectedClient) async throws {
        let right = servers.client(try example.right(servers), runtime: runtime)
        let wrong = servers.client(try example.wrong(servers), runtime: runtime)
        let session = try await right.session(with: servers.browser(), in: store)
        let wrongSession = try #require(try await wrong.session(id: "session", in: store))
        let failure = await #expect(throws: TokenError.self) { try await wrongSession.accessToken(forceRenewal: true) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.status == example.status)
        #expect(failure?.oauthError == nil)
        #expect(wrongSession.state == .active)

        let old = try await session.accessToken()
        if example.invalidatesRefreshToken {
            let failure = await #expect(throws: TokenError.self) { try await session.accessToken(forceRenewal: true) }
            #expect(failure?.kind == .rejected)
            #expect(failure?.status == 400)
        } else {
            #expect(try await session.accessToken(forceRenewal: true).value != old.value)
        }
        #expect(session.state == .active)
        let api = UserGreetingAPI(user: session, server: servers.api, runtime: runtime)
        #expect(try await api.greet().text == "hello")
    }

    /// A sign-in that glewlwyd rejects.
    struct RejectedSignIn: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: SignInError.Kind
        var status: HTTP.Status?
        var oauthError: String?
        var credentials: @Sendable (LiveServers) throws -> ClientCredentials = { try $0.secret("basic") }
        var change: @Sendable (inout SignInConfiguration) -> Void = { _ in }
        var changeResponse: @Sendable (String) -> String = { $0 }
    }

    @Test(
        "A sign-in that glewlwyd rejects fails with a typed error that has the server's error code",
        arguments: [
            RejectedSignIn(
                testDescription: "an unknown scope",
                kind: .denied,
                oauthError: "invalid_scope",
                change: { $0.scopes = ["no.such.scope"] }
            ),
            RejectedSignIn(
                testDescription: "an unknown code: 403 `invalid_code`",
                kind: .tokenError,
                status: 403,
                oauthError: "invalid_code",
                changeResponse: { $0.replacing(/code=[^&]*/, with: "code=unknown") }
            ),
            RejectedSignIn(
                testDescription: "a missing proof: 403 `invalid_dpop_proof`",
                kind: .tokenError,
                status: 403,
                oauthError: "invalid_dpop_proof",
                credentials: { try $0.secret("bound-user") },
                change: { $0.pushedAuthorizationRequests = .never }
            ),
            RejectedSignIn(
                testDescription: "a pushed request without the required nonce: 403, without a nonce in the response",
                kind: .tokenError,
                status: 403,
                oauthError: "invalid_dpop_proof",
                credentials: { try $0.secret("bound-user", at: "nonce") },
                change: { $0.dpop = .es256 }
            ),
            RejectedSignIn(
                testDescription: "`auth_time` 0 in the ID token, with `max_age` in the request",
                kind: .invalidIDToken,
                change: { $0.maxAge = .seconds(600) }
            ),
            RejectedSignIn(
                testDescription: "a pushed request with an unknown redirect URI: 403 without an error code",
                kind: .tokenError,
                status: 403,
                change: { $0.redirectURI = "http://127.0.0.1:8799/elsewhere" }
            ),
        ]
    )
    func rejectedSignIn(_ example: RejectedSignIn) async throws {
        let client = servers.client(try example.credentials(servers), runtime: runtime, example.change)
        let browser = try await servers.browser()
        let failure = await #expect(throws: SignInError.self) {
            try await client.signIn(with: browser, example.changeResponse)
        }
        #expect(failure?.kind == example.kind)
        #expect(failure?.tokenError?.status == example.status)
        #expect(failure?.oauthError == example.oauthError)
        #expect(failure?.isTransient == false)
    }

    @Test("If django-oauth-toolkit rejects an introspection without an error code, the error is typed", .toolkit)
    func rejectedIntrospection() async throws {
        let issuer = try #require(servers.toolkit).issuer
        let client = servers.client(.secret(id: "web", SecretValue("not it")).issuer(issuer), runtime: runtime)
        let failure = await #expect(throws: SignInError.self) { try await client.introspect(SecretValue("token")) }
        #expect(failure?.tokenError?.kind == .rejected)
        #expect(failure?.tokenError?.status == 403)
        #expect(failure?.oauthError == nil)
    }

    @Test("If django-oauth-toolkit rejects a wrong secret, the session does not end", .toolkit)
    func rejectedToolkitClient() async throws {
        let issuer = try #require(servers.toolkit).issuer
        let right = servers.client(try servers.toolkitClient("web"), runtime: runtime)
        let wrong = servers.client(.secret(id: "web", SecretValue("not it")).issuer(issuer), runtime: runtime)
        let session = try await right.session(with: servers.toolkitBrowser(), in: store)
        let wrongSession = try #require(try await wrong.session(id: "session", in: store))
        let failure = await #expect(throws: TokenError.self) { try await wrongSession.accessToken(forceRenewal: true) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.oauthError == "invalid_client")
        #expect(wrongSession.state == .active)
        _ = try await session.accessToken(forceRenewal: true)
        #expect(session.state == .active)
    }
}
