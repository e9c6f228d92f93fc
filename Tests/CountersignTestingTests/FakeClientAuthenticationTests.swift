import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import Testing

@Suite("Client authentication at the fake authorization server")
struct FakeClientAuthenticationTests {
    let server: FakeAuthorizationServer

    init() {
        server = FakeAuthorizationServer(clock: VirtualClock())
        server.register(.init(id: "worker", authentication: .clientSecretBasic(secret: "s3cret")))
        server.register(.init(id: "poster", authentication: .clientSecretPost(secret: "p0st")))
        server.register(.init(id: "public", authentication: .none))
    }

    func token(_ body: String = "grant_type=client_credentials", fields: HTTP.Fields) async throws -> HTTP.Response {
        try await server.send(HandMade.form(server.url(of: .token), body, fields: fields))
    }

    @Test("A secret in the body is accepted only from clients registered for client_secret_post")
    func secretPost() async throws {
        let body = "grant_type=client_credentials&client_id="
        #expect(try await token(body + "poster&client_secret=p0st", fields: [:]).status == 200)
        for wrong in [
            "poster&client_secret=wrong", "poster&client_secret=", "poster", "worker&client_secret=s3cret", "nobody",
            "nobody&client_secret=x", "public&client_secret=x",
        ] {
            let response = try await token(body + wrong, fields: [:])
            #expect(response.status == 401, "\(wrong)")
            #expect(try response.member("error")?.string == "invalid_client")
        }
        #expect(try await token(body + "public", fields: [:]).member("error")?.string == "unauthorized_client")
    }

    @Test("Basic credentials are form-decoded as RFC 6749 section 2.3.1 requires")
    func basicEncoding() async throws {
        let id = "a:b c+d/é"
        let secret = "p%ss:w+rd &=é"
        server.register(.init(id: id, authentication: .clientSecretBasic(secret: secret)))
        let encoded = HandMade.basic("a%3Ab+c%2Bd%2F%C3%A9", "p%25ss%3Aw%2Brd+%26%3D%C3%A9")
        #expect(try await token(fields: ["Authorization": encoded]).status == 200)
        // Without encoding, the first colon ends the ID.
        #expect(try await token(fields: ["Authorization": HandMade.basic(id, secret)]).status == 401)
        server.register(.init(id: "raw", authentication: .clientSecretBasic(secret: "a+b%20", formEncoded: false)))
        #expect(try await token(fields: ["Authorization": HandMade.basic("raw", "a+b%20")]).status == 200)
        #expect(try await token(fields: ["Authorization": HandMade.basic("raw", "a%2Bb%2520")]).status == 401)
    }

    @Test(
        "Credentials that are not Basic, or malformed, are rejected with a challenge",
        arguments: [
            "Bearer x", "Basic", "Basic !", "Basic d29ya2Vy", "Basic d29ya2VyOnMzY3JldA", "basic", "",
            "Basic d29ya2VyOndyb25n", "Basic  d29ya2VyOnMzY3JldA==", "Basic d29ya2VyOnMzY3JldB==", "Basic _w==",
        ]
    )
    func malformedBasic(field: String) async throws {
        let response = try await token(fields: ["Authorization": field])
        #expect(response.status == 401)
        #expect(try response.member("error")?.string == "invalid_client")
        #expect(response.fields["WWW-Authenticate"]?.hasPrefix("Basic ") == true)
    }

