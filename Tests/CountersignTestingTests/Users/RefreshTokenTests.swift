import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@Suite("Refresh tokens")
struct RefreshTokenTests {
    let fixture = SignInFixture()
    var server: FakeAuthorizationServer { fixture.server }

    @Test("Three refreshes in a row each return new tokens of one family")
    func rotation() async throws {
        var token = try await fixture.signIn().text("refresh_token")
        for generation in 1...3 {
            let response = try await fixture.refresh(token)
            #expect(response.status == 200)
            let next = try response.text("refresh_token")
            #expect(next != token)
            token = next
            let family = try #require(server.liveRefreshTokenFamilies.first)
            #expect(family.generation == generation && family.refreshToken == token)
        }
        #expect(server.refreshTokenFamilies.count == 1)
        #expect(server.count(grantType: .refreshToken) == 3)
        #expect(server.count(grantType: .authorizationCode) == 1)
        #expect(server.issuedTokens.map(\.familyID) == [1, 1, 1, 1])
        #expect(server.reuseDetections == 0)
    }

    @Test("Reuse of a replaced token revokes the family with strict rotation; otherwise only the token is rejected")
    func reuse() async throws {
        let first = try await fixture.signIn().text("refresh_token")
        let second = try await fixture.refresh(first)
        #expect(try await fixture.refresh(first).error == "invalid_grant")
        #expect(server.reuseDetections == 1)
        #expect(server.liveRefreshTokenFamilies.isEmpty)
        #expect(try await fixture.refresh(second.text("refresh_token")).error == "invalid_grant")
        #expect(try await !fixture.isActive(second.text("access_token")))
        #expect(server.reuseDetections == 1)

        server.configuration.refreshTokenRotation = .rotating
        let third = try await fixture.signIn().text("refresh_token")
        let fourth = try await fixture.refresh(third)
        #expect(try await fixture.refresh(third).error == "invalid_grant")
        #expect(try await fixture.refresh(fourth.text("refresh_token")).status == 200)
        #expect(server.reuseDetections == 1)
    }

    @Test("Without rotation the refresh token stays valid, and a refresh returns none")
    func none() async throws {
        server.configuration.refreshTokenRotation = .none
        let token = try await fixture.signIn().text("refresh_token")
        for _ in 0..<2 {
            let response = try await fixture.refresh(token)
            #expect(try response.member("refresh_token") == nil)
            #expect(response.status == 200)
        }
        #expect(server.liveRefreshTokenFamilies.first?.generation == 2)
    }

    @Test("A replaced token returns another one within the overlap, and counts as reuse after it")
    func overlap() async throws {
        server.configuration.refreshTokenOverlap = .seconds(10)
        let first = try await fixture.signIn().text("refresh_token")
        let second = try await fixture.refresh(first).text("refresh_token")
        fixture.clock.advance(by: .seconds(9))
        let third = try await fixture.refresh(first).text("refresh_token")
        #expect(second != third)
        #expect(try await fixture.refresh(second).status == 200)
        fixture.clock.advance(by: .seconds(1))
        #expect(try await fixture.refresh(first).error == "invalid_grant")
        #expect(server.reuseDetections == 1)
    }

    @Test("A refresh can request fewer scopes but not more, and the next refresh gets all of them again")
    func scopes() async throws {
        let first = try await fixture.signIn().text("refresh_token")
        let narrow = try await fixture.token([
            "grant_type": "refresh_token", "refresh_token": first, "scope": "notes.read",
        ])
        #expect(try narrow.text("scope") == "notes.read")
        let second = try narrow.text("refresh_token")
        let wide = try await fixture.token([
            "grant_type": "refresh_token", "refresh_token": second, "scope": "notes.write",
        ])
        #expect(try wide.error == "invalid_scope")
        #expect(try await fixture.refresh(second).text("scope") == "notes.read openid profile")
    }

    @Test("A refreshed ID token has the same user and sign-in time, no nonce, and changed claims")
    func idToken() async throws {
        let token = try await fixture.signIn().text("refresh_token")
        fixture.clock.advance(by: .seconds(50))
        server.register(FakeUser(subject: "u1", name: "Ada King"))
        let response = try await fixture.refresh(token)
        let claims = try ParsedToken(response.text("id_token")).claims
        #expect(claims["sub"]?.string == "u1")
        #expect(claims["name"]?.string == "Ada King")
        #expect(claims["role"] == nil)
        #expect(claims["nonce"] == nil)
        #expect(claims["auth_time"]?.int == 1_750_000_000)
        #expect(claims["iat"]?.int == 1_750_000_050)
        server.configuration.idTokenOnRefresh = false
        #expect(try await fixture.refresh(response.text("refresh_token")).member("id_token") == nil)
    }

