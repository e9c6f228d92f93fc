import Countersign

/// A device authorization under way (RFC 8628).
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
    /// The seconds that must lie between two polls; `slow_down` adds five (section 3.5).
    var interval: Double
    var lastPoll: Double?
    var outcome = Outcome.pending
}

extension FakeAuthorizationServer.State {
    /// The grant behind a device code that the user has approved (RFC 8628 section 3.5).
    mutating func grant(
        ofDeviceCode code: String,
        clientID: String,
        isPoll: Bool,
        time: Double
    ) throws(OAuthRefusal) -> UserGrant {
        guard var device = devices[code], device.clientID == clientID else {
            throw .invalidGrant("the device code is not known, or another client's")
        }
        guard device.expiresAt > time else {
            throw OAuthRefusal(code: "expired_token", description: "the device code has expired")
        }
        if isPoll {
            let isEarly = device.lastPoll.map { time - $0 < device.interval } ?? false
            if isEarly { device.interval += 5 }
            device.lastPoll = time
            devices[code] = device
            if isEarly { throw OAuthRefusal(code: "slow_down", description: "the last poll was too short ago") }
        }
        switch device.outcome {
        case .pending:
            throw OAuthRefusal(code: "authorization_pending", description: "the user has not decided yet")
        case .denied:
            throw OAuthRefusal(code: "access_denied", description: "the user has refused")
        case .redeemed:
            throw .invalidGrant("the device code was redeemed before")
        case .approved(let id):
            guard let grant = grants[id], !grant.isRevoked else { throw .invalidGrant("the grant was revoked") }
            return grant
        }
    }

    /// The device code of a user code that waits for the user, as typed: case and punctuation do not matter.
    func deviceCode(ofUserCode typed: String, time: Double) -> String? {
        let letters = UserCode.letters(of: typed)
        return devices.first { _, device in
            guard case .pending = device.outcome, device.expiresAt > time else { return false }
            return UserCode.letters(of: device.userCode) == letters
        }?.key
    }
}
