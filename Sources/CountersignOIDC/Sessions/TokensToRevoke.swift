/// The tokens that a sign-out revokes at the authorization server (RFC 7009).
public enum TokensToRevoke: Sendable, Hashable {
    /// No tokens: they remain valid until they expire.
    case nothing
    /// The refresh token, with which most servers also revoke its access tokens. A session without a refresh token
    /// revokes its access tokens.
    case refreshToken
    /// The refresh token and all access tokens.
    case allTokens
}
