package import Countersign

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The result of a sign-in: the user, the validated ID token and the granted scopes.
///
/// To keep the user signed in, pass it to ``OIDCClient/session(for:in:id:configuration:)`` or
/// ``BrowserSessions/beginSession(for:)``.
public struct SignInResult: Sendable {
    /// The claims about the user from the ID token and, if it was requested, the userinfo endpoint.
    ///
    /// The ID token has precedence. Claims about the token itself (`aud`, `exp`, `nonce`) are not included; see
    /// ``idToken``.
    public let claims: UserClaims
    /// The validated ID token; nil if `openid` was not requested.
    public let idToken: IDToken?
    /// The granted scopes, which may be fewer than the requested ones, as the authorization server spells them.
    ///
    /// The requested ones if the server did not list any.
    public let grantedScopes: [String]
    /// The tokens, for programs that keep them themselves.
    ///
    /// Renew them with ``OIDCClient/refresh(_:scopes:resources:)`` of the same client. A ``UserSession`` does that on its
    /// own.
    ///
    /// If there is no refresh token although the scope `offline_access` was requested, the server may require the prompt
    /// `consent`; see ``SignInConfiguration/prompt``.
    public var tokens: TokenResponse { TokenResponse(response) }
    /// The scopes of the sign-in request.
    package let requestedScopes: [String]
    package let response: TokenEndpointResponse
    package let client: OIDCClient
    /// The key that the tokens are bound to.
    package let dpopKey: DPoPKey?
    /// The time when the token request was sent: the lifetimes of the tokens start here.
    package let signedInAt: Date

    package init(
        claims: UserClaims,
        idToken: IDToken?,
        grantedScopes: [String],
        requestedScopes: [String],
        response: TokenEndpointResponse,
        client: OIDCClient,
        dpopKey: DPoPKey?,
        signedInAt: Date
    ) {
        self.claims = claims
        self.idToken = idToken
        self.grantedScopes = grantedScopes
        self.requestedScopes = requestedScopes
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
