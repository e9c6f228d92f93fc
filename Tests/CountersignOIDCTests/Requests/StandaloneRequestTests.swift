import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import Testing

@Suite("Introspection, revocation, token exchange and other requests")
struct StandaloneRequestTests {
    let fixture = SignInFixture()

    @Test("Introspection describes an active token and reports a revoked one as inactive")
    func introspection() async throws {
        let client = fixture.web { $0.dpop = .es256 }
        let tokens = try await fixture.signIn(client).response
        let found = try await client.introspect(tokens.accessToken)
        #expect(found.isActive)
        #expect(found.subject == "u1")
        #expect(found.clientID == "web")
        #expect(Set(found.scopes) == ["openid", "profile", "notes.read"])
        #expect(found.keyThumbprint == (try client.dpopKey()?.thumbprint))
        #expect(found.expiresAt == fixture.server.issuedTokens.last?.expiresAt)
        let refreshToken = try #require(tokens.refreshToken)
        try await client.revoke(SecretValue(refreshToken), type: .refreshToken)
        #expect(try await !client.introspect(SecretValue(refreshToken), type: .refreshToken).isActive)
        #expect(try await !client.introspect(tokens.accessToken).isActive)
        #expect(fixture.server.requests(to: .revocation).last?.form["token_type_hint"] == "refresh_token")
        // Revoking an unknown token succeeds (RFC 7009 section 2.2).
        try await client.revoke(SecretValue("unknown"))
    }

