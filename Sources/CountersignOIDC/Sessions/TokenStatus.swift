public import Countersign

/// The type and remaining lifetime of a session's access token, without the token itself.
public struct TokenStatus: Sendable, Hashable {
    /// The token type.
    public let type: AccessToken.TokenType
    /// The remaining lifetime: negative after the expiry, nil if the server did not send a lifetime.
    public let expiresIn: Duration?
}
