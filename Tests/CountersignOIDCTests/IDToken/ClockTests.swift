import Countersign
import CountersignTesting
import Testing

@testable import CountersignOIDC

@Suite("ID tokens and clock skew")
struct ClockTests {
    private static let differences = [600, -600, 61, -301, 86_000]

    @Test(
        "A sign-in and its refreshes succeed with a wrong local clock, with and without DPoP",
        arguments: [nil, DPoPAlgorithm.es256],
        differences
    )
    func signIn(dpop: DPoPAlgorithm?, seconds: Int) async throws {
        let fixture = SessionFixture(dpop: dpop)
        fixture.server.configuration.clockOffset = .seconds(seconds)
        fixture.server.configuration.proofWindow = .seconds(10)
        let session = try await fixture.session()
        #expect(session.subject == "u1")
        let first = try #require(try await fixture.stored()?.idToken)
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(try await fixture.stored()?.idToken != first, "the refreshed ID token is accepted, too")
    }

    @Test("A sign-in on another device succeeds with a wrong local clock", arguments: differences)
    func device(seconds: Int) async throws {
        let fixture = SignInFixture()
        fixture.server.configuration.clockOffset = .seconds(seconds)
        let client = fixture.native()
        let authorization = try await client.deviceAuthorization()
        try fixture.server.approveDevice(userCode: authorization.userCode, as: fixture.ada)
        async let result = client.complete(authorization)
        await fixture.clock.waitForSleepers(1)
        fixture.clock.advanceToNextDeadline()
        #expect(try await result.claims.subject == "u1")
    }

    @Test("A Date years ahead is ignored: the ID token is rejected, and the error says how far it is off")
    func absurdDate() async throws {
        let fixture = SignInFixture()
        fixture.server.configuration.clockOffset = .seconds(600)
        fixture.server.inject(.editing { $0.fields[.date] = "Sun, 01 Jan 2040 00:00:00 GMT" }, at: .token)
        let error = await signInError { () async throws(SignInError) in
            do { return try await fixture.signIn(fixture.web()) } catch { throw error as? SignInError ?? unexpected }
        }
        #expect(error?.idTokenError?.kind == .issuedInTheFuture)
        #expect(error?.idTokenError?.timeDifference == .seconds(600))
        #expect(
            error?.description.contains(
                "issuedInTheFuture (iat): the token was issued in the future, off by 600 s: check the clocks"
            )
                == true
        )
    }

    @Test("A Date from a proxy with a wrong clock does not prevent a sign-in", arguments: [-600, 600])
    func foreignDate(seconds: Int) async throws {
        let fixture = SessionFixture()
        fixture.server.configuration.tokenLifetime = .seconds(300)
        let date = try #require(
            HTTPDate.text(secondsSince1970: fixture.clock.unixTime().components.seconds + Int64(seconds))
        )
        fixture.server.inject(.editing { $0.fields[.date] = date }, at: .token)
        #expect(try await fixture.session().subject == "u1")
    }

    private var unexpected: SignInError { SignInError(.configuration, "unexpected") }

    @Test("The times of a logout token are compared with the local clock alone, as it comes from a third party")
    func logoutToken() async throws {
        let fixture = SignInFixture()
        fixture.server.configuration.clockOffset = .seconds(600)
        let client = fixture.web()
        _ = try await fixture.signIn(client)
        let token = try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
        let error = await signInError { () async throws(SignInError) in
            try await client.validate(logoutToken: token) { _, _ in true }
        }
        #expect(error?.idTokenError?.kind == .issuedInTheFuture)
        #expect(error?.description.contains("off by 600 s: check the clocks of this machine and of the server") == true)
    }
}
