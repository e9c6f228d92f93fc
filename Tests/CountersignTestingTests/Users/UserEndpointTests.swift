import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@Suite("Userinfo, introspection, revocation and sign-out")
struct UserEndpointTests {
    let fixture = SignInFixture()
    var server: FakeAuthorizationServer { fixture.server }

    func userinfo(_ fields: HTTP.Fields) async throws -> HTTP.Response {
        try await fixture.get(server.url(of: .userinfo), fields: fields)
    }

    func revoke(_ token: String) async throws -> HTTP.Response {
        let body = "token=\(token)&token_type_hint=refresh_token"
        return try await server.send(HandMade.form(server.url(of: .revocation), body, fields: SignInFixture.webBasic))
    }

    // MARK: Userinfo

    @Test("Userinfo returns the claims of the granted scopes")
    func bearer() async throws {
        let token = try await fixture.signIn(["scope": "openid email"]).text("access_token")
        let response = try await userinfo(["Authorization": "Bearer \(token)"])
        #expect(response.status == 200)
        #expect(try response.text("sub") == "u1")
        #expect(try response.text("email") == "ada@example.com")
        #expect(try response.text("role") == "admin")
        #expect(try response.member("name") == nil)
    }

    @Test("Userinfo requires a proof for a bound token, with the server's nonce")
    func bound() async throws {
        let key = try SigningKey.generate(.es256)
        var fields = SignInFixture.webBasic
        fields["DPoP"] = try fixture.proof(key)
        let code = try #require(try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada).code)
        let token = try await fixture.redeem(code, fields: fields).text("access_token")
        #expect(try await userinfo(["Authorization": "Bearer \(token)"]).status == 401)
        server.configuration.nonces = .required
        func proof(_ key: SigningKey, nonce: String?) throws -> HTTP.Fields {
            var proof = HandMade.Proof(
                key: key,
                htm: "\"GET\"",
                htu: "\"\(server.url(of: .userinfo))\"",
                iat: "1750000000",
                ath: "\"\(HandMade.digest(token))\""
            )
            proof.nonce = nonce.map { "\"\($0)\"" }
            return ["Authorization": "DPoP \(token)", "DPoP": try proof.compact()]
        }
        let challenge = try await userinfo(proof(key, nonce: nil))
        #expect(challenge.status == 401)
        #expect(challenge.fields["WWW-Authenticate"]?.contains("use_dpop_nonce") == true)
        let nonce = try #require(challenge.fields["DPoP-Nonce"])
        #expect(try await userinfo(proof(key, nonce: nonce)).text("sub") == "u1")
        #expect(try await userinfo(proof(SigningKey.generate(.es256), nonce: nonce)).status == 401)
    }

    @Test("Userinfo rejects tokens that are unknown, have no user or lack the scope openid")
    func rejected() async throws {
        #expect(try await userinfo([:]).status == 401)
        #expect(try await userinfo(["Authorization": "Bearer x"]).status == 401)
        let token = try await fixture.signIn(["scope": "notes.read"]).text("access_token")
        let response = try await userinfo(["Authorization": "Bearer \(token)"])
        #expect(response.status == 403)
        #expect(response.fields["WWW-Authenticate"]?.contains("insufficient_scope") == true)
        server.register(
            .init(id: "svc", authentication: .clientSecretPost(secret: "s"), scopes: ["openid"])
        )
        let own = try await fixture.token(
            ["grant_type": "client_credentials", "client_id": "svc", "client_secret": "s"],
            fields: [:]
        ).text("access_token")
        #expect(try await userinfo(["Authorization": "Bearer \(own)"]).status == 401)
        server.inject(.member("sub", "mallory"), at: .userinfo)
        let good = try await fixture.signIn().text("access_token")
        #expect(try await userinfo(["Authorization": "Bearer \(good)"]).text("sub") == "mallory")
    }

    // MARK: Introspection and revocation

    @Test("Introspection describes refresh tokens until they are replaced")
    func introspection() async throws {
        let tokens = try await fixture.signIn()
        let first = try tokens.text("refresh_token")
        let body = "token=\(first)"
        let request = try HandMade.form(server.url(of: .introspection), body, fields: SignInFixture.webBasic)
        let response = try await server.send(request)
        #expect(try response.member("active")?.bool == true)
        #expect(try response.text("sub") == "u1")
        #expect(try response.text("client_id") == "web")
        let second = try await fixture.refresh(first).text("refresh_token")
        #expect(try await !fixture.isActive(first))
        #expect(try await fixture.isActive(second))
    }

    @Test("Revoking a refresh token revokes its family and access tokens; revoking an access token only itself")
    func revocation() async throws {
        let first = try await fixture.signIn()
        #expect(try await revoke(first.text("access_token")).status == 200)
        #expect(try await !fixture.isActive(first.text("access_token")))
        let second = try await fixture.refresh(first.text("refresh_token"))
        #expect(second.status == 200)
        let other = try await fixture.signIn()
        // A replaced refresh token of the family has the same effect (RFC 7009 section 2.1).
        #expect(try await revoke(first.text("refresh_token")).status == 200)
        #expect(try await !fixture.isActive(second.text("access_token")))
        #expect(try await !fixture.isActive(second.text("refresh_token")))
        #expect(try await fixture.isActive(other.text("access_token")))
        #expect(server.liveRefreshTokenFamilies.map(\.id) == [2])
        #expect(server.reuseDetections == 0)
    }

