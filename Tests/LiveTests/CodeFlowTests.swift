import Countersign
import CountersignOIDC
import TestSupport
import Testing

@Suite("Authorization code flow at glewlwyd", .liveServers)
struct CodeFlowTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let clock = ShiftedClock()
    private let runtime: CountersignRuntime

    init() throws {
        servers = try LiveServers.load()
        runtime = CountersignRuntime(transport: transport, clock: clock)
    }

    /// Checks the result of a sign-in of the user.
    private func check(_ result: SignInResult, of clientID: String, at issuer: String) throws {
        let idToken = try #require(result.idToken)
        #expect(idToken.issuer == servers.issuer(issuer))
        #expect(idToken.audience == [clientID])
        #expect(!idToken.subject.isEmpty && idToken.subject == result.claims.subject)
        #expect(result.claims.name == "Alice")
        #expect(result.grantedScopes == ["openid", "profile", "api.read"])
        let redeemed = try #require(transport.exchanges(at: "/token").first)
        #expect(redeemed.form["grant_type"] == "authorization_code")
        #expect(redeemed.form["code_verifier"]?.count == 43)
    }

    @Test("A confidential client signs in by code and PKCE, gets ID token and userinfo, and calls an API")
    func confidential() async throws {
        let client = servers.client(try servers.secret("special").basicEncoding(.raw), runtime: runtime) {
            $0.loadsUserInfo = true
        }
        let result = try await client.signIn(with: servers.browser())
        try check(result, of: "special", at: "oidc")
        #expect(transport.statuses(at: "/token") == [200])
        #expect(transport.statuses(at: "/userinfo") == [200])
        #expect(transport.statuses(at: "/jwks") == [200])

        let session = try await client.session(for: result, in: MemoryTokenStore(), id: "session")
        let api = UserGreetingAPI(user: session, server: servers.api, runtime: runtime)
        #expect(try await api.greet() == UserGreetingAPI.Greeting(place: "bearer", text: "hello"))
    }

    @Test("A public client signs in with PKCE")
    func publicClient() async throws {
        let client = servers.client(servers.publicClient(), runtime: runtime)
        try check(await client.signIn(with: servers.browser()), of: "native", at: "oidc")
        let redeemed = try #require(transport.exchanges(at: "/token").first)
        #expect(redeemed.form["client_id"] == "native")
        #expect(redeemed.request.fields[.authorization] == nil)
    }

    @Test("A client signs in with private_key_jwt", arguments: [SignatureAlgorithm.es256, .rs256])
    func privateKey(algorithm: SignatureAlgorithm) async throws {
        let client = servers.client(try servers.privateKey("key", algorithm), runtime: runtime)
        try check(await client.signIn(with: servers.browser()), of: "key", at: "oidc")
        #expect(transport.exchanges(at: "/token").first?.form["client_assertion"] != nil)
    }

    @Test("If pushed requests are required, the browser gets only client_id and request_uri")
    func pushed() async throws {
        let client = servers.client(try servers.secret("basic", at: "par"), runtime: runtime)
        let request = try await client.authorizationRequest()
        let query = try #require(request.url.split(separator: "?").last)
        #expect(query.split(separator: "&").map { $0.prefix { $0 != "=" } } == ["client_id", "request_uri"])
        let response = try await servers.browser().visit(request.url)
        try check(await client.complete(request.transaction, callback: .url(response)), of: "basic", at: "par")
        #expect(transport.statuses(at: "/par/par") == [201])
    }

    @Test("If pushed requests are required but turned off in the configuration, the sign-in fails before it starts")
    func pushedTurnedOff() async throws {
        let client = servers.client(try servers.secret("basic", at: "par"), runtime: runtime) {
            $0.pushedAuthorizationRequests = .never
        }
        let failure = await #expect(throws: SignInError.self) { try await client.authorizationRequest() }
        #expect(failure?.kind == .configuration)
    }

    @Test("An authorization response with another issuer is rejected, and the code is not sent")
    func otherIssuer() async throws {
        let client = servers.client(try servers.secret("basic", at: "par"), runtime: runtime)
        let browser = try await servers.browser()
        let failure = await #expect(throws: SignInError.self) {
            try await client.signIn(with: browser) { $0.replacing("%2Fapi%2Fpar", with: "%2Fapi%2Foidc") }
        }
        #expect(failure?.kind == .issuerMismatch)
        #expect(transport.exchanges(at: "/token").isEmpty)
    }

    @Test("New signing keys are found by another request for the key set, at most every 30 seconds")
    func keyRotation() async throws {
        let client = servers.client(try servers.secret("basic", at: "rotating"), runtime: runtime)
        let browser = try await servers.browser()
        _ = try await client.signIn(with: browser)
        #expect(transport.statuses(at: "/jwks") == [200])
        try await servers.rotateKeys()

        let failure = await #expect(throws: SignInError.self) { try await client.signIn(with: browser) }
        #expect(failure?.idTokenError?.kind == .unknownKey)
        #expect(transport.statuses(at: "/jwks") == [200])
        clock.shift(by: .seconds(30))
        _ = try await client.signIn(with: browser)
        #expect(transport.statuses(at: "/jwks") == [200, 200])
    }

    @Test("The end session URL leads to the server's sign-out page")
    func endSession() async throws {
        let client = servers.client(try servers.secret("basic"), runtime: runtime) {
            $0.postLogoutRedirectURI = servers.redirectURI
        }
        let browser = try await servers.browser()
        let result = try await client.signIn(with: browser)
        let url = try await client.endSessionURL(idToken: result.idToken, state: "state")
        let target = try #require(try await browser.open(url).fields[.location])
        #expect(target.contains("prompt=end_session"))
        #expect(target.contains("client_id=basic"))
    }
}
