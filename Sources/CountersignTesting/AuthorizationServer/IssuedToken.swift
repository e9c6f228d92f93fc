/// An access token that a ``FakeAuthorizationServer`` has issued.
///
/// It prints without the token.
public struct IssuedToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// The token, as it was sent.
    public let value: String
    /// The number of the token at this server, from 1.
    public let number: Int
    /// The client that it was issued to.
    public let clientID: String
    /// On whose behalf: with client credentials the client itself.
    public let subject: String
    /// What was granted.
    public let scopes: Set<String>
    /// Whom it is meant for: the resources and audiences of the request, or else the client's own audience.
    public let audience: [String]
    /// The thumbprint of the key that it is bound to (RFC 9449 section 6); nil for a bearer token.
    public let thumbprint: String?
    /// The server's calendar time of issue, since 1970.
    public let issuedAt: Duration
    /// The server's calendar time from which it is refused; nil when it lives until it is revoked.
    public let expiresAt: Duration?
    /// The grant that it was issued for.
    public let grantType: FakeAuthorizationServer.GrantType
    /// The ``RefreshTokenFamily/id`` of the user's grant that it belongs to; nil when it is not a user's.
    public let familyID: Int?
    /// Who acts for the subject, after a token exchange with an actor token (RFC 8693 section 4.1).
    public let actor: String?
    /// Whether it was revoked.
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
