import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import Testing

@Suite("Fake authorization server")
struct FakeAuthorizationServerTests {
    let clock = VirtualClock()
    let server: FakeAuthorizationServer

    init() {
        server = FakeAuthorizationServer(issuer: "https://login.example.com", clock: clock)
        server.register(
            .init(
                id: "worker",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: ["catalog", "orders"],
                audience: ["https://api.example.com"]
            )
        )
        server.register(.init(id: "poster", authentication: .clientSecretPost(secret: "p0st"), scopes: ["catalog"]))
        server.register(.init(id: "public", authentication: .none, scopes: ["catalog"]))
    }

    func token(
        _ body: String = "grant_type=client_credentials",
        fields: HTTP.Fields = ["Authorization": HandMade.basic("worker", "s3cret")]
    ) async throws -> HTTP.Response {
        try await server.send(HandMade.form(server.url(of: .token), body, fields: fields))
    }

    func proof(_ key: SigningKey, nonce: String? = nil) throws -> String {
        let seconds = Int(clock.date().timeIntervalSince1970)
        var proof = HandMade.Proof(key: key, htu: "\"\(server.url(of: .token))\"", iat: "\(seconds)")
        proof.nonce = nonce.map { "\"\($0)\"" }
        return try proof.compact()
    }

    // MARK: Tokens

    @Test("An authenticated client gets a bearer token with its scopes")
    func bearer() async throws {
        let response = try await token("grant_type=client_credentials&scope=catalog")
        #expect(response.status == 200)
        #expect(response.fields["Content-Type"] == "application/json")
        #expect(response.fields["Cache-Control"] == "no-store")
        #expect(try response.member("token_type")?.string == "Bearer")
        #expect(try response.member("expires_in")?.int == 3600)
        #expect(try response.member("scope")?.string == "catalog")
        let issued = try #require(server.issuedTokens.first)
        #expect(try response.member("access_token")?.string == issued.value)
        #expect(issued.scopes == ["catalog"])
        #expect(issued.clientID == "worker" && issued.subject == "worker")
        #expect(issued.thumbprint == nil)
        #expect(issued.expiresAt == Date(timeIntervalSince1970: 1_750_003_600))
    }

    @Test("A request without scopes is granted all of the client's scopes, and every token is different")
    func allScopes() async throws {
        let first = try await token()
        #expect(try first.member("scope")?.string == "catalog orders")
        let second = try await token()
        #expect(try first.member("access_token")?.string != second.member("access_token")?.string)
    }

