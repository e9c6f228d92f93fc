public import Countersign

/// The result of revoking tokens at the authorization server (RFC 7009).
public enum RevocationResult: Sendable {
    /// The authorization server has revoked the tokens.
    case revoked
    /// No revocation was requested, or there were no tokens.
    case notRequested
    /// The authorization server has no revocation endpoint.
    case notSupported
    /// At least one token was not revoked.
    case failed(TokenError)
}
