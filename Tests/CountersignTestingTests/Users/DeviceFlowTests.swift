import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Testing

@Suite("Device flow")
struct DeviceFlowTests {
    let fixture = SignInFixture()
    var server: FakeAuthorizationServer { fixture.server }

    func authorize(_ client: String = "native") async throws -> HTTP.Response {
        let body = SignInFixture.encode(["client_id": client, "scope": "openid notes.read"])
        return try await server.send(HandMade.form(server.url(of: .deviceAuthorization), body))
    }

    func poll(_ code: String, client: String = "native") async throws -> HTTP.Response {
        try await fixture.token(
            [
                "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": client,
                "device_code": code,
            ],
            fields: [:]
        )
    }

    @Test("A device polls until its user approves, then gets all tokens once")
    func flow() async throws {
        let device = try await authorize()
        let code = try device.text("device_code")
        let userCode = try device.text("user_code")
        #expect(try device.text("verification_uri") == "https://login.example.com/device")
        #expect(
            try device.text("verification_uri_complete") == "https://login.example.com/device?user_code=\(userCode)"
        )
        #expect(try device.member("expires_in")?.int == 600)
        #expect(try device.member("interval")?.int == 5)
        #expect(server.pendingUserCodes == [userCode])
        #expect(try await poll(code).error == "authorization_pending")
        try server.approveDevice(userCode: userCode.lowercased().replacing("-", with: " "), as: fixture.ada)
        #expect(server.pendingUserCodes.isEmpty)
        fixture.clock.advance(by: .seconds(5))
        let tokens = try await poll(code)
        #expect(try ParsedToken(tokens.text("id_token")).claims["sub"]?.string == "u1")
        #expect(try tokens.text("scope") == "notes.read openid")
        #expect(server.liveRefreshTokenFamilies.count == 1)
        #expect(server.count(grantType: .deviceCode) == 2)
        fixture.clock.advance(by: .seconds(5))
        #expect(try await poll(code).error == "invalid_grant")
        #expect(throws: AuthorizationRejectedError.self) { try server.denyDevice(userCode: userCode) }
    }

    @Test("An early poll increases the interval by five seconds")
    func slowDown() async throws {
        let code = try await authorize().text("device_code")
        #expect(try await poll(code).error == "authorization_pending")
        fixture.clock.advance(by: .seconds(4))
        #expect(try await poll(code).error == "slow_down")
        fixture.clock.advance(by: .seconds(9))
        #expect(try await poll(code).error == "slow_down")
        fixture.clock.advance(by: .seconds(15))
        #expect(try await poll(code).error == "authorization_pending")
    }

    @Test("A user can deny access, or be too late")
    func noApproval() async throws {
        let denied = try await authorize()
        try server.denyDevice(userCode: denied.text("user_code"))
        #expect(try await poll(denied.text("device_code")).error == "access_denied")
        let late = try await authorize()
        fixture.clock.advance(by: .seconds(600))
        #expect(throws: AuthorizationRejectedError.self) {
            try server.approveDevice(userCode: late.text("user_code"), as: fixture.ada)
        }
        #expect(try await poll(late.text("device_code")).error == "expired_token")
        #expect(try await poll("unknown").error == "invalid_grant")
    }

    @Test("A client without the grant type is rejected")
    func unauthorized() async throws {
        let request = try HandMade.form(server.url(of: .deviceAuthorization), "", fields: SignInFixture.webBasic)
        #expect(try await server.send(request).error == "unauthorized_client")
    }
}
