/// A source of a signed-in user's tokens with cache entries, which calls read as fast as those of a client.
///
/// It never provides a token of another user or of an earlier sign-in.
package protocol UserTokens: TokenSource {
    /// Returns the cache entry of the token for a requirement.
    ///
    /// A client gets it once for each requirement and keeps it, and again for each call with token parameters. If the
    /// session ends later, the fetch of the entry fails.
    ///
    /// - Parameters:
    ///   - issuer: The issuer at which the users of the API sign in; nil if the schema names none.
    ///   - scopes: The scopes that the operation needs.
    ///   - tokenPerScopes: True for a token with exactly these scopes (RFC 6749 section 6) instead of all granted scopes.
    ///     Without scopes, the token has all granted scopes in either case.
    ///   - resources: The resource indicators (RFC 8707); empty for those of the sign-in.
    ///   - parameters: Further parameters of the token request.
    /// - Throws: ``TokenError``, of kind ``TokenError/Kind/configuration`` if the user signed in at another issuer, of kind
    ///   ``TokenError/Kind/missingScope`` if a scope was requested and not granted, or of kind
    ///   ``TokenError/Kind/notSignedIn`` if the user has signed out. Only the last one lets a call use another alternative of its requirement.
    func tokenCacheEntry(
        of issuer: String?,
        scopes: [String],
        tokenPerScopes: Bool,
        resources: [String],
        parameters: [String: String]
    ) throws(TokenError) -> TokenCacheEntry
}
