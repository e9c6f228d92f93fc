/// The refresh tokens of one sign-in at a ``FakeAuthorizationServer``; each replaces the previous one.
///
/// ```swift
/// let family = try #require(server.liveRefreshTokenFamilies.first)
/// #expect(family.generation == 3)         // three refreshes
/// #expect(server.reuseDetections == 0)
/// ```
///
/// The description does not contain a token.
public struct RefreshTokenFamily: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The number of the grant at this server, starting at 1.
    public let id: Int
    /// The client.
    public let clientID: String
    /// The user.
    public let subject: String
    /// The session of the sign-in, as in the `sid` of ID tokens.
    public let sessionID: String
    /// The granted scopes.
    public let scopes: Set<String>
    /// The number of refreshes.
    public let generation: Int
    /// The number of requests with a replaced refresh token.
    public let reuseDetections: Int
    /// The thumbprint of the key that the tokens of a public client are bound to (RFC 9449 section 5).
    public let thumbprint: String?
    /// Indicates whether the family is neither revoked nor expired.
    public let isLive: Bool
    /// The newest refresh token.
    public let refreshToken: String

    init?(_ grant: UserGrant, time: Double) {
        guard let refreshToken = grant.refreshToken else { return nil }
        id = grant.id
        clientID = grant.clientID
        subject = grant.user.subject
        sessionID = grant.sessionID
        scopes = grant.scopes
        generation = grant.generation
        reuseDetections = grant.reuseDetections
        thumbprint = grant.thumbprint
        isLive = grant.isLive(at: time)
        self.refreshToken = refreshToken
    }

    /// Number, client, subject, generation and state.
    public var description: String {
        "family \(id) (\(clientID), \(subject), generation \(generation)\(isLive ? "" : ", ended"))"
    }

    /// The same as ``description``.
    public var debugDescription: String { description }

    /// Only the description, so that `dump` shows no secret.
    public var customMirror: Mirror { Mirror(reflecting: description) }
}
