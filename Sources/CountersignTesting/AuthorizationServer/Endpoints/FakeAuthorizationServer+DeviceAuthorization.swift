import Countersign
import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON

extension FakeAuthorizationServer {
    /// The user codes that no user has approved or denied yet.
    public var pendingUserCodes: [String] {
        let time = time()
        return state.withLock { state in
            state.devices.values.filter { device in
                guard case .pending = device.outcome else { return false }
                return device.expiresAt > time
            }.map(\.userCode).sorted()
        }
    }

    /// Approves the request of a device, as a user who enters its code on the verification page.
    ///
    /// - Parameters:
    ///   - userCode: The user code; case and punctuation are ignored.
    ///   - user: The user who signs in.
    ///   - scopes: The scopes that the user grants; nil: all requested scopes.
    /// - Throws: ``AuthorizationRejectedError`` if no device waits with this code.
    public func approveDevice(
        userCode: String,
        as user: FakeUser,
        scopes: Set<String>? = nil
    ) throws(AuthorizationRejectedError) {
        try decide(userCode: userCode, .approval(by: user, scopes: scopes))
    }

    /// Denies the request of a device: its next poll fails with `access_denied`.
    ///
    /// - Throws: ``AuthorizationRejectedError`` if no device waits with this code.
    public func denyDevice(userCode: String) throws(AuthorizationRejectedError) {
        try decide(userCode: userCode, .denial(error: "access_denied", description: nil))
    }

    func decide(userCode: String, _ decision: Decision) throws(AuthorizationRejectedError) {
        let time = time()
        guard let sessionID = try? randomText() else {
            throw AuthorizationRejectedError(status: 500, "no random bytes available")
        }
        try state.withLock { state throws(AuthorizationRejectedError) in
            guard let code = state.deviceCode(ofUserCode: userCode, time: time), let device = state.devices[code] else {
                throw AuthorizationRejectedError("the code is unknown, or expired")
            }
            switch decision {
            case .denial:
                state.devices[code]?.outcome = .denied
            case .approval(let user, let scopes):
                let session = state.addSession(of: user, clientID: device.clientID, id: sessionID, time: time)
                let grant = state.addGrant(
                    to: device.clientID,
                    by: user,
                    session: session,
                    scopes: scopes.map(device.scopes.intersection) ?? device.scopes,
                    resources: device.resources
                )
                state.devices[code]?.outcome = .approved(grantID: grant.id)
            }
        }
    }

    /// Responds to a request to the device authorization endpoint (RFC 8628 section 3.1).
    func authorizeDevice(form: FormParameters, client: Client) throws(OAuthErrorResponse) -> HTTP.Response {
        guard client.grantTypes.contains(.deviceCode) else {
            throw OAuthErrorResponse(code: "unauthorized_client", description: "the client may not use this grant")
        }
        let configuration = configuration
        let scopes = try ScopeList.read(form["scope"], allowed: client.scopes)
        let resources = try ResourceList.read(form, client: client)
        let deviceCode = try randomText()
        guard let userCode = try? UserCode.random() else { throw OAuthErrorResponse(status: 500, code: "server_error") }
        let lifetime = configuration.deviceCodeLifetime.clamped
        let device = DeviceGrant(
            userCode: userCode,
            clientID: client.id,
            scopes: scopes,
            resources: resources,
            expiresAt: time() + lifetime.seconds,
            interval: configuration.devicePollInterval.seconds
        )
        state.withLock { $0.devices[deviceCode] = device }
        let page = url(of: .deviceVerification)
        var response = HTTP.Response.json(
            value: [
                "device_code": .string(deviceCode),
                "user_code": .string(userCode),
                "verification_uri": .string(page),
                "verification_uri_complete": .string(page + "?user_code=" + userCode),
                "expires_in": .int(lifetime.components.seconds),
                "interval": .int(configuration.devicePollInterval.clamped.components.seconds),
            ]
        )
        response.fields.append(name: .cacheControl, value: "no-store")
        return response
    }
}
