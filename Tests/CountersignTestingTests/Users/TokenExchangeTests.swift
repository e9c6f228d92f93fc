import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@Suite("Token exchange")
struct TokenExchangeTests {
    static let accessToken = "urn:ietf:params:oauth:token-type:access_token"
    let fixture = SignInFixture()
    var server: FakeAuthorizationServer { fixture.server }

    init() {
        server.register(
            .init(
                id: "backend",
                authentication: .clientSecretPost(secret: "b"),
                scopes: ["mail.send"],
                grantTypes: [.tokenExchange, .clientCredentials],
                targets: ["https://mail.example", "mail"]
            )
        )
    }

    func exchange(_ changes: [String: String?], fields: HTTP.Fields = [:]) async throws -> HTTP.Response {
        var form: [String: String] = [
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "client_id": "backend",
            "client_secret": "b", "subject_token_type": Self.accessToken,
        ]
        for (name, value) in changes { form[name] = value }
        let body = form.map { SignInFixture.encode([$0.key: $0.value]) }.joined(separator: "&")
        return try await server.send(HandMade.form(server.url(of: .token), body, fields: fields))
    }

    @Test("A service exchanges a user's token for a token with its own scopes")
    func onBehalfOf() async throws {
        let user = try await fixture.signIn()
        let response = try await exchange(["subject_token": user.text("access_token"), "audience": "mail"])
        #expect(response.status == 200)
        #expect(try response.text("issued_token_type") == Self.accessToken)
        #expect(try response.text("scope") == "mail.send")
        #expect(try response.member("refresh_token") == nil)
        let issued = try #require(server.issuedTokens.last)
        #expect(issued.subject == "u1" && issued.clientID == "backend" && issued.audience == ["mail"])
        #expect(issued.actor == nil && issued.grantType == .tokenExchange)
        let idToken = try await exchange([
            "subject_token": user.text("id_token"),
            "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        ])
        #expect(idToken.status == 200)
    }

    @Test("The token contains the actor, and a proof binds it")
    func actor() async throws {
        let user = try await fixture.signIn().text("access_token")
        let actor = try await fixture.token(
            ["grant_type": "client_credentials", "client_id": "backend", "client_secret": "b"],
            fields: [:]
        ).text("access_token")
        let key = try SigningKey.generate(.es256)
        let response = try await exchange(
            [
                "subject_token": user, "actor_token": actor, "actor_token_type": Self.accessToken,
                "requested_token_type": "urn:ietf:params:oauth:token-type:jwt",
            ],
            fields: ["DPoP": fixture.proof(key)]
        )
        #expect(try response.text("token_type") == "DPoP")
        #expect(try response.text("issued_token_type") == "urn:ietf:params:oauth:token-type:jwt")
        let claims = try ParsedToken(response.text("access_token")).claims
        #expect(claims["sub"]?.string == "u1")
        #expect(claims["act"]?["sub"]?.string == "backend")
        #expect(server.issuedTokens.last?.actor == "backend")
    }

    @Test(
        "An invalid exchange is rejected",
        arguments: [
            (["subject_token": nil], "invalid_request"),
            (["subject_token": "unknown"], "invalid_request"),
            (["subject_token_type": nil], "invalid_request"),
            (["subject_token_type": "x"], "invalid_request"),
            (["actor_token": "x"], "invalid_request"),
            (["actor_token_type": accessToken], "invalid_request"),
            (["requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"], "invalid_request"),
            (["audience": "bank"], "invalid_target"),
            (["resource": "https://bank.example"], "invalid_target"),
            (["scope": "notes.read"], "invalid_scope"),
        ] as [([String: String?], String)]
    )
    func rejected(changes: [String: String?], error: String) async throws {
        let subject: [String: String?] = ["subject_token": try await fixture.signIn().text("access_token")]
        #expect(try await exchange(subject.merging(changes) { $1 }).error == error)
    }

    @Test("A revoked or expired token cannot be exchanged")
    func inactive() async throws {
        let user = try await fixture.signIn().text("access_token")
        server.revokeAllTokens()
        #expect(try await exchange(["subject_token": user]).error == "invalid_request")
        let late = try await fixture.signIn().text("access_token")
        fixture.clock.advance(by: .seconds(3600))
        #expect(try await exchange(["subject_token": late]).error == "invalid_request")
    }
}
