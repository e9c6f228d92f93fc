import Countersign
@testable import CountersignOIDC
import Testing

/// What these servers do that no specification asks for, or none allows: each is a typed error, and costs no session.
@Suite("Faults of real servers", .liveServers)
struct ServerFaultTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let store = MemoryTokenStore()
    private let runtime: Runtime

    init() throws {
        servers = try LiveServers.load()
        runtime = .recording(transport)
    }

    /// A client whose refresh glewlwyd refuses, and the right one of the same name.
    struct RefusedClient: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let status: Int
        /// Whether the server throws the refresh token away on that account.
        let costsRefreshToken: Bool
        let wrong: @Sendable (LiveServers) throws -> ClientCredentials
        let right: @Sendable (LiveServers) throws -> ClientCredentials
    }

    @Test(
        "glewlwyd's wordless refusal of a client during a refresh ends no session, whatever it does to the refresh token",
        arguments: [
            RefusedClient(
                testDescription: "an assertion for the issuer instead of the endpoint",
                status: 403,
                costsRefreshToken: false,
                wrong: { try $0.privateKey("key").assertionAudience(.issuer) },
                right: { try $0.privateKey("key") }
            ),
            RefusedClient(
                testDescription: "a wrong secret",
                status: 400,
                costsRefreshToken: true,
                wrong: { .secret(id: "basic", Secret("not it")).issuer($0.issuer("oidc")) },
                right: { try $0.secret("basic") }
            ),
            RefusedClient(
                testDescription: "a secret in form encoding, which it does not decode",
                status: 400,
                costsRefreshToken: true,
                wrong: { try $0.secret("special") },
                right: { try $0.secret("special").basicEncoding(.raw) }
            ),
            RefusedClient(
                testDescription: "no secret from a client that has one",
                status: 400,
                costsRefreshToken: true,
                wrong: { .publicClient(id: "basic").issuer($0.issuer("oidc")) },
                right: { try $0.secret("basic") }
            ),
        ]
    )
    func refusedClient(_ example: RefusedClient) async throws {
        let right = servers.client(try example.right(servers), runtime: runtime)
        let wrong = servers.client(try example.wrong(servers), runtime: runtime)
        let session = try await right.session(with: servers.browser(), in: store)
        let misled = try #require(try await wrong.session(id: "session", in: store))
        let failure = await #expect(throws: TokenError.self) { try await misled.accessToken(renew: true) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.status == example.status)
        #expect(failure?.oauthError == nil)
        #expect(misled.state == .active)

        let old = try await session.accessToken()
        if example.costsRefreshToken {
            let failure = await #expect(throws: TokenError.self) { try await session.accessToken(renew: true) }
            #expect(failure?.kind == .rejected)
            #expect(failure?.status == 400)
        } else {
            #expect(try await session.accessToken(renew: true).value != old.value)
        }
        #expect(session.state == .active)
        let api = UserGreetingAPI(user: session, server: servers.api, runtime: runtime)
        #expect(try await api.greet().text == "hello")
    }

    /// A sign-in that glewlwyd refuses.
    struct RefusedSignIn: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let kind: SignInError.Kind
        var status: Int?
        var oauthError: String?
        var credentials: @Sendable (LiveServers) throws -> ClientCredentials = { try $0.secret("basic") }
        var change: @Sendable (inout SignInConfiguration) -> Void = { _ in }
        var answer: @Sendable (String) -> String = { $0 }
    }

    @Test(
        "glewlwyd's refusal of a sign-in is a typed error with what it said",
        arguments: [
            RefusedSignIn(
                testDescription: "an unknown scope",
                kind: .denied,
                oauthError: "invalid_scope",
                change: { $0.scopes = ["no.such.scope"] }
            ),
            RefusedSignIn(
                testDescription: "a code that it did not make: 403 `invalid_code`",
                kind: .token,
                status: 403,
                oauthError: "invalid_code",
                answer: { $0.replacing(/code=[^&]*/, with: "code=made-up") }
            ),
            RefusedSignIn(
                testDescription: "no proof from a client that must send one: 403 `invalid_dpop_proof`",
                kind: .token,
                status: 403,
                oauthError: "invalid_dpop_proof",
                credentials: { try $0.secret("bound-user") },
                change: { $0.pushedAuthorizationRequests = .never }
            ),
            RefusedSignIn(
                testDescription: "a pushed request where proofs need nonces: 403, and no nonce to go on with",
                kind: .token,
                status: 403,
                oauthError: "invalid_dpop_proof",
                credentials: { try $0.secret("bound-user", at: "nonce") },
                change: { $0.dpop = .es256 }
            ),
            RefusedSignIn(
                testDescription: "`auth_time` 0, when the program says how long ago the user may have authenticated",
                kind: .idToken,
                change: { $0.maxAge = .seconds(600) }
            ),
            RefusedSignIn(
                testDescription: "a pushed request with a redirect URI that it does not know: 403 without a word",
                kind: .token,
                status: 403,
                change: { $0.redirectURI = "http://127.0.0.1:8799/elsewhere" }
            ),
        ]
    )
    func refusedSignIn(_ example: RefusedSignIn) async throws {
        let client = servers.client(try example.credentials(servers), runtime: runtime, example.change)
        let browser = try await servers.browser()
        let failure = await #expect(throws: SignInError.self) {
            try await client.signIn(with: browser, example.answer)
        }
        #expect(failure?.kind == example.kind)
        #expect(failure?.tokenError?.status == example.status)
        #expect(failure?.oauthError == example.oauthError)
        #expect(failure?.isTransient == false)
    }

    @Test("django-oauth-toolkit's 403 without a word, for who may not introspect, is a typed error", .toolkit)
    func refusedIntrospection() async throws {
        let issuer = try #require(servers.toolkit).issuer
        let client = servers.client(.secret(id: "web", Secret("not it")).issuer(issuer), runtime: runtime)
        let failure = await #expect(throws: SignInError.self) { try await client.introspect(Secret("token")) }
        #expect(failure?.tokenError?.kind == .rejected)
        #expect(failure?.tokenError?.status == 403)
        #expect(failure?.oauthError == nil)
    }

    @Test("django-oauth-toolkit's 401 for a wrong secret ends no session: the right client goes on with it", .toolkit)
    func refusedToolkitClient() async throws {
        let issuer = try #require(servers.toolkit).issuer
        let good = servers.client(try servers.toolkitClient("web"), runtime: runtime)
        let bad = servers.client(.secret(id: "web", Secret("not it")).issuer(issuer), runtime: runtime)
        let session = try await good.session(with: servers.toolkitBrowser(), in: store)
        let misled = try #require(try await bad.session(id: "session", in: store))
        let failure = await #expect(throws: TokenError.self) { try await misled.accessToken(renew: true) }
        #expect(failure?.kind == .rejected)
        #expect(failure?.oauthError == "invalid_client")
        #expect(misled.state == .active)
        _ = try await session.accessToken(renew: true)
        #expect(session.state == .active)
    }
}
