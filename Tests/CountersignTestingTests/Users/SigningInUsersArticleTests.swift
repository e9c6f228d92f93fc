@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

// The examples of the article, line by line, with public declarations only.

@Suite("The article SigningInUsers", .timeLimit(.minutes(15)))
struct SigningInUsersArticleTests {
    let fixture = SignInFixture()

    @Test("Its sign-in returns a response with a code")
    func signIn() async throws {
        let clock = VirtualClock()
        let server = FakeAuthorizationServer(clock: clock)
        server.register(
            .init(
                id: "web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["openid", "profile", "notes.read"],
                grantTypes: [.authorizationCode, .refreshToken],
                redirectURIs: ["https://app.example/callback"]
            )
        )
        let ada = FakeUser(subject: "u1", name: "Ada", email: "ada@example.com", claims: ["role": "admin"])
        let url = fixture.webURL()
        let response = try await server.approve(authorizationURL: url, as: ada)
        #expect(response.url.hasPrefix("https://app.example/callback?code="))
        #expect(response.form == nil)
    }

    @Test("Its faults apply")
    func faults() async throws {
        let server = fixture.server
        let first = try await fixture.signIn()
        server.configuration.refreshTokenRotation = .rotating
        server.configuration.refreshTokenOverlap = .seconds(10)
        server.configuration.nonces = .required
        server.configuration.consumesGrantBeforeNonce = true
        server.configuration.nonces = .none
        server.inject(.lostResponse, grantType: .refreshToken)
        server.inject(.withoutMember("refresh_token"), grantType: .refreshToken)
        server.inject(.editingIDToken { $0["sub"] = "mallory" }, grantType: .refreshToken)
        server.inject(.member("sub", "mallory"), at: .userinfo)
        server.inject(.status(503), at: .revocation)
        await #expect(throws: HTTP.TransportError.self) { try await fixture.refresh(first.text("refresh_token")) }
        #expect(try await fixture.refresh(first.text("refresh_token")).member("refresh_token") == nil)
        let third = try await fixture.refresh(first.text("refresh_token"))
        #expect(try ParsedToken(third.text("id_token")).claims["sub"]?.string == "mallory")
        server.rotateSigningKey(keepingOld: false)
        server.revokeRefreshTokenFamily(1)
        #expect(server.liveRefreshTokenFamilies.isEmpty)
        #expect(server.reuseDetections == 0)
    }

    @Test("Its counts after an hour and its issuer on a socket are correct")
    func counts() async throws {
        let clock = fixture.clock
        let server = fixture.server
        server.configuration.tokenLifetime = .seconds(60)
        var refreshToken = try await fixture.signIn().text("refresh_token")
        for _ in 0..<60 {
            clock.advance(by: .seconds(60))
            refreshToken = try await fixture.refresh(refreshToken).text("refresh_token")
        }
        #expect(server.liveRefreshTokenFamilies.first?.generation == 60)
        #expect(server.reuseDetections == 0)

        let ada = fixture.ada
        server.register(ada)
        let issuer = try server.start()
        server.stop()
        #expect(issuer.hasPrefix("http://127.0.0.1:"))
    }

    @Test("Its edited ID tokens, signed tokens and logout tokens work")
    func tokens() async throws {
        let server = fixture.server
        server.configuration.idTokenClaims = { $0["aud"] = "another" }
        server.configuration.rawIDToken = { $0 + "x" }
        let idToken = try await fixture.signIn().text("id_token")
        #expect(idToken.hasSuffix("x"))
        #expect(try ParsedToken(idToken).claims["aud"]?.string == "another")
        do {
            let token = try server.sign(["iss": "https://evil.example", "sub": "u1"], header: ["kid": "unknown"])
            #expect(try ParsedToken(token).header["kid"]?.string == "unknown")
        }
        let session = try #require(server.sessions.first)
        let token = try server.logoutToken(clientID: "web", subject: session.subject, sessionID: session.id)
        #expect(try ParsedToken(token).claims["sid"]?.string == session.id)
    }
}
