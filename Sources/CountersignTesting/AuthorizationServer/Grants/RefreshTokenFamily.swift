/// The refresh tokens that come of one sign-in at a ``FakeAuthorizationServer``, each in the place of the one before.
///
/// ```swift
/// let family = try #require(server.liveRefreshTokenFamilies.first)
/// #expect(family.generation == 3)         // three refreshes
/// #expect(server.reuseDetections == 0)
/// ```
///
/// It prints without a token.
public struct RefreshTokenFamily: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The number of the grant at this server, from 1.
    public let id: Int
    /// The client that it was granted to.
    public let clientID: String
    /// The user who granted it.
    public let subject: String
    /// The session in which the user did, the `sid` of ID tokens.
    public let sessionID: String
    /// What was granted.
    public let scopes: Set<String>
    /// How often it was refreshed.
    public let generation: Int
    /// How often a token came that had been replaced before.
    public let reuseDetections: Int
    /// The thumbprint of the key that it is bound to, as those of public clients are (RFC 9449 section 5).
    public let thumbprint: String?
    /// Whether it is neither revoked nor expired.
    public let isLive: Bool
    /// The refresh token that is good.
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
