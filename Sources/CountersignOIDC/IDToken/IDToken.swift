#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A validated ID token (OpenID Connect Core section 2).
public struct IDToken: Sendable {
    /// The issuer (`iss`).
    public let issuer: String
    /// The user's identifier at the issuer (`sub`).
    public let subject: String
    /// The clients that the token is for (`aud`), this one among them.
    public let audience: [String]
    /// The expiration time (`exp`).
    public let expiresAt: Date
    /// The time when the token was issued (`iat`).
    public let issuedAt: Date
    /// The time when the user authenticated (`auth_time`); nil if the server does not say.
    public let authenticatedAt: Date?
    package let nonce: String?
    /// The authentication context class (`acr`).
    public let authenticationContext: String?
    /// The authentication methods (`amr`, RFC 8176).
    public let authenticationMethods: [String]
    /// The identifier of the user's session at the server (`sid`).
    public let sessionID: String?
    /// All claims of the token.
    public let claims: UserClaims
    /// The token in compact form.
    package let text: String

    package var authorizedParty: String? { claims.text("azp") }
}

extension IDToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "IDToken(\(issuer))" }
    public var debugDescription: String { description }
    /// A mirror without the token and the claims about the user.
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}
