/// What a user has granted to a client: what a code stands for, and all tokens that come of it.
struct UserGrant: Sendable {
    let id: Int
    let clientID: String
    let user: FakeUser
    let sessionID: String
    let scopes: Set<String>
    /// The resources that were asked for; empty: any that the client may ask for.
    let resources: [String]
    let nonce: String?
    /// `auth_time`.
    let authenticatedAt: Double
    /// `acr`.
    let context: String?
    /// The key that the refresh tokens of a public client are bound to (RFC 9449 section 5).
    var thumbprint: String?
    /// When the refresh tokens end; nil: never.
    var expiresAt: Double?
    /// The refresh token that is good; nil when none was given.
    var refreshToken: String?
    /// How often it was refreshed.
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
    /// Since when it is replaced; nil while it is not.
    var replacedAt: Double?
}
