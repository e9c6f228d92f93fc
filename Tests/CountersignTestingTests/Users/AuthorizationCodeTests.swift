import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@Suite("Authorization code")
struct AuthorizationCodeTests {
    let fixture = SignInFixture()
    var server: FakeAuthorizationServer { fixture.server }

    @Test("After approval the redirect has a code, the state and the issuer, and the code returns all tokens")
    func flow() async throws {
        let redirect = try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada)
        let code = try #require(redirect.code)
        #expect(
            redirect.url
                == "https://app.example/callback?code=\(code)&state=st&iss=https%3A%2F%2Flogin.example.com"
        )
        #expect(redirect.form == nil)
        #expect(server.count(.authorization) == 1)
        let response = try await fixture.redeem(code)
        #expect(response.status == 200)
        #expect(try response.text("scope") == "notes.read openid profile")
        let token = try ParsedToken(response.text("id_token"))
        #expect(token.header["alg"]?.string == "ES256")
        #expect(token.claims["iss"]?.string == "https://login.example.com")
        #expect(token.claims["sub"]?.string == "u1")
        #expect(token.claims["aud"]?.string == "web")
        #expect(token.claims["nonce"]?.string == "no")
        #expect(token.claims["name"]?.string == "Ada")
        #expect(token.claims["email"] == nil)  // The scope was not requested.
        #expect(token.claims["role"]?.string == "admin")
        #expect(token.claims["iat"]?.int == 1_750_000_000)
        #expect(token.claims["exp"]?.int == 1_750_000_300)
        #expect(token.claims["auth_time"]?.int == 1_750_000_000)
        #expect(token.claims["sid"]?.string == server.sessions.first?.id)
        let digest = try SHA2.sha256(response.text("access_token").utf8)
        #expect(token.claims["at_hash"]?.string == HandMade.base64URL(digest.prefix(16)))
        #expect(try token.isSigned(byOneOf: await fixture.get(server.url(of: .jwks))))
        let issued = try #require(server.issuedTokens.first)
        #expect(issued.subject == "u1" && issued.clientID == "web" && issued.grantType == .authorizationCode)
        let family = try #require(server.liveRefreshTokenFamilies.first)
        #expect(try response.text("refresh_token") == family.refreshToken)
        #expect(family.generation == 0)
        #expect(issued.familyID == family.id)
    }

    @Test("A code is valid once; a second redemption revokes the tokens of the first")
    func replay() async throws {
        let code = try #require(try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada).code)
        let first = try await fixture.redeem(code)
        #expect(try await fixture.isActive(first.text("access_token")))
        #expect(try await fixture.redeem(code).error == "invalid_grant")
        #expect(try await !fixture.isActive(first.text("access_token")))
        #expect(try await fixture.refresh(first.text("refresh_token")).error == "invalid_grant")
        #expect(server.codeReuseDetections == 1)
        #expect(server.liveRefreshTokenFamilies.isEmpty)
    }

    @Test(
        "A code is redeemed only with the redirect URI and verifier of its request",
        arguments: [
            ["redirect_uri": "https://app.example/callback/"], ["redirect_uri": nil], ["code_verifier": nil],
            ["code_verifier": "short"], ["code_verifier": SignInFixture.challenge], ["code": "x"],
        ] as [[String: String?]]
    )
    func mismatch(changes: [String: String?]) async throws {
        let code = try #require(try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada).code)
        var form: [String: String] = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.example/callback",
            "code_verifier": SignInFixture.verifier,
        ]
        for (name, value) in changes { form[name] = value }
        let body = form.map { SignInFixture.encode([$0.key: $0.value]) }.joined(separator: "&")
        let request = try HandMade.form(server.url(of: .token), body, fields: SignInFixture.webBasic)
        #expect(try await server.send(request).error == "invalid_grant")
        #expect(server.issuedTokens.isEmpty)
        // The failed request did not use up the code.
        #expect(try await fixture.redeem(code).status == 200)
    }

    @Test("A code expires, and other clients cannot use it")
    func expiry() async throws {
        let code = try #require(try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada).code)
        let other = try await fixture.token(
            [
                "grant_type": "authorization_code", "code": code, "redirect_uri": "https://app.example/callback",
                "code_verifier": SignInFixture.verifier, "client_id": "native",
            ],
            fields: [:]
        )
        #expect(try other.error == "invalid_grant")
        fixture.clock.advance(by: .seconds(60))
        #expect(try await fixture.redeem(code).error == "invalid_grant")
    }

    @Test(
        "The error of an invalid request is sent to the client, with its state",
        arguments: [
            (["response_type": "token"], "unsupported_response_type"),
            (["response_type": nil], "invalid_request"),
            (["scope": "openid admin"], "invalid_scope"),
            (["code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge_method": nil], "invalid_request"),
            (["code_challenge": "short"], "invalid_request"),
            (["code_challenge": nil], "invalid_request"),
            (["resource": "relative"], "invalid_target"),
            (["dpop_jkt": "x"], "invalid_request"),
            (["response_mode": "smoke"], "invalid_request"),
            (["prompt": "none login"], "invalid_request"),
            (["prompt": "dance"], "invalid_request"),
            (["prompt": "none"], "login_required"),
            (["max_age": "-1"], "invalid_request"),
            (["request": "x"], "request_not_supported"),
        ] as [([String: String?], String?)]
    )
    func rejected(changes: [String: String?], error: String?) async throws {
        let redirect = try await server.approve(authorizationURL: fixture.webURL(changes), as: fixture.ada)
        #expect(redirect.error == error)
        #expect((redirect.code == nil) == (error != nil))
        #expect(redirect.parameters["state"] == "st")
        #expect(redirect.parameters["iss"] == "https://login.example.com")
        #expect(server.requests.last?.error == error)
    }

    @Test(
        "An unknown client or redirect URI leads to an error page, without a redirect",
        arguments: [
            ["client_id": nil], ["client_id": "nobody"], ["redirect_uri": nil],
            ["redirect_uri": "https://app.example/callback?x=1"], ["redirect_uri": "https://evil.example/"],
            ["request_uri": "urn:ietf:params:oauth:request_uri:x"],
        ] as [[String: String?]]
    )
    func errorPage(changes: [String: String?]) async throws {
        let error = await #expect(throws: AuthorizationRejectedError.self) {
            try await server.approve(authorizationURL: fixture.webURL(changes), as: fixture.ada)
        }
        #expect(error?.status == 400)
        let page = try await fixture.get(fixture.webURL(changes))
        #expect(page.status == 400)
        #expect(page.fields["Location"] == nil)
    }

    @Test("A repeated parameter is rejected")
    func repeated() async throws {
        let redirect = try await server.approve(authorizationURL: fixture.webURL() + "&nonce=b", as: fixture.ada)
        #expect(redirect.error == "invalid_request")
    }

    @Test("A public client must use PKCE; a confidential client if the server requires it")
    func challenge() async throws {
        let without: [String: String?] = ["code_challenge": nil, "code_challenge_method": nil]
        #expect(try await server.approve(authorizationURL: fixture.nativeURL(without), as: fixture.ada).error != nil)
        #expect(try await server.approve(authorizationURL: fixture.webURL(without), as: fixture.ada).error == nil)
        server.configuration.codeChallenge = .required
        #expect(try await server.approve(authorizationURL: fixture.webURL(without), as: fixture.ada).error != nil)
    }

    @Test(
        "A loopback redirect URI matches with any port, and only the port may differ",
        arguments: [
            ("http://127.0.0.1:1/callback", true), ("http://127.0.0.1:65535/callback", true),
            ("http://127.0.0.1/callback", true), ("com.example.app:/cb", true),
            ("http://127.0.0.1:65536/callback", false), ("http://127.0.0.1:1/other", false),
            ("http://127.0.0.1:1@evil.example/callback", false), ("http://127.0.0.1:/callback", false),
            ("http://localhost:1/callback", false), ("com.example.app:/cb/", false),
        ]
    )
    func loopback(uri: String, isAllowed: Bool) async throws {
        let redirect = try? await server.approve(
            authorizationURL: fixture.nativeURL(["redirect_uri": uri]),
            as: fixture.ada
        )
        #expect((redirect?.code != nil) == isAllowed)
    }

    @Test("A user can deny a request or grant fewer scopes")
    func denial() async throws {
        let denied = try await server.deny(authorizationURL: fixture.webURL())
        #expect(denied.url.contains("?error=access_denied&state=st&iss="))
        let less = try await server.approve(
            authorizationURL: fixture.webURL(),
            as: fixture.ada,
            scopes: ["openid", "email"]
        )
        #expect(try await fixture.redeem(#require(less.code)).text("scope") == "openid")
    }

    @Test("The response mode can be query, fragment or form_post")
    func modes() async throws {
        let query = try await server.approve(
            authorizationURL: fixture.webURL(["redirect_uri": "https://app.example/cb?tenant=1"]),
            as: fixture.ada
        )
        #expect(query.url.hasPrefix("https://app.example/cb?tenant=1&code="))
        let fragment = try await server.approve(
            authorizationURL: fixture.webURL(["response_mode": "fragment"]),
            as: fixture.ada
        )
        #expect(fragment.url.hasPrefix("https://app.example/callback#code="))
        let form = try await server.approve(
            authorizationURL: fixture.webURL(["response_mode": "form_post", "state": "a b&c=ä"]),
            as: fixture.ada
        )
        #expect(form.url == "https://app.example/callback")
        #expect(form.form?.contains("&state=a%20b%26c%3D%C3%A4&") == true)
        server.configuration.sendsIssuerParameter = false
        #expect(try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada).parameters["iss"] == nil)
    }

    @Test("prompt=none uses the existing session unless it is older than max_age")
    func silent() async throws {
        _ = try await fixture.signIn()
        fixture.clock.advance(by: .seconds(100))
        let silent = try await fixture.signIn(["prompt": "none", "max_age": "100", "acr_values": "gold silver"])
        let claims = try ParsedToken(silent.text("id_token")).claims
        #expect(claims["auth_time"]?.int == 1_750_000_000)
        #expect(claims["iat"]?.int == 1_750_000_100)
        #expect(claims["acr"]?.string == "gold")
        #expect(server.sessions.count == 1)
        let late = try await server.approve(
            authorizationURL: fixture.webURL(["prompt": "none", "max_age": "99"]),
            as: fixture.ada
        )
        #expect(late.error == "login_required")
    }

    @Test("A code bound to a key requires a proof with that key")
    func boundCode() async throws {
        let key = try SigningKey.generate(.es256)
        let url = fixture.webURL(["dpop_jkt": HandMade.thumbprint(key)])
        let code = try #require(try await server.approve(authorizationURL: url, as: fixture.ada).code)
        #expect(try await fixture.redeem(code).error == "invalid_grant")
        var fields = SignInFixture.webBasic
        fields["DPoP"] = try fixture.proof(SigningKey.generate(.es256))
        #expect(try await fixture.redeem(code, fields: fields).error == "invalid_grant")
        fields["DPoP"] = try fixture.proof(key)
        #expect(try await fixture.redeem(code, fields: fields).text("token_type") == "DPoP")
    }

    @Test("Tokens are limited to the resources of the authorization request")
    func resources() async throws {
        let url = fixture.webURL(["resource": "https://notes.example"])
        let code = try #require(try await server.approve(authorizationURL: url, as: fixture.ada).code)
        let first = try await fixture.redeem(code)
        #expect(server.issuedTokens.last?.audience == ["https://notes.example"])
        let rejected = try await fixture.token([
            "grant_type": "refresh_token", "refresh_token": first.text("refresh_token"),
            "resource": "https://mail.example",
        ])
        #expect(try rejected.error == "invalid_target")
        #expect(server.liveRefreshTokenFamilies.first?.generation == 0)
    }

    @Test("A missing nonce does not use up the code, unless the server is configured to do so")
    func nonce() async throws {
        server.configuration.nonces = .required
        let key = try SigningKey.generate(.es256)
        for isConsumed in [false, true] {
            server.configuration.consumesGrantBeforeNonce = isConsumed
            let code = try #require(try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada).code)
            var fields = SignInFixture.webBasic
            fields["DPoP"] = try fixture.proof(key)
            let challenge = try await fixture.redeem(code, fields: fields)
            #expect(challenge.status == 400)
            #expect(try challenge.error == "use_dpop_nonce")
            fields["DPoP"] = try fixture.proof(key, nonce: challenge.fields["DPoP-Nonce"])
            #expect(try await fixture.redeem(code, fields: fields).status == (isConsumed ? 400 : 200))
        }
    }
}