    @Test("A client cannot revoke the refresh token of another client")
    func foreign() async throws {
        let token = try await fixture.signIn().text("refresh_token")
        let request = try HandMade.form(server.url(of: .revocation), "client_id=native&token=\(token)")
        #expect(try await server.send(request).error == "unauthorized_client")
        #expect(try await fixture.isActive(token))
    }

    // MARK: Sign-out

    @Test("Sign-out redirects to a registered URI, with the state")
    func endSession() async throws {
        let idToken = try await fixture.signIn().text("id_token")
        fixture.clock.advance(by: .seconds(86_400))  // An expired ID token is a valid hint.
        server.rotateSigningKey(keepingOld: false)
        let url = server.url(of: .endSession) + "?"
        let response = try await fixture.get(
            url
                + SignInFixture.encode([
                    "id_token_hint": idToken, "post_logout_redirect_uri": "https://app.example/bye", "state": "a&b",
                ])
        )
        #expect(response.status == 303)
        #expect(response.fields["Location"] == "https://app.example/bye?state=a%26b")
        #expect(server.sessions.map(\.isEnded) == [true])
        let page = try await fixture.get(url + SignInFixture.encode(["id_token_hint": idToken]))
        #expect(page.status == 200 && page.fields["Location"] == nil)
    }

    @Test(
        "An invalid sign-out request does not redirect",
        arguments: [
            ["post_logout_redirect_uri": "https://evil.example/", "client_id": "web"],
            ["post_logout_redirect_uri": "https://app.example/bye"],
            ["post_logout_redirect_uri": "https://app.example/bye", "client_id": "native"],
            ["id_token_hint": "x.y.z"],
        ]
    )
    func openRedirect(parameters: [String: String]) async throws {
        let query = parameters.map { SignInFixture.encode([$0.key: $0.value]) }.joined(separator: "&")
        let response = try await fixture.get(server.url(of: .endSession) + "?" + query)
        #expect(response.status == 400)
        #expect(response.fields["Location"] == nil)
    }

    // MARK: Metadata and APIs

    @Test("The metadata contains every endpoint")
    func metadata() async throws {
        let metadata = try await fixture.get(server.url(of: .metadata))
        let expected: [(String, FakeAuthorizationServer.Endpoint)] = [
            ("authorization_endpoint", .authorization), ("token_endpoint", .token), ("jwks_uri", .jwks),
            ("pushed_authorization_request_endpoint", .pushedAuthorization), ("userinfo_endpoint", .userinfo),
            ("device_authorization_endpoint", .deviceAuthorization), ("revocation_endpoint", .revocation),
            ("introspection_endpoint", .introspection), ("end_session_endpoint", .endSession),
        ]
        for (name, endpoint) in expected { #expect(try metadata.text(name) == server.url(of: endpoint)) }
        #expect(try metadata.member("authorization_response_iss_parameter_supported")?.bool == true)
        #expect(try metadata.member("code_challenge_methods_supported")?.elements.map(\.string) == ["S256"])
    }

    @Test("An API gets user and client of the token, and rejects a token without the required scope")
    func api() async throws {
        let api = FakeResourceServer(trusting: server)
        api.on(.get, "/notes", scopes: ["notes.read"]) { request in
            .json("\"\(request.token?.subject ?? "") \(request.token?.clientID ?? "")\"")
        }
        api.on(.post, "/notes", scopes: ["notes.write"]) { _ in .json("{}", status: 201) }
        let token = try await fixture.signIn().text("access_token")
        var request = HTTP.Request(url: try api.url("/notes"), fields: ["Authorization": "Bearer \(token)"])
        #expect(try await api.send(request).text == "\"u1 web\"")
        request.method = .post
        let rejected = try await api.send(request)
        #expect(rejected.status == 403)
        #expect(rejected.fields["WWW-Authenticate"]?.contains(#"error="insufficient_scope""#) == true)
        #expect(rejected.fields["WWW-Authenticate"]?.contains(#"scope="notes.write""#) == true)
    }

    @Test("Faults can be injected at every endpoint", arguments: FakeAuthorizationServer.Endpoint.allCases)
    func faults(endpoint: FakeAuthorizationServer.Endpoint) async throws {
        server.inject(.status(503), at: endpoint)
        #expect(try await fixture.get(server.url(of: endpoint)).status == 503)
        #expect(try await fixture.get(server.url(of: endpoint)).status != 503)
        #expect(server.count(endpoint) == 2)
    }

    @Test("A fault at the authorization endpoint applies to approve(authorizationURL:as:) too")
    func authorizationFault() async throws {
        server.inject(.status(502), at: .authorization)
        let error = await #expect(throws: AuthorizationRejectedError.self) {
            try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada)
        }
        #expect(error?.status == 502)
    }
}
