import CountersignJSON

/// A validated logout token (OpenID Connect Back-Channel Logout section 2.4): the authorization server says that a user
/// has signed out.
public struct LogoutToken: Sendable {
    public let issuer: String
    /// Who signed out; nil when only ``sessionID`` says it.
    public let subject: String?
    /// The session at the server that ended (`sid`); nil when it is all of the user's.
    public let sessionID: String?
    /// The token's own identifier (`jti`).
    public let identifier: String
    /// When it was issued, since 1 January 1970 UTC, by the issuer's clock.
    public let issuedAt: Duration
    /// When it ends, since 1 January 1970 UTC.
    public let expiresAt: Duration
}

extension OIDCClient {
    /// Validates a logout token, as it comes in the `logout_token` parameter of a POST from the authorization server (OpenID
    /// Connect Back-Channel Logout section 2.6).
    ///
    /// - Parameters:
    ///   - logoutToken: The token.
    ///   - isFirst: Whether a token of that identifier is seen for the first time; it is to be remembered until the
    ///     given time, since 1 January 1970 UTC. Asked last, of a token that is right in all other ways.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/logoutToken``, or of another when the issuer's keys cannot be
    ///   had.
    public func validate(
        logoutToken: String,
        isFirst: (_ identifier: String, _ until: Duration) async -> Bool
    ) async throws(SignInError) -> LogoutToken {
        let rules = try rules()
        // Old servers say JWT or nothing: then it is the claims that tell it from an ID token.
        let (_, claims) = try await verified(logoutToken, types: ["logout+jwt", "jwt"], orThrowing: .logoutToken)
        let token: LogoutToken
        do {
            token = try rules.logoutToken(claims)
        } catch {
            throw SignInError(error, .logoutToken)
        }
        guard await isFirst(token.identifier, token.expiresAt + IDTokenRules.leeway) else {
            throw SignInError(IDTokenError(.replayed, "jti"), .logoutToken)
        }
        return token
    }
}

extension IDTokenRules {
    private static let event = "http://schemas.openid.net/event/backchannel-logout"

    /// The logout token that these claims are.
    func logoutToken(_ claims: ClaimsReader) throws(IDTokenError) -> LogoutToken {
        try checkIssuer(claims)
        _ = try checkedAudience(claims)
        let (expiresAt, issuedAt) = try checkTimes(claims)
        guard claims["events"]?[Self.event]?.kind == .object else { throw IDTokenError(.notALogout, "events") }
        // An ID token could be passed off as one, were it not for this.
        guard claims["nonce"] == nil else { throw IDTokenError(.wrongNonce, "nonce") }
        let subject = try claims.text("sub")
        let sessionID = try claims.text("sid")
        guard subject != nil || sessionID != nil else { throw IDTokenError(.missingClaim, "sub") }
        // An empty one means nobody: then nobody would be signed out, and the server told that all is well.
        guard subject?.isEmpty != true else { throw IDTokenError(.missingClaim, "sub") }
        guard sessionID?.isEmpty != true else { throw IDTokenError(.missingClaim, "sid") }
        let identifier = try claims.requiredText("jti")
        guard 1...255 ~= identifier.utf8.count else { throw IDTokenError(.malformedClaims, "jti") }
        return LogoutToken(
            issuer: issuer,
            subject: subject,
            sessionID: sessionID,
            identifier: identifier,
            issuedAt: issuedAt,
            expiresAt: expiresAt
        )
    }
}

extension LogoutToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "LogoutToken(\(issuer))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}