    @Test("A JWT has the claims of RFC 9068, and its signature verifies with the published key")
    func jwt() async throws {
        let key = try SigningKey.generate(.es256)
        let response = try await token(
            "grant_type=client_credentials&scope=catalog&resource=https%3A%2F%2Fapi.example.com%2Fv1&audience=b",
            fields: ["Authorization": HandMade.basic("worker", "s3cret"), "DPoP": try proof(key)]
        )
        #expect(try response.member("token_type")?.string == "DPoP")
        let parts = try #require(try response.member("access_token")?.string).split(separator: ".").map(String.init)
        let header = try JSONDocument(parsing: HandMade.decode(base64URL: parts[0])).root
        let claims = try JSONDocument(parsing: HandMade.decode(base64URL: parts[1])).root
        #expect(header["typ"]?.string == "at+jwt")
        #expect(header["alg"]?.string == "ES256")
        #expect(claims["iss"]?.string == "https://login.example.com")
        #expect(claims["sub"]?.string == "worker")
        #expect(claims["client_id"]?.string == "worker")
        #expect(claims["scope"]?.string == "catalog")
        #expect(claims["aud"]?.elements.map(\.string) == ["https://api.example.com/v1", "b"])
        #expect(claims["iat"]?.int == 1_750_000_000)
        #expect(claims["exp"]?.int == 1_750_003_600)
        #expect(claims["cnf"]?["jkt"]?.string == HandMade.thumbprint(key))

        let keys = try await server.send(HTTP.Request(url: try HTTP.URL(server.url(of: .jwks))))
        let published = try #require(try keys.member("keys")?.elements.first { _ in true })
        #expect(published["kid"]?.string == header["kid"]?.string)
        #expect(published["d"] == nil)
        let publicKey = try VerificationKey(
            .ec(
                curve: .p256,
                x: HandMade.decode(base64URL: published["x"]?.string ?? ""),
                y: HandMade.decode(base64URL: published["y"]?.string ?? "")
            )
        )
        #expect(
            publicKey.isValid(
                signature: HandMade.decode(base64URL: parts[2]),
                for: Array((parts[0] + "." + parts[1]).utf8),
                algorithm: .es256
            )
        )
    }

    @Test("A test can set the lifetime and format of tokens")
    func configuration() async throws {
        server.configuration.tokenLifetime = nil
        server.configuration.tokenFormat = .opaque
        let endless = try await token()
        #expect(try endless.member("expires_in") == nil)
        #expect(try endless.member("access_token")?.string?.contains(".") == false)
        server.configuration.tokenLifetime = .seconds(5)
        #expect(try await token().member("expires_in")?.int == 5)
    }

    @Test(
        "Invalid requests are rejected with the error code of the RFC",
        arguments: [
            ("", "invalid_request", 400),
            ("grant_type=", "invalid_request", 400),
            ("grant_type=password&username=a&password=b", "unsupported_grant_type", 400),
            ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request", 400),
            ("grant_type=client_credentials&scope=catalog&scope=orders", "invalid_request", 400),
            ("grant_type=client_credentials&scope=admin", "invalid_scope", 400),
            ("grant_type=client_credentials&scope=catalog%20admin", "invalid_scope", 400),
            ("grant_type=client_credentials&scope=catalog%20%20orders", "invalid_scope", 400),
            ("grant_type=client_credentials&scope=%20catalog", "invalid_scope", 400),
            ("grant_type=client_credentials&resource=relative", "invalid_target", 400),
            ("grant_type=client_credentials&resource=https%3A%2F%2Fa.example%23f", "invalid_target", 400),
            ("grant_type=client_credentials&x=%zz", "invalid_request", 400),
            ("grant_type=client_credentials&x=%C3", "invalid_request", 400),
            ("grant_type=client_credentials&client_id=poster", "invalid_request", 400),
            ("grant_type=client_credentials&client_secret=s3cret", "invalid_request", 400),
            ("grant_type=client_credentials&client_assertion=x", "invalid_request", 400),
        ]
    )
    func rejected(body: String, code: String, status: Int) async throws {
        let response = try await token(body)
        #expect(response.status.rawValue == status)
        #expect(try response.member("error")?.string == code)
        #expect(server.issuedTokens.isEmpty)
        #expect(server.requests.last?.error == code)
    }

    @Test("A request can have several resources and audiences, of those that the client may request")
    func targets() async throws {
        server.register(
            .init(id: "narrow", authentication: .clientSecretPost(secret: "n"), targets: ["https://a.example", "b"])
        )
        let body = "grant_type=client_credentials&client_id=narrow&client_secret=n"
        let allowed = try await token(body + "&resource=https%3A%2F%2Fa.example&audience=b", fields: [:])
        #expect(allowed.status == 200)
        #expect(server.issuedTokens.last?.audience == ["https://a.example", "b"])
        let rejected = try await token(body + "&resource=https%3A%2F%2Fc.example", fields: [:])
        #expect(try rejected.member("error")?.string == "invalid_target")
    }

    @Test("The token endpoint accepts only POST requests with a form and without a query")
    func wrongForm() async throws {
        let get = HTTP.Request(url: try HTTP.URL(server.url(of: .token)))
        #expect(try await server.send(get).status == 405)
        var json = try HandMade.form(server.url(of: .token), #"{"grant_type":"client_credentials"}"#)
        json.fields = ["Content-Type": "application/json"]
        #expect(try await server.send(json).member("error")?.string == "invalid_request")
        let query = try HandMade.form(server.url(of: .token) + "?grant_type=client_credentials", "")
        #expect(try await server.send(query).member("error")?.string == "invalid_request")
        let elsewhere = HTTP.Request(url: try HTTP.URL("https://login.example.com/elsewhere"))
        #expect(try await server.send(elsewhere).status == 404)
    }

    // MARK: DPoP

    @Test("A client with required DPoP gets no token without a proof")
    func required() async throws {
        server.register(.init(id: "poster", authentication: .clientSecretPost(secret: "p0st"), requiresDPoP: true))
        let body = "grant_type=client_credentials&client_id=poster&client_secret=p0st"
        #expect(try await token(body, fields: [:]).member("error")?.string == "invalid_dpop_proof")
        let key = try SigningKey.generate(.es256)
        #expect(try await token(body, fields: ["DPoP": try proof(key)]).member("token_type")?.string == "DPoP")
        #expect(server.issuedTokens.map(\.thumbprint) == [HandMade.thumbprint(key)])
    }

    @Test("An invalid proof leads to an error, never to a bearer token")
    func noDowngrade() async throws {
        var fields: HTTP.Fields = ["Authorization": HandMade.basic("worker", "s3cret"), "DPoP": "x"]
        #expect(try await token(fields: fields).member("error")?.string == "invalid_dpop_proof")
        fields["DPoP"] = try proof(SigningKey.generate(.es256))
        #expect(try await token(fields: fields).status == 200)
        #expect(try await token(fields: fields).member("error")?.string == "invalid_dpop_proof")
        #expect(server.issuedTokens.count == 1)
    }

    @Test("A required nonce is sent with status 400, as in RFC 9449 section 8, and with every token")
    func nonce() async throws {
        server.configuration.nonces = .required
        let key = try SigningKey.generate(.es256)
        let basic = HandMade.basic("worker", "s3cret")
        let challenge = try await token(fields: ["Authorization": basic, "DPoP": try proof(key)])
        #expect(challenge.status == 400)
        #expect(try challenge.member("error")?.string == "use_dpop_nonce")
        let nonce = try #require(challenge.fields["DPoP-Nonce"])
        let response = try await token(fields: ["Authorization": basic, "DPoP": try proof(key, nonce: nonce)])
        #expect(response.status == 200)
        #expect(response.fields["DPoP-Nonce"] == nonce)
        server.rotateNonce()
        let next = try await token(fields: ["Authorization": basic, "DPoP": try proof(key, nonce: nonce)])
        #expect(try next.member("error")?.string == "use_dpop_nonce")
        #expect(next.fields["DPoP-Nonce"] != nonce)
    }

    @Test("Rotating nonces are sent with responses, and the previous one stays valid as long as the policy allows")
    func rotation() async throws {
        let key = try SigningKey.generate(.es256)
        let basic = HandMade.basic("worker", "s3cret")
        func send(_ nonce: String?) async throws -> (Int, String) {
            let fields: HTTP.Fields = ["Authorization": basic, "DPoP": try proof(key, nonce: nonce)]
            let response = try await token(fields: fields)
            return (response.status.rawValue, response.fields["DPoP-Nonce"] ?? "")
        }
        server.configuration.nonces = .rotating(every: 1)
        let first = try await send(nil).1
        let (status, second) = try await send(first)
        #expect(status == 200 && second != first)
        #expect(try await send(first).0 == 200)  // The previous nonce, which is the second from now on.
        #expect(try await send(first).0 == 400)
        server.configuration.nonces = .rotating(every: 2, acceptingPrevious: 0)
        server.rotateNonce()
        let third = try await send(nil).1
        let (once, same) = try await send(third)
        #expect(once == 200 && same == third)
        let (twice, fourth) = try await send(third)
        #expect(twice == 200 && fourth != third)
        #expect(try await send(third).0 == 400)
    }

    @Test("An error response to a valid proof has the next nonce too; a request without a proof gets none")
    func nonceOnError() async throws {
        server.configuration.nonces = .rotating(every: 1, acceptingPrevious: 0)
        let key = try SigningKey.generate(.es256)
        let basic = HandMade.basic("worker", "s3cret")
        let first = try await token(fields: ["Authorization": basic, "DPoP": try proof(key)]).fields["DPoP-Nonce"]
        let rejected = try await token(
            "grant_type=client_credentials&scope=admin",
            fields: ["Authorization": basic, "DPoP": try proof(key, nonce: first)]
        )
        #expect(try rejected.member("error")?.string == "invalid_scope")
        let second = try #require(rejected.fields["DPoP-Nonce"])
        #expect(second != first)
        #expect(try await token(fields: ["Authorization": basic, "DPoP": try proof(key, nonce: second)]).status == 200)
        #expect(try await token().fields["DPoP-Nonce"] == nil)
    }

    @Test("A proof is rejected if the client's calendar is wrong, or the server's")
    func calendars() async throws {
        let key = try SigningKey.generate(.es256)
        let basic = HandMade.basic("worker", "s3cret")
        func send() async throws -> HTTP.Response {
            try await token(fields: ["Authorization": basic, "DPoP": try proof(key)])
        }
        clock.setWallClock(to: Date(timeIntervalSince1970: 1_750_000_600))
        let late = try await send()
        #expect(try late.member("error")?.string == "invalid_dpop_proof")
        #expect(late.fields["Date"] == "Sun, 15 Jun 2025 15:06:40 GMT")
        server.configuration.clockOffset = .seconds(600)
        let corrected = try await send()
        #expect(corrected.status == 200)
        #expect(corrected.fields["Date"] == "Sun, 15 Jun 2025 15:16:40 GMT")
    }

    // MARK: Metadata, revocation, introspection

    @Test(
        "The metadata is at both well-known URLs, with and without a path in the issuer",
        arguments: [
            ("https://a.example", "https://a.example/.well-known/openid-configuration"),
            ("https://a.example", "https://a.example/.well-known/oauth-authorization-server"),
            ("https://a.example/", "https://a.example/.well-known/oauth-authorization-server"),
            ("https://a.example/t/1", "https://a.example/t/1/.well-known/openid-configuration"),
            ("https://a.example/t/1", "https://a.example/.well-known/oauth-authorization-server/t/1"),
        ]
    )
    func metadata(issuer: String, address: String) async throws {
        let server = FakeAuthorizationServer(issuer: issuer, clock: clock)
        server.register(.init(id: "worker", authentication: .clientSecretBasic(secret: "x"), scopes: ["b", "a"]))
        server.configuration.metadata = ["revocation_endpoint": nil, "x": 1]
        let response = try await server.send(HTTP.Request(url: try HTTP.URL(address)))
        #expect(response.status == 200)
        let issuer = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
        #expect(try response.member("issuer")?.string == issuer)
        #expect(try response.member("token_endpoint")?.string == issuer + "/token")
        #expect(try response.member("scopes_supported")?.elements.map(\.string) == ["a", "b"])
        #expect(
            try response.member("dpop_signing_alg_values_supported")?.elements.contains { $0.string == "ES256" } == true
        )
        #expect(try response.member("revocation_endpoint") == nil)
        #expect(try response.member("x")?.int == 1)
        #expect(server.count(.metadata) == 1)
    }

    @Test("Introspection describes a token until it expires or is revoked")
    func introspection() async throws {
        let basic: HTTP.Fields = ["Authorization": HandMade.basic("worker", "s3cret")]
        func introspect(_ token: String) async throws -> HTTP.Response {
            try await server.send(HandMade.form(server.url(of: .introspection), "token=" + token, fields: basic))
        }
        func revoke(_ token: String, _ body: String = "", fields: HTTP.Fields) async throws -> HTTP.Response {
            try await server.send(HandMade.form(server.url(of: .revocation), "token=\(token)\(body)", fields: fields))
        }
        let first = try #require(try await token().member("access_token")?.string)
        let active = try await introspect(first)
        #expect(try active.member("active")?.bool == true)
        #expect(try active.member("scope")?.string == "catalog orders")
        #expect(try active.member("exp")?.int == 1_750_003_600)
        #expect(try await introspect("unknown").text == #"{"active":false}"#)

        let foreign = try await revoke(first, "&client_id=poster&client_secret=p0st", fields: [:])
        #expect(foreign.status == 400)
        #expect(try await introspect(first).member("active")?.bool == true)
        #expect(try await revoke(first, fields: basic).status == 200)
        #expect(try await introspect(first).text == #"{"active":false}"#)
        #expect(try await revoke("unknown", fields: basic).status == 200)

        let second = try #require(try await token().member("access_token")?.string)
        clock.advance(by: .seconds(3599))
        #expect(try await introspect(second).member("active")?.bool == true)
        clock.advance(by: .seconds(1))
        #expect(try await introspect(second).member("active")?.bool == false)
        #expect(try await server.send(HandMade.form(server.url(of: .introspection), "token=x")).status == 401)
    }

    // MARK: Printing

    @Test("No description contains a secret, a token or a proof")
    func redaction() async throws {
        let key = try SigningKey.generate(.es256)
        let proof = try proof(key)
        _ = try await token("grant_type=client_credentials&client_secret=s3cret&x=hidden", fields: ["DPoP": proof])
        _ = try await token(fields: ["Authorization": HandMade.basic("worker", "s3cret"), "DPoP": proof])
        let issued = try #require(server.issuedTokens.first)
        var printed = ""
        dump(server.requests, to: &printed)
        dump(server.issuedTokens, to: &printed)
        dump(FakeAuthorizationServer.Client(id: "a", authentication: .clientSecretPost(secret: "s3cret")), to: &printed)
        printed += "\(server.requests) \(server.issuedTokens) \(server.requests.map(\.form))"
        for secret in ["s3cret", "hidden", String(issued.value.prefix(8)), String(proof.prefix(8)), "Basic "] {
            #expect(!printed.contains(secret), "\(secret)")
        }
        #expect(printed.contains("grant_type=client_credentials"))
        #expect(printed.contains("client_secret=<redacted>"))
    }
}
