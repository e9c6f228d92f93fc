package import Countersign

/// A user who has signed in.
public struct SignInResult: Sendable {
    /// What the ID token says of the user, and the userinfo endpoint where it was asked.
    ///
    /// Where both say something, it is the ID token's. Claims about the token itself (`aud`, `exp`, `nonce`) are not
    /// among them; see ``idToken``.
    public let claims: UserClaims
    /// The validated ID token; nil when `openid` was not asked for.
    public let idToken: IDToken?
    /// The scopes that were granted, which may be fewer than were asked for.
    public let grantedScopes: [String]
    package let response: TokenEndpointResponse
    package let client: OIDCClient
    /// The key that the tokens are bound to.
    package let dpopKey: DPoPKey?
    /// When the tokens were asked for, since 1 January 1970 UTC: their lifetimes count from here.
    package let signedInAt: Duration

    package init(
        claims: UserClaims,
        idToken: IDToken?,
        grantedScopes: [String],
        response: TokenEndpointResponse,
        client: OIDCClient,
        dpopKey: DPoPKey?,
        signedInAt: Duration
    ) {
        self.claims = claims
        self.idToken = idToken
        self.grantedScopes = grantedScopes
        self.response = response
        self.client = client
        self.dpopKey = dpopKey
        self.signedInAt = signedInAt
    }
}

extension SignInResult: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignInResult(\(grantedScopes.joined(separator: " ")))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["grantedScopes": grantedScopes]) }
}
