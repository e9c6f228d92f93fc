import Countersign

extension FakeAuthorizationServer {
    /// Every family of refresh tokens, in the order in which they were begun.
    public var refreshTokenFamilies: [RefreshTokenFamily] {
        let time = time()
        return state.withLock { state in
            state.grants.values.sorted { $0.id < $1.id }.compactMap { RefreshTokenFamily($0, time: time) }
        }
    }

    /// The families whose newest refresh token is still good.
    public var liveRefreshTokenFamilies: [RefreshTokenFamily] { refreshTokenFamilies.filter(\.isLive) }

    /// How often a refresh token came that had been replaced before (RFC 9700 section 4.14.2).
    ///
    /// Counted with ``Configuration/RefreshTokenRotation/strict``; each time, the family was ended.
    public var reuseDetections: Int {
        state.withLock { $0.grants.values.reduce(0) { $0 + $1.reuseDetections } }
    }

    /// How often an authorization code came that had been redeemed before; each time, its tokens were revoked.
    public var codeReuseDetections: Int { state.withLock { $0.codeReuseDetections } }

    /// Ends a family of refresh tokens and revokes its access tokens, as an administrator does.
    public func revokeRefreshTokenFamily(_ id: Int) {
        state.withLock { $0.revoke(grantID: id) }
    }
}

extension FakeAuthorizationServer.State {
    /// The grant behind a refresh token that is still good (RFC 6749 section 6).
    mutating func grant(
        ofRefreshToken value: String,
        client: FakeAuthorizationServer.Client,
        thumbprint: String?,
        time: Double
    ) throws(OAuthRefusal) -> UserGrant {
        guard let token = refreshTokens[value], let grant = grants[token.grantID], grant.clientID == client.id else {
            throw .invalidGrant("the refresh token is not known, or another client's")
        }
        guard grant.isLive(at: time) else { throw .invalidGrant("the refresh token was revoked, or has expired") }
        if let replacedAt = token.replacedAt, time - replacedAt >= configuration.refreshTokenOverlap.seconds {
            if configuration.refreshTokenRotation == .strict {
                grants[grant.id]?.reuseDetections += 1
                revoke(grantID: grant.id)
            }
            throw .invalidGrant("the refresh token was used before")
        }
        if let bound = grant.thumbprint, bound != thumbprint {
            throw thumbprint == nil
                ? OAuthRefusal(code: "invalid_dpop_proof", description: "the refresh token is bound to a key")
                : .invalidGrant("the refresh token is bound to another key")
        }
        return grant
    }

    /// Ends a grant: its refresh tokens and its access tokens.
    mutating func revoke(grantID: Int) {
        grants[grantID]?.isRevoked = true
        for (value, token) in tokens where token.familyID == grantID { tokens[value]?.isRevoked = true }
    }

    /// Notes the first refresh token of a grant, or the one that replaces `used`.
    mutating func adopt(refreshToken: String, grantID: Int, replacing used: String?, time: Double) {
        if let used, refreshTokens[used]?.replacedAt == nil { refreshTokens[used]?.replacedAt = time }
        refreshTokens[refreshToken] = RefreshToken(grantID: grantID)
        grants[grantID]?.refreshToken = refreshToken
    }
}