    func assertion(
        _ key: SigningKey,
        header: String = #"{"alg":"ES256","typ":"JWT"}"#,
        _ change: (inout [String: String]) -> Void = { _ in }
    ) throws -> String {
        var claims = [
            "iss": #""keyed""#, "sub": #""keyed""#, "aud": "\"\(server.issuer)\"", "exp": "1750000060",
            "iat": "1750000000", "jti": "\"\(UUID().uuidString)\"",
        ]
        change(&claims)
        return try HandMade.token(
            header: header,
            claims: "{" + claims.map { #""\#($0.key)":\#($0.value)"# }.joined(separator: ",") + "}",
            key: key
        )
    }

    func assertionBody(_ assertion: String) -> String {
        "grant_type=client_credentials&client_assertion_type="
            + "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" + assertion
    }

    @Test("A signed assertion is accepted once")
    func privateKeyJWT() async throws {
        let key = try SigningKey.generate(.es256)
        server.register(
            .init(id: "keyed", authentication: .privateKeyJWT(keys: [try PublicKey(jwk: HandMade.jwk(key))]))
        )
        let body = assertionBody(try assertion(key))
        #expect(try await token(body, fields: [:]).status == 200)
        #expect(server.issuedTokens.last?.clientID == "keyed")
        let again = try await token(body, fields: [:])
        #expect(again.status == 401)
        #expect(try again.member("error_description")?.string?.contains("jti") == true)
        for audience in [#""https://login.example.com/token""#, #"["x","https://login.example.com"]"#] {
            let other = try assertion(key) { $0["aud"] = audience }
            #expect(try await token(assertionBody(other), fields: [:]).status == 200)
        }
        server.configuration.assertionAudience = .tokenEndpoint
        #expect(try await token(assertionBody(try assertion(key)), fields: [:]).status == 401)
    }

    @Test("Each mistake in an assertion is rejected")
    func wrongAssertions() async throws {
        let key = try SigningKey.generate(.es256)
        server.register(.init(id: "keyed", authentication: .privateKeyJWT(keys: [PublicKey(of: key, keyID: "k1")])))
        var wrong: [String: String] = [
            "another's key": try assertion(SigningKey.generate(.es256)),
            "unknown kid": try assertion(key, header: #"{"alg":"ES256","kid":"k2"}"#),
            "alg none": try assertion(key, header: #"{"alg":"none"}"#),
            "alg HS256": try assertion(key, header: #"{"alg":"HS256"}"#),
            "no token": "x",
        ]
        let mistakes: [(String, String?)] = [
            ("iss", #""other""#), ("iss", nil), ("sub", #""worker""#), ("sub", nil), ("aud", nil),
            ("aud", #""https://evil.example""#), ("aud", #""https://login.example.com/""#), ("aud", "[]"), ("exp", nil),
            ("exp", "1750000000"), ("exp", #""1750000060""#), ("iat", "1750000061"), ("nbf", "1750000061"),
            ("jti", nil),
            ("jti", #""""#),
        ]
        for (name, value) in mistakes {
            wrong["\(name) \(value ?? "missing")"] = try assertion(key) { $0[name] = value }
        }
        for (name, assertion) in wrong {
            let response = try await token(assertionBody(assertion), fields: [:])
            #expect(response.status == 401, "\(name)")
            #expect(try response.member("error")?.string == "invalid_client", "\(name)")
        }
        let right = try assertion(key, header: #"{"alg":"ES256","kid":"k1"}"#)
        #expect(try await token(assertionBody(right), fields: [:]).status == 200)
        #expect(server.issuedTokens.count == 1)
    }

    @Test("An assertion authenticated with the client secret is accepted")
    func clientSecretJWT() async throws {
        server.register(.init(id: "keyed", authentication: .clientSecretJWT(secret: "a long shared secret")))
        func assertion(secret: String) -> String {
            let claims =
                #"{"iss":"keyed","sub":"keyed","aud":"\#(server.issuer)","exp":1750000060,"jti":"\#(UUID().uuidString)"}"#
            let input = HandMade.base64URL(#"{"alg":"HS256"}"#.utf8) + "." + HandMade.base64URL(claims.utf8)
            return input + "." + HandMade.base64URL(HMAC.sha256(key: secret.utf8, message: input.utf8))
        }
        let right = try await token(assertionBody(assertion(secret: "a long shared secret")), fields: [:])
        #expect(right.status == 200)
        let wrong = try await token(assertionBody(assertion(secret: "another secret")), fields: [:])
        #expect(wrong.status == 401)
    }

    @Test("A key that is malformed, unsupported or has a private part cannot be registered")
    func registeredKeys() throws {
        let key = try SigningKey.generate(.es256)
        let invalid: [(String, PublicKeyError.Kind)] = [
            (HandMade.jwk(key, extra: #","d":"AAAA""#), .privateKey), (#"{"kty":"oct","k":"AAAA"}"#, .privateKey),
            ("{}", .unsupported), (#"{"kty":"EC","crv":"P-192"}"#, .unsupported),
            ("", .malformed), ("[]", .malformed), (#"{"kty":"EC","crv":"P-256","x":"A"}"#, .malformed),
            (#"{"kty":"RSA","n":"AAAA","e":"AQAB"}"#, .invalid),
        ]
        for (text, kind) in invalid {
            let error = #expect(throws: PublicKeyError.self) { try PublicKey(jwk: text) }
            #expect(error?.kind == kind, "\(text)")
        }
        let error = #expect(throws: PublicKeyError.self) { try PublicKey(pem: "no key") }
        #expect(error?.kind == .invalid)
    }
}
