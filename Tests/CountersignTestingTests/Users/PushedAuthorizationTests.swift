import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@Suite("Pushed authorization requests")
struct PushedAuthorizationTests {
    let fixture = SignInFixture()
    var server: FakeAuthorizationServer { fixture.server }

    func push(_ changes: [String: String?] = [:], fields: HTTP.Fields = SignInFixture.webBasic) async throws
        -> HTTP.Response
    {
        let body = fixture.webRequest(changes)
        return try await server.send(HandMade.form(server.url(of: .pushedAuthorization), body, fields: fields))
    }

    func url(_ requestURI: String, client: String = "web") -> String {
        server.url(of: .authorization) + "?" + SignInFixture.encode(["client_id": client, "request_uri": requestURI])
    }

    @Test("A pushed request gets the same response as one in the URL, once")
    func flow() async throws {
        let pushed = try await push()
        #expect(pushed.status == 201)
        #expect(try pushed.member("expires_in")?.int == 60)
        let url = url(try pushed.text("request_uri"))
        let redirect = try await server.approve(authorizationURL: url, as: fixture.ada)
        #expect(redirect.parameters["state"] == "st")
        #expect(try await fixture.redeem(#require(redirect.code)).status == 200)
        let again = await #expect(throws: AuthorizationRejectedError.self) {
            try await server.approve(authorizationURL: url, as: fixture.ada)
        }
        #expect(again?.oauthError == "invalid_request_uri")
    }

    @Test("A pushed request expires, and other clients cannot use it")
    func misuse() async throws {
        let uri = try await push().text("request_uri")
        await #expect(throws: AuthorizationRejectedError.self) {
            try await server.approve(authorizationURL: url(uri, client: "native"), as: fixture.ada)
        }
        fixture.clock.advance(by: .seconds(60))
        await #expect(throws: AuthorizationRejectedError.self) {
            try await server.approve(authorizationURL: url(uri), as: fixture.ada)
        }
    }

    @Test(
        "An invalid request is rejected when it is pushed",
        arguments: [
            (["scope": "admin"], "invalid_scope"), (["redirect_uri": "https://evil.example/"], "invalid_request"),
            (["request_uri": "urn:x"], "invalid_request"), (["client_id": "native"], "invalid_request"),
        ] as [([String: String?], String)]
    )
    func rejected(changes: [String: String?], error: String) async throws {
        #expect(try await push(changes).error == error)
    }

    @Test("Pushing a request requires client authentication")
    func authentication() async throws {
        #expect(try await push(fields: [:]).error == "invalid_client")
    }

    @Test("Requests that must be pushed are rejected otherwise; without support there is no endpoint")
    func policy() async throws {
        server.configuration.pushedAuthorizationRequests = .required
        #expect(
            try await server.approve(authorizationURL: fixture.webURL(), as: fixture.ada).error == "invalid_request"
        )
        #expect(try await push().status == 201)
        let metadata = try await fixture.get(server.url(of: .metadata))
        #expect(try metadata.member("require_pushed_authorization_requests")?.bool == true)
        server.configuration.pushedAuthorizationRequests = .none
        #expect(try await push().status == 404)
        #expect(try await fixture.get(server.url(of: .metadata)).member("pushed_authorization_request_endpoint") == nil)
    }

    @Test("A proof at this endpoint binds the code, and its key must match dpop_jkt")
    func proof() async throws {
        let key = try SigningKey.generate(.es256)
        var fields = SignInFixture.webBasic
        fields["DPoP"] = try fixture.proof(key, url: server.url(of: .pushedAuthorization))
        let uri = try await push(fields: fields).text("request_uri")
        let code = try #require(try await server.approve(authorizationURL: url(uri), as: fixture.ada).code)
        #expect(try await fixture.redeem(code).error == "invalid_grant")
        fields["DPoP"] = try fixture.proof(key, url: server.url(of: .pushedAuthorization))
        let other = HandMade.thumbprint(try SigningKey.generate(.es256))
        #expect(try await push(["dpop_jkt": other], fields: fields).error == "invalid_dpop_proof")
    }

    @Test(
        "The audience of an assertion may be the issuer, the token endpoint or this endpoint",
        arguments: [("", 201), ("/token", 201), ("/par", 201), ("/introspect", 401)]
    )
    func assertion(path: String, status: Int) async throws {
        let key = try SigningKey.generate(.es256)
        server.register(
            .init(
                id: "signer",
                authentication: .privateKeyJWT(keys: [PublicKey(of: key)]),
                scopes: ["openid"],
                grantTypes: [.authorizationCode],
                redirectURIs: ["https://app.example/callback"]
            )
        )
        let claims = """
            {"iss":"signer","sub":"signer","aud":"\(server.issuer + path)","jti":"\(path)1","exp":1750000060}
            """
        let response = try await push(
            [
                "client_id": "signer", "scope": "openid",
                "client_assertion": try HandMade.token(header: #"{"alg":"ES256"}"#, claims: claims, key: key),
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ],
            fields: [:]
        )
        #expect(response.status.rawValue == status)
    }
}
