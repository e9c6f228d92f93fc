/// A validated ID token (OpenID Connect Core section 2): who signed in, where, when and how.
public struct IDToken: Sendable {
    public let issuer: String
    /// The user's identifier at the issuer (`sub`).
    public let subject: String
    /// Whom the token is for: this client, and perhaps others.
    public let audience: [String]
    /// When it ends, since 1 January 1970 UTC.
    public let expiresAt: Duration
    /// When it was made, since 1 January 1970 UTC.
    public let issuedAt: Duration
    /// When the user authenticated, since 1 January 1970 UTC, where the server says so.
    public let authenticatedAt: Duration?
    package let nonce: String?
    /// The authentication context (`acr`).
    public let authenticationContext: String?
    /// How the user authenticated (`amr`, RFC 8176).
    public let authenticationMethods: [String]
    /// The user's session at the server (`sid`).
    public let sessionID: String?
    /// Everything that the token says.
    public let claims: UserClaims
    /// The token itself.
    package let text: String

    package var authorizedParty: String? { claims.text("azp") }
}

extension IDToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "IDToken(\(issuer))" }
    public var debugDescription: String { description }
    /// Without the token, and without what it says of a person.
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}
