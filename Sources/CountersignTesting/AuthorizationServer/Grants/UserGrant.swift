/// A grant of a user to a client, the origin of a code and of all tokens issued for it.
struct UserGrant: Sendable {
    let id: Int
    let clientID: String
    let user: FakeUser
    let sessionID: String
    let scopes: Set<String>
    /// The requested resources; empty: any that the client may request.
    let resources: [String]
    let nonce: String?
    /// `auth_time`.
    let authenticatedAt: Double
    /// `acr`.
    let context: String?
    /// The key that the refresh tokens of a public client are bound to (RFC 9449 section 5).
    var thumbprint: String?
    /// The expiry of the refresh tokens; nil: never.
    var expiresAt: Double?
    /// The newest refresh token; nil if none was issued.
    var refreshToken: String?
    /// The number of refreshes.
    var generation = 0
    var reuseDetections = 0
    var isRevoked = false

    func isLive(at time: Double) -> Bool {
        !isRevoked && (expiresAt.map { $0 > time } ?? true)
    }
}

/// A refresh token, current or past.
struct RefreshToken: Sendable {
    let grantID: Int
    /// The time of its replacement; nil for the current token.
    var replacedAt: Double?
}
