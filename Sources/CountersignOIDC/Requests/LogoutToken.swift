import Countersign
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A validated logout token (OpenID Connect Back-Channel Logout section 2.4).
///
/// The authorization server sends one when a user has signed out.
public struct LogoutToken: Sendable {
    /// The issuer (`iss`).
    public let issuer: String
    /// The user who signed out (`sub`); nil if the token only has a ``sessionID``.
    public let subject: String?
    /// The session at the server that ended (`sid`); nil if all of the user's sessions ended.
    public let sessionID: String?
    /// The token's identifier (`jti`).
    public let identifier: String
    /// The time when the token was issued (`iat`), by the issuer's clock.
    public let issuedAt: Date
    /// The expiration time: `exp`, or the end of ``SignInConfiguration/logoutTokenLifetime`` for a token without it.
    public let expiresAt: Date
}

extension OIDCClient {
    /// Validates a logout token (OpenID Connect Back-Channel Logout section 2.6).
    ///
    /// The authorization server sends it as the `logout_token` parameter of a POST.
    ///
    /// - Parameters:
    ///   - logoutToken: The token in compact form.
    ///   - isFirst: Returns true if no token with this identifier was accepted before, and remembers the identifier until
    ///     the given time. It is called last, and only for a token that is valid otherwise.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/invalidLogoutToken``, or of another kind if the issuer's keys
    ///   are unavailable.
    public func validate(
        logoutToken: String,
        isFirst: (_ identifier: String, _ until: Date) async -> Bool
    ) async throws(SignInError) -> LogoutToken {
        var validator = try validator()
        validator.lifetimeWithoutExpiry = configuration.logoutTokenLifetime
        // Older servers set `typ` to JWT or omit it. The claims then distinguish the token from an ID token.
        let (_, claims) = try await verify(
            logoutToken,
            for: &validator,
            types: ["logout+jwt", "jwt"],
            errorKind: .invalidLogoutToken
        )
        let token: LogoutToken
        do {
            token = try validator.validateLogoutToken(claims)
        } catch {
            throw SignInError(error, .invalidLogoutToken)
        }
        guard await isFirst(token.identifier, token.expiresAt.adding(IDTokenValidator.leeway)) else {
            throw SignInError(IDTokenError(.replayed, "jti"), .invalidLogoutToken)
        }
        return token
    }
}

extension IDTokenValidator {
    private static let logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

    /// Validates the claims of a logout token.
    func validateLogoutToken(_ claims: ClaimsReader) throws(IDTokenError) -> LogoutToken {
        let issuer = try validatedIssuer(claims)
        _ = try validatedAudience(claims)
        let (expiresAt, issuedAt) = try validatedTimes(claims)
        guard claims["events"]?[Self.logoutEvent]?.kind == .object else {
            throw IDTokenError(.notALogoutToken, "events")
        }
        // A nonce is forbidden so that an ID token cannot pass for a logout token.
        guard claims["nonce"] == nil else { throw IDTokenError(.wrongNonce, "nonce") }
        let subject = try claims.string("sub")
        let sessionID = try claims.string("sid")
        guard subject != nil || sessionID != nil else { throw IDTokenError(.missingClaim, "sub") }
        // An empty value would end no session, and the server would still get a success response.
        guard subject?.isEmpty != true else { throw IDTokenError(.missingClaim, "sub") }
        guard sessionID?.isEmpty != true else { throw IDTokenError(.missingClaim, "sid") }
        let identifier = try claims.requiredString("jti")
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
