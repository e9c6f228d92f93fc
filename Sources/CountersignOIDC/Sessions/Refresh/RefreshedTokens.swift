import Countersign

/// The tokens of a refresh response.
struct RefreshedTokens: Hashable, Sendable, Redacted {
    /// The new access token; nil if it cannot be used, although the refresh token was rotated (P61).
    var accessToken: SessionToken?
    /// The rotated refresh token; nil if the refresh token stays the same (P33).
    var refreshToken: String?
    /// The new ID token, if the response contains a valid one.
    var identity: Identity?

    struct Identity: Hashable, Sendable, Redacted {
        var idToken: String
        /// The claims to store.
        var claims: UserClaims
    }
}
