/// A source of a signed-in user's tokens that are cached here: calls then read them as fast as a client's own.
///
/// It stands in for the user, so it never gives out a token of anybody else's, nor of an earlier sign-in.
package protocol UserTokens: TokenSource {
    /// Where the token is cached that calls with these needs carry.
    ///
    /// A client asks once for each of its requirements and keeps the entry; a call with options of its own asks again. What
    /// is wrong with the session later is for the entry's fetch to say.
    ///
    /// - Parameters:
    ///   - issuer: Where the API's users sign in, as its schema says; nil where it does not.
    ///   - scopes: What the operation needs: the user must have granted all of it.
    ///   - tokenPerScopes: Whether the token is to have these scopes and no others (RFC 6749 section 6), rather than all
    ///     that were granted; where there are none, it is all in either case.
    ///   - resources: What the token is for (RFC 8707); empty for what the sign-in was for.
    ///   - parameters: Further parameters of the token request.
    /// - Throws: ``TokenError``: of kind ``TokenError/Kind/configuration`` when the user signed in for an API of another
    ///   issuer, whose token is none of this one's business; of kind ``TokenError/Kind/missingScope`` when the user has not
    ///   granted a scope; of kind
    ///   ``TokenError/Kind/notSignedIn`` when the user has signed out here, and that alone lets a call go on to another
    ///   alternative of its requirement.
    func tokenCacheEntry(
        of issuer: String?,
        scopes: [String],
        tokenPerScopes: Bool,
        resources: [String],
        parameters: [String: String]
    ) throws(TokenError) -> TokenCacheEntry
}
