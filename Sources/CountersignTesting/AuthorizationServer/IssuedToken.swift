#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An access token issued by a ``FakeAuthorizationServer``.
///
/// The description does not contain the token.
public struct IssuedToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The token itself.
    public let value: String
    /// The number of the token at this server, starting at 1.
    public let number: Int
    /// The client that received the token.
    public let clientID: String
    /// The subject: the user, or the client itself with client credentials.
    public let subject: String
    /// The granted scopes.
    public let scopes: Set<String>
    /// The audience: the resources and audiences of the request, or else the client's default audience.
    public let audience: [String]
    /// The thumbprint of the key that the token is bound to (RFC 9449 section 6); nil for a bearer token.
    public let thumbprint: String?
    /// The date of issue in the server's calendar.
    public let issuedAt: Date
    /// The date of expiry in the server's calendar; nil if the token is valid until it is revoked.
    public let expiresAt: Date?
    /// The grant type of the token request.
    public let grantType: FakeAuthorizationServer.GrantType
    /// The ``RefreshTokenFamily/id`` of the user's grant; nil if the token has no user.
    public let familyID: Int?
    /// The actor, after a token exchange with an actor token (RFC 8693 section 4.1).
    public let actor: String?
    /// Indicates whether the token was revoked.
    public internal(set) var isRevoked = false

    /// Number, type, subject and scopes.
    public var description: String {
        let kind = thumbprint == nil ? "Bearer" : "DPoP"
        let state = isRevoked ? ", revoked" : ""
        return "token \(number) (\(kind), \(subject), \(scopes.sorted().joined(separator: " "))\(state))"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Only the description, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}
