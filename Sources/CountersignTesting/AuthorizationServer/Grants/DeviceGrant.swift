import Countersign

/// A device authorization (RFC 8628).
struct DeviceGrant: Sendable {
    enum Outcome: Sendable {
        case pending
        case approved(grantID: Int)
        case denied
        case redeemed
    }

    let userCode: String
    let clientID: String
    let scopes: Set<String>
    let resources: [String]
    let expiresAt: Double
    /// The minimum time between two polls, in seconds; `slow_down` adds five (section 3.5).
    var interval: Double
    var lastPoll: Double?
    var outcome = Outcome.pending
}

extension FakeAuthorizationServer.State {
    /// Returns the grant of a device code that the user has approved (RFC 8628 section 3.5).
    mutating func grant(
        ofDeviceCode code: String,
        clientID: String,
        isPoll: Bool,
        time: Double
    ) throws(OAuthErrorResponse) -> UserGrant {
        guard var device = devices[code], device.clientID == clientID else {
            throw .invalidGrant("the device code is unknown, or belongs to another client")
        }
        guard device.expiresAt > time else {
            throw OAuthErrorResponse(code: "expired_token", description: "the device code expired")
        }
        if isPoll {
            let isEarly = device.lastPoll.map { time - $0 < device.interval } ?? false
            if isEarly { device.interval += 5 }
            device.lastPoll = time
            devices[code] = device
            if isEarly {
                throw OAuthErrorResponse(
                    code: "slow_down",
                    description: "the interval since the last poll is too short"
                )
            }
        }
        switch device.outcome {
        case .pending:
            throw OAuthErrorResponse(code: "authorization_pending", description: "the user has not decided yet")
        case .denied:
            throw OAuthErrorResponse(code: "access_denied", description: "the user denied the request")
        case .redeemed:
            throw .invalidGrant("the device code was already redeemed")
        case .approved(let id):
            guard let grant = grants[id], !grant.isRevoked else { throw .invalidGrant("the grant was revoked") }
            return grant
        }
    }

    /// Returns the device code of a pending user code as typed; case and punctuation are ignored.
    func deviceCode(ofUserCode typed: String, time: Double) -> String? {
        let letters = UserCode.letters(of: typed)
        return devices.first { _, device in
            guard case .pending = device.outcome, device.expiresAt > time else { return false }
            return UserCode.letters(of: device.userCode) == letters
        }?.key
    }
}