    @Test("A fault can change user or issuer in the ID token of one refresh, with a valid signature")
    func wrongIDToken() async throws {
        var token = try await fixture.signIn().text("refresh_token")
        server.inject(.editingIDToken { $0["sub"] = "mallory" }, grantType: .refreshToken)
        server.inject(.editingIDToken { $0["iss"] = "https://evil.example" }, grantType: .refreshToken)
        _ = try await fixture.signIn()  // Another grant type, to which the faults do not apply.
        var seen: [String] = []
        for _ in 0..<3 {
            let response = try await fixture.refresh(token)
            token = try response.text("refresh_token")
            let idToken = try ParsedToken(response.text("id_token"))
            #expect(try idToken.isSigned(byOneOf: await fixture.get(server.url(of: .jwks))))
            seen.append("\(idToken.claims["sub"]?.string ?? "") \(idToken.claims["iss"]?.string ?? "")")
        }
        #expect(
            seen == ["mallory https://login.example.com", "u1 https://evil.example", "u1 https://login.example.com"]
        )
    }

    @Test("The refresh tokens of public clients are bound to their key, those of confidential clients are not")
    func binding() async throws {
        let key = try SigningKey.generate(.es256)
        let redirect = try await server.approve(authorizationURL: fixture.nativeURL(), as: fixture.ada)
        let first = try await fixture.token(
            [
                "grant_type": "authorization_code", "client_id": "native", "code": try #require(redirect.code),
                "redirect_uri": "http://127.0.0.1:49152/callback", "code_verifier": SignInFixture.verifier,
            ],
            fields: ["DPoP": try fixture.proof(key)]
        )
        #expect(server.liveRefreshTokenFamilies.first?.thumbprint == HandMade.thumbprint(key))
        let token = try first.text("refresh_token")
        func refresh(_ fields: HTTP.Fields) async throws -> HTTP.Response {
            try await fixture.token(
                ["grant_type": "refresh_token", "client_id": "native", "refresh_token": token],
                fields: fields
            )
        }
        #expect(try await refresh([:]).error == "invalid_dpop_proof")
        #expect(try await refresh(["DPoP": fixture.proof(SigningKey.generate(.es256))]).error == "invalid_grant")
        #expect(try await refresh(["DPoP": fixture.proof(key)]).text("token_type") == "DPoP")

        let web = try await fixture.signIn().text("refresh_token")
        var fields = SignInFixture.webBasic
        fields["DPoP"] = try fixture.proof(key)
        #expect(try await fixture.refresh(web, fields: fields).text("token_type") == "DPoP")
        #expect(server.liveRefreshTokenFamilies.last?.thumbprint == nil)
    }

    @Test("A refresh with a lost response has rotated the token")
    func lostResponse() async throws {
        let token = try await fixture.signIn().text("refresh_token")
        server.inject(.lostResponse, grantType: .refreshToken)
        let lost = await #expect(throws: HTTP.TransportError.self) { try await fixture.refresh(token) }
        #expect(lost?.requestMayHaveBeenProcessed == true)
        #expect(server.liveRefreshTokenFamilies.first?.generation == 1)
        #expect(try await fixture.refresh(token).error == "invalid_grant")
        #expect(server.reuseDetections == 1)
    }

    @Test("Of many concurrent refreshes with one token, one succeeds")
    func race() async throws {
        server.configuration.refreshTokenRotation = .rotating
        let token = try await fixture.signIn().text("refresh_token")
        let successes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 { group.addTask { try await fixture.refresh(token).status == 200 } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(successes == 1)
        #expect(server.liveRefreshTokenFamilies.first?.generation == 1)
    }

    @Test("Refresh tokens expire, can be revoked, and can require offline_access")
    func end() async throws {
        server.configuration.refreshTokenLifetime = .seconds(100)
        let first = try await fixture.signIn().text("refresh_token")
        fixture.clock.advance(by: .seconds(99))
        let second = try await fixture.refresh(first).text("refresh_token")
        fixture.clock.advance(by: .seconds(1))
        #expect(try await fixture.refresh(second).error == "invalid_grant")
        let third = try await fixture.signIn().text("refresh_token")
        server.revokeRefreshTokenFamily(2)
        #expect(try await fixture.refresh(third).error == "invalid_grant")
        server.configuration.requiresOfflineAccess = true
        #expect(try await fixture.signIn().member("refresh_token") == nil)
        #expect(try await fixture.signIn(["scope": "openid offline_access"]).member("refresh_token") != nil)
        #expect(server.reuseDetections == 0)
    }

    @Test("No description contains a token or a code")
    func redaction() async throws {
        let redirect = try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada)
        let code = try #require(redirect.code)
        let tokens = try await fixture.redeem(code)
        _ = try await fixture.refresh(tokens.text("refresh_token"))
        var printed = "\(redirect) \(server.requests) \(server.refreshTokenFamilies)"
        dump(server.requests, to: &printed)
        dump(server.refreshTokenFamilies, to: &printed)
        for secret in [code, try tokens.text("refresh_token"), try tokens.text("access_token"), SignInFixture.verifier]
        {
            #expect(!printed.contains(secret))
        }
        #expect(printed.contains("family 1 (web, u1, generation 1)"))
    }
}
