import Countersign

extension FakeAuthorizationServer {
    /// All families of refresh tokens, in the order of their grants.
    public var refreshTokenFamilies: [RefreshTokenFamily] {
        let time = time()
        return state.withLock { state in
            state.grants.values.sorted { $0.id < $1.id }.compactMap { RefreshTokenFamily($0, time: time) }
        }
    }

    /// The families whose newest refresh token is still valid.
    public var liveRefreshTokenFamilies: [RefreshTokenFamily] { refreshTokenFamilies.filter(\.isLive) }

    /// The number of requests with a replaced refresh token (RFC 9700 section 4.14.2).
    ///
    /// They are counted with ``Configuration/RefreshTokenRotation/strict``, and each revokes its family.
    public var reuseDetections: Int {
        state.withLock { $0.grants.values.reduce(0) { $0 + $1.reuseDetections } }
    }

    /// The number of requests with an already redeemed authorization code; each revokes the tokens of its code.
    public var codeReuseDetections: Int { state.withLock { $0.codeReuseDetections } }

    /// Revokes a family of refresh tokens and its access tokens, as an administrator would.
    public func revokeRefreshTokenFamily(_ id: Int) {
        state.withLock { $0.revoke(grantID: id) }
    }
}

extension FakeAuthorizationServer.State {
    /// Validates a refresh token and returns its grant (RFC 6749 section 6).
    mutating func grant(
        ofRefreshToken value: String,
        client: FakeAuthorizationServer.Client,
        thumbprint: String?,
        time: Double
    ) throws(OAuthErrorResponse) -> UserGrant {
        guard let token = refreshTokens[value], let grant = grants[token.grantID], grant.clientID == client.id else {
            throw .invalidGrant("the refresh token is unknown, or belongs to another client")
        }
        guard grant.isLive(at: time) else { throw .invalidGrant("the refresh token expired or was revoked") }
        if let replacedAt = token.replacedAt, time - replacedAt >= configuration.refreshTokenOverlap.seconds {
            if configuration.refreshTokenRotation == .strict {
                grants[grant.id]?.reuseDetections += 1
                revoke(grantID: grant.id)
            }
            throw .invalidGrant("the refresh token was already used")
        }
        if let bound = grant.thumbprint, bound != thumbprint {
            throw thumbprint == nil
                ? OAuthErrorResponse(code: "invalid_dpop_proof", description: "the refresh token is bound to a key")
                : .invalidGrant("the refresh token is bound to another key")
        }
        return grant
    }

    /// Revokes a grant with its refresh tokens and access tokens.
    mutating func revoke(grantID: Int) {
        grants[grantID]?.isRevoked = true
        for (value, token) in tokens where token.familyID == grantID { tokens[value]?.isRevoked = true }
    }

    /// Adds the first refresh token of a grant, or the one that replaces `used`.
    mutating func addRefreshToken(_ refreshToken: String, grantID: Int, replacing used: String?, time: Double) {
        if let used, refreshTokens[used]?.replacedAt == nil { refreshTokens[used]?.replacedAt = time }
        refreshTokens[refreshToken] = RefreshToken(grantID: grantID)
        grants[grantID]?.refreshToken = refreshToken
    }
}