    @Test("P61: introspection reads lists of scopes and times as text, and null is missing")
    func unusualIntrospection() async throws {
        let client = fixture.web()
        let body = #"""
            {"active": true, "scope": ["a", "b c", 7], "exp": "1750000000", "iat": " 1750000000 ", "sub": null,
            "username": 7, "aud": null, "client_id": null, "cnf": null, "x": {"a": 1, "a": 2}, "y": "\ud800", "z": 1}
            """#
        fixture.server.inject(.status(200, body: body), at: .introspection)
        let found = try await client.introspect(SecretValue("t"))
        #expect(found.isActive)
        #expect(found.scopes == ["a", "b", "c"])
        #expect(found.expiresAt?.timeIntervalSince1970 == 1_750_000_000)
        #expect(found.issuedAt == found.expiresAt)
        #expect(found.subject == nil && found.username == nil && found.clientID == nil && found.audience.isEmpty)
        #expect(found.keyThumbprint == nil)
        #expect(found["z"] == 1)
        #expect(found["x"] == nil && found["y"] == nil && found["sub"] == nil)
    }

    @Test("An introspection response whose key cannot be read is rejected: the token would pass for a bearer token")
    func unreadableKey() async throws {
        for cnf in [#"{"jkt": "a", "jkt": "b"}"#, #"{"jkt": "\q"}"#, #"{"jkt": 7}"#, #""a""#, "[]"] {
            let body = #"{"active": true, "cnf": \#(cnf)}"#
            fixture.server.inject(.status(200, body: body), at: .introspection)
            let error = await signInError { () async throws(SignInError) in
                try await fixture.web().introspect(SecretValue("t"))
            }
            #expect(error?.tokenError?.kind == .malformedResponse)
            #expect(error?.tokenError?.message.contains("cnf") == true)
        }
    }

    @Test("P61: the members of a userinfo response that cannot be read are missing, and the others are claims")
    func unusualUserInfo() async throws {
        let client = fixture.web()
        let token = try await fixture.signIn(client).response.accessToken
        fixture.server.inject(
            .editing {
                let text = Array(#""a": 1, "a": 2, "b": {"c": 1, "c": 2}, "d": NaN, "e": null, "f": "Andr"#.utf8)
                $0.body.replaceSubrange(0..<1, with: Array("{".utf8) + text + [0xE9] + Array(#"", "g": 7, "#.utf8))
            },
            at: .userinfo
        )
        let claims = try await client.userInfo(token, subject: "u1")
        #expect(claims.name == "Ada")
        #expect(claims["g"] == 7)
        for name in ["a", "b", "d", "e", "f"] { #expect(claims[name] == nil) }
    }

    @Test("Failed introspection and revocation report their cause")
    func failures() async throws {
        let client = fixture.web()
        for fault in [Fault.withoutMember("active"), .member("active", "true"), .malformedBody] {
            fixture.server.inject(fault, at: .introspection)
            let error = await signInError { () async throws(SignInError) in
                try await client.introspect(SecretValue("t"))
            }
            #expect(error?.tokenError?.kind == .malformedResponse)
        }
        fixture.server.inject(.oauthError("unsupported_token_type"), at: .revocation)
        let error = await signInError { () async throws(SignInError) in try await client.revoke(SecretValue("t")) }
        #expect(error?.oauthError == "unsupported_token_type")
        fixture.server.inject(.status(403), at: .introspection)
        let forbidden = await signInError { () async throws(SignInError) in
            try await client.introspect(SecretValue("t"))
        }
        #expect(forbidden?.tokenError?.status == 403)
        #expect(forbidden?.status == 403)
    }

    @Test("A refresh token is sent once, even if the response is lost")
    func refresh() async throws {
        let client = fixture.web()
        let first = try #require(try await fixture.signIn(client).response.refreshToken)
        let second = try await client.refresh(SecretValue(first), scopes: ["openid"])
        #expect(second.refreshToken != nil)
        #expect(second.refreshToken != first)
        #expect(second.accessToken.scopes == ["openid"])
        #expect(second.idToken != nil)
        let before = fixture.server.count(.token)
        fixture.server.inject(.lostResponse, at: .token)
        let error = await signInError { () async throws(SignInError) in
            try await client.refresh(SecretValue(second.refreshToken ?? ""))
        }
        #expect(error?.tokenError?.kind == .outcomeUnknown)
        #expect(fixture.server.count(.token) == before + 1)
    }

    @Test(
        "An extension grant is sent with the caller's parameters, except for reserved ones"
    )
    func anotherGrant() async throws {
        let client = fixture.web()
        let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
        let error = await signInError { () async throws(SignInError) in
            try await client.token(
                grantType: grant,
                parameters: ["assertion": SecretValue("a.b.c")],
                scopes: ["notes.read", "openid"],
                resources: ["https://api.example.com"]
            )
        }
        #expect(error?.oauthError == "unsupported_grant_type")
        let form = try #require(fixture.server.requests(to: .token).last?.form)
        #expect(form["grant_type"] == grant)
        #expect(form["assertion"] == "a.b.c")
        #expect(form["scope"] == "notes.read openid")
        #expect(form["resource"] == "https://api.example.com")
        let before = fixture.server.count(.token)
        let reserved = await signInError { () async throws(SignInError) in
            try await client.token(grantType: grant, parameters: ["client_id": SecretValue("mallory")])
        }
        #expect(reserved?.kind == .configuration)
        #expect(fixture.server.count(.token) == before)
    }

    @Test("A token is exchanged for another one of the same user")
    func exchange() async throws {
        let client = fixture.web()
        let subject = try await fixture.signIn(client).response.accessToken
        let issued = try await client.exchange(
            SecretValue(subject.value),
            for: .accessToken,
            scopes: ["notes.read"],
            resources: ["https://api.example"]
        )
        #expect(issued.issuedTokenType == .accessToken)
        #expect(fixture.server.issuedTokens.last?.subject == "u1")
        #expect(fixture.server.issuedTokens.last?.audience == ["https://api.example"])
        for name in ["subject_token", "scope", "client_id", "grant_type"] {
            let error = await signInError { () async throws(SignInError) in
                try await client.exchange(SecretValue("t"), scopes: ["a"], parameters: [name: "x"])
            }
            #expect(error?.kind == .configuration)
        }
    }

    @Test("The end-session URL has all parameters and keeps the endpoint's query")
    func endSession() async throws {
        let client = fixture.web { $0.postLogoutRedirectURI = "https://app.example/bye" }
        let idToken = try #require(try await fixture.signIn(client).idToken)
        let url = try await client.endSessionURL(idToken: idToken, state: "s t")
        #expect(url.hasPrefix(fixture.server.url(of: .endSession) + "?"))
        let sent = try query(url)
        #expect(sent["client_id"] == "web")
        #expect(sent["id_token_hint"] == idToken.text)
        #expect(sent["post_logout_redirect_uri"] == "https://app.example/bye")
        #expect(sent["state"] == "s t")
        fixture.server.configuration.metadata = ["end_session_endpoint": nil]
        let other = SignInFixture(issuer: "https://other.example")
        other.server.configuration.metadata = ["end_session_endpoint": nil]
        let error = await signInError { () async throws(SignInError) in try await other.web().endSessionURL() }
        #expect(error?.kind == .metadata)
        let unsafe = await signInError { () async throws(SignInError) in
            try await client.endSessionURL(postLogoutRedirectURI: "javascript:1")
        }
        #expect(unsafe?.kind == .configuration)
    }

    @Test("The metadata is available as a whole, without endpoints at foreign origins")
    func metadata() async throws {
        fixture.server.configuration.metadata = [
            "introspection_endpoint": "https://evil.example/introspect", "vendor": ["a": 1],
        ]
        let metadata = try await fixture.web().metadata()
        #expect(metadata.issuer == fixture.server.issuer)
        #expect(metadata.tokenEndpoint == fixture.server.url(of: .token))
        #expect(metadata.introspectionEndpoint == nil)
        #expect(metadata["vendor"] == ["a": 1])
        #expect(metadata.grantTypes?.contains("authorization_code") == true)
    }
}
