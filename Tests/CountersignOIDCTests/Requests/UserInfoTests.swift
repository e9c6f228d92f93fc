import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("Userinfo endpoint")
struct UserInfoTests {
    let fixture = SignInFixture()

    @Test(
        "Userinfo claims are added to the ID token's claims at sign-in, for bearer and DPoP tokens",
        arguments: [nil, DPoPAlgorithm.es256]
    )
    func merged(dpop: DPoPAlgorithm?) async throws {
        fixture.server.configuration.idTokenHoldsUserClaims = false
        fixture.server.configuration.nonces = dpop == nil ? .none : .required
        #expect(try await fixture.signIn(fixture.web { $0.dpop = dpop }).claims.name == nil)
        let result = try await fixture.signIn(
            fixture.web {
                $0.dpop = dpop; $0.loadsUserInfo = true
            }
        )
        #expect(result.claims.name == "Ada")
        #expect(result.idToken?.claims.name == nil)
    }

    @Test("The ID token's claims have precedence, since they are signed")
    func precedence() async throws {
        fixture.server.inject(.member("name", "Mallory"), at: .userinfo)
        let result = try await fixture.signIn(fixture.web { $0.loadsUserInfo = true })
        #expect(result.claims.name == "Ada")
    }

    @Test("P64: A claim that is null counts as missing, and userinfo can have its value")
    func nullClaims() async throws {
        fixture.server.configuration.idTokenClaims = { claims in
            claims["name"] = .null
            claims["locale"] = .null
            claims["roles"] = 7
        }
        fixture.server.inject(.member("picture", .null), at: .userinfo)
        let claims = try await fixture.signIn(fixture.web { $0.loadsUserInfo = true }).claims
        #expect(claims.name == "Ada")
        #expect(claims["locale"] == nil && claims["picture"] == nil)
        #expect(!claims.names.contains("locale") && !claims.names.contains("picture"))
        #expect(claims.roles.isEmpty && claims.text("roles") == nil)
    }

    @Test("A response about another user, a signed or a malformed one is rejected")
    func rejected() async throws {
        let token = try await fixture.signIn(fixture.web()).response.accessToken
        let table: [(Fault, isTransient: Bool)] = [
            (.member("sub", "u2"), false), (.withoutMember("sub"), false), (.member("sub", 1), false),
            (.editing { $0.fields[.contentType] = "application/jwt" }, false),
            (.editing { $0.fields[.contentType] = "text/html" }, false),
            (.editing { $0.fields[.contentType] = nil }, false),
            (.editing { $0.body = Array(#"{"sub":"u1","sub":"u2"}"#.utf8) }, false),
            (.malformedBody, false), (.status(403), false), (.status(503), true),
        ]
        for (fault, isTransient) in table {
            fixture.server.inject(fault, at: .userinfo, times: nil)
            let error = await signInError { () async throws(SignInError) in
                try await fixture.web().userInfo(token, subject: "u1")
            }
            #expect(error?.kind == .userInfo)
            #expect(error?.isTransient == isTransient)
            fixture.server.clearFaults()
        }
        #expect(try await fixture.web().userInfo(token, subject: "u1").name == "Ada")
        #expect(try await fixture.web().userInfo(token).subject == "u1")
    }

    @Test("Case and parameters of the media type are ignored")
    func mediaType() async throws {
        let token = try await fixture.signIn(fixture.web()).response.accessToken
        fixture.server.inject(.editing { $0.fields[.contentType] = "Application/JSON ; charset=utf-8" }, at: .userinfo)
        #expect(try await fixture.web().userInfo(token).subject == "u1")
    }
}
