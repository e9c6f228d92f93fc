import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("The userinfo endpoint")
struct UserInfoTests {
    let world = World()

    @Test(
        "What it says is added to the ID token's claims at sign-in, for bearer and bound tokens",
        arguments: [nil, DPoPAlgorithm.es256]
    )
    func merged(dpop: DPoPAlgorithm?) async throws {
        world.server.configuration.idTokenHoldsUserClaims = false
        world.server.configuration.nonces = dpop == nil ? .none : .required
        #expect(try await world.signIn(world.web { $0.dpop = dpop }).claims.name() == nil)
        let result = try await world.signIn(
            world.web {
                $0.dpop = dpop; $0.loadsUserInfo = true
            }
        )
        #expect(result.claims.name() == "Ada")
        #expect(result.idToken?.claims.name() == nil)
    }

    @Test("Where both speak, the ID token is believed, whose signature was checked")
    func precedence() async throws {
        world.server.inject(.member("name", "Mallory"), at: .userinfo)
        let result = try await world.signIn(world.web { $0.loadsUserInfo = true })
        #expect(result.claims.name() == "Ada")
    }

    @Test("What is about somebody else, is signed, or is no userinfo at all, is refused")
    func refused() async throws {
        let token = try await world.signIn(world.web()).response.accessToken
        let table: [(Fault, isTransient: Bool)] = [
            (.member("sub", "u2"), false), (.withoutMember("sub"), false), (.member("sub", 1), false),
            (.editing { $0.fields[.contentType] = "application/jwt" }, false),
            (.editing { $0.fields[.contentType] = "text/html" }, false),
            (.editing { $0.fields[.contentType] = nil }, false),
            (.editing { $0.body = Array(#"{"sub":"u1","sub":"u1"}"#.utf8) }, false),
            (.malformedBody, false), (.status(403), false), (.status(503), true),
        ]
        for (fault, isTransient) in table {
            world.server.inject(fault, at: .userinfo, times: nil)
            let error = await signInError { () async throws(SignInError) in
                try await world.web().userInfo(token, subject: "u1")
            }
            #expect(error?.kind == .userInfo)
            #expect(error?.isTransient == isTransient)
            world.server.clearFaults()
        }
        #expect(try await world.web().userInfo(token, subject: "u1").name() == "Ada")
        #expect(try await world.web().userInfo(token).subject == "u1")
    }

    @Test("A parameter of the media type does not matter")
    func mediaType() async throws {
        let token = try await world.signIn(world.web()).response.accessToken
        world.server.inject(.editing { $0.fields[.contentType] = "Application/JSON ; charset=utf-8" }, at: .userinfo)
        #expect(try await world.web().userInfo(token).subject == "u1")
    }
}
