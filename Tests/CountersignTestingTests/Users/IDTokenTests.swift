import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@Suite("ID tokens of the fake authorization server")
struct IDTokenTests {
    let fixture = SignInFixture()
    var server: FakeAuthorizationServer { fixture.server }

    func keys() async throws -> HTTP.Response {
        try await fixture.get(server.url(of: .jwks))
    }

    @Test(
        "ID tokens are signed with the configured algorithm, which metadata and keys announce",
        arguments: [SignatureAlgorithm.es256, .rs256, .ps256, .edDSA]
    )
    func algorithm(_ algorithm: SignatureAlgorithm) async throws {
        server.configuration.idTokenAlgorithm = algorithm
        let token = try ParsedToken(await fixture.signIn().text("id_token"))
        #expect(token.header["alg"]?.string == algorithm.rawValue)
        #expect(try token.isSigned(byOneOf: await keys()))
        let names = try await fixture.get(server.url(of: .metadata)).member("id_token_signing_alg_values_supported")
        #expect(names?.elements.map(\.string) == [algorithm.rawValue])
    }

    @Test("at_hash uses SHA-512 for EdDSA")
    func halfHash() async throws {
        server.configuration.idTokenAlgorithm = .edDSA
        let response = try await fixture.signIn()
        let digest = try SHA2.sha512(response.text("access_token").utf8)
        let claims = try ParsedToken(response.text("id_token")).claims
        #expect(claims["at_hash"]?.string == HandMade.base64URL(digest.prefix(32)))
    }

    @Test("After a rotation tokens are signed with a new key, and the old one stays published if it is kept")
    func rotation() async throws {
        let first = try ParsedToken(await fixture.signIn().text("id_token"))
        server.rotateSigningKey()
        let second = try ParsedToken(await fixture.signIn().text("id_token"))
        #expect(first.header["kid"]?.string != second.header["kid"]?.string)
        #expect(try first.isSigned(byOneOf: await keys()))
        #expect(try second.isSigned(byOneOf: await keys()))
        server.rotateSigningKey(keepingOld: false)
        #expect(try await !first.isSigned(byOneOf: keys()))
        #expect(try await !second.isSigned(byOneOf: keys()))
        let third = try ParsedToken(await fixture.signIn().text("id_token"))
        #expect(try third.isSigned(byOneOf: await keys()))
        #expect(try await keys().member("keys")?.elements.count { _ in true } == 1)
        #expect(server.count(.jwks) == 6)
    }

    @Test("Claims can be edited before signing, and the token after")
    func tampering() async throws {
        server.configuration.idTokenClaims = { $0["aud"] = ["web", "other"] }
        let changed = try ParsedToken(await fixture.signIn().text("id_token"))
        #expect(changed.claims["aud"]?.elements.map(\.string) == ["web", "other"])
        #expect(try changed.isSigned(byOneOf: await keys()))
        server.configuration.rawIDToken = { $0.split(separator: ".").dropLast().joined(separator: ".") + "." }
        #expect(try await fixture.signIn().text("id_token").hasSuffix("."))
        let own = try ParsedToken(server.sign(["sub": "x"], header: ["typ": "odd", "kid": nil]))
        #expect(own.header["typ"]?.string == "odd" && own.header["kid"] == nil)
        #expect(own.claims["sub"]?.string == "x" && own.claims["iss"] == nil)
    }

    @Test("Claims about the user can be in userinfo only")
    func userClaims() async throws {
        server.configuration.idTokenHoldsUserClaims = false
        let response = try await fixture.signIn()
        #expect(try ParsedToken(response.text("id_token")).claims["name"] == nil)
        let token = try response.text("access_token")
        let claims = try await fixture.get(server.url(of: .userinfo), fields: ["Authorization": "Bearer \(token)"])
        #expect(try claims.text("name") == "Ada")
    }

    @Test("A logout token has the claims of the specification and the edits of a test")
    func logoutToken() async throws {
        _ = try await fixture.signIn()
        let session = try #require(server.sessions.first)
        #expect(session.clientIDs == ["web"])
        let token = try ParsedToken(
            server.logoutToken(clientID: "web", subject: session.subject, sessionID: session.id)
        )
        #expect(token.header["typ"]?.string == "logout+jwt")
        #expect(token.claims["iss"]?.string == server.issuer)
        #expect(token.claims["aud"]?.string == "web")
        #expect(token.claims["sub"]?.string == "u1")
        #expect(token.claims["sid"]?.string == session.id)
        #expect(token.claims["jti"]?.string?.isEmpty == false)
        #expect(token.claims["iat"]?.int == 1_750_000_000)
        #expect(token.claims["events"]?["http://schemas.openid.net/event/backchannel-logout"]?.kind == .object)
        #expect(try token.isSigned(byOneOf: await keys()))
        let bad = try ParsedToken(server.logoutToken(clientID: "web", subject: "u1") { $0["nonce"] = "n" })
        #expect(bad.claims["nonce"]?.string == "n")
    }
}
