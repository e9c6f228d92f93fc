public import Countersign

/// What came of a sign-out.
///
/// No call of this process carries a token of the session any more. Whether it is over elsewhere, and in the next run of
/// the program, is what ``storeError`` and ``revocation`` say.
public struct SignOutResult: Sendable {
    public internal(set) var revocation = RevocationResult.notAsked

    /// Why the session could not be removed from its store: nil when it was.
    ///
    /// The removal is tried again while the program runs. One that ends before that is signed in again in its next run:
    /// it is to tell its user so, and to exit with a failure.
    public internal(set) var storeError: TokenStoreError?

    /// Where to send the browser to sign out at the authorization server as well (OpenID Connect RP-Initiated Logout);
    /// nil when the server has no such page.
    ///
    /// The ID token is in it, as a hint of who signs out: it is for the browser, not for a terminal or a log.
    public internal(set) var endSessionURL: String?

    /// The hint for that page.
    var idToken: String?
}

extension SignOutResult: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignOut(\(revocation))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["revocation": revocation]) }
}

/// Which tokens the authorization server is told to revoke (RFC 7009).
public enum TokensToRevoke: Sendable, Hashable {
    /// None: they live until their time is over.
    case nothing
    /// The refresh token; most servers revoke its access tokens with it. Without one, the access tokens.
    case refreshToken
    /// The refresh token and every access token.
    case allTokens
}

/// What came of the revocation.
public enum RevocationResult: Sendable {
    /// The authorization server has revoked the tokens.
    case done
    /// There was nothing to revoke, or nothing was to be.
    case notAsked
    /// The authorization server offers no revocation.
    case notOffered
    /// The authorization server did not revoke all of it.
    case failed(TokenError)
}
