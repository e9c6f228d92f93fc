public import Countersign

/// The configuration of user sessions.
///
/// ```swift
/// var configuration = SessionConfiguration()
/// configuration.idleTimeout = .seconds(30 * 60)
/// let sessions = BrowserSessions(client, store: store, configuration: configuration)
/// ```
public struct SessionConfiguration: Sendable {
    /// A function that returns the claims to store.
    ///
    /// It receives the new claims, and the stored ones (nil at sign-in). The claim `sub` cannot be changed.
    public typealias ClaimsTransform = @Sendable (_ new: UserClaims, _ stored: UserClaims?) -> UserClaims

    // MARK: All sessions

    /// Changes the user's claims before they are stored; nil stores them unchanged.
    ///
    /// It is called at sign-in, after a refresh with a new ID token, and by ``UserSession/reloadUserInfo()``.
    public var claimsTransform: ClaimsTransform?

    /// Receives the events of all sessions, each with its session's ``UserSession/logID``.
    ///
    /// It is called synchronously on the task that causes the event, and must not block. ``UserSession/events``
    /// provides the events of one session as a stream.
    public var onEvent: (@Sendable (SessionEvent) -> Void)?

    /// Returns true if an error of a refresh ends the session, so that the user must sign in again.
    ///
    /// By default this is `invalid_grant` in upper or lower case (RFC 6749 section 5.2). Some authorization servers
    /// report an invalid refresh token with another error, which <doc:KeepingUsersSignedIn> lists:
    ///
    /// ```swift
    /// configuration.endsSession = { error in
    ///     error.isInvalidGrant || error.oauthError == "bad_refresh_token"
    /// }
    /// ```
    ///
    /// It is called with the rejection of a refresh: an error of kind `TokenError.Kind.rejected`, with its `status`,
    /// `oauthError` and `oauthErrorDescription`. A server that is unreachable or overloaded, or a status of 5xx or 429,
    /// never ends a session.
    public var endsSession: @Sendable (TokenError) -> Bool = { $0.isInvalidGrant }

    // MARK: Sessions of browsers

    /// The time after which a browser without requests is signed out.
    ///
    /// Only ``BrowserSessions`` uses it.
    public var idleTimeout = Duration.seconds(60 * 60)

    /// The time after which a browser is signed out in any case.
    ///
    /// Only ``BrowserSessions`` uses it.
    public var maximumLifetime = Duration.seconds(12 * 60 * 60)

    /// The name of the session cookie: letters, digits, `-` and `_`, without the prefix `__Host-`, which is added for
    /// https.
    ///
    /// Only ``BrowserSessions`` uses it.
    public var cookieName = "session"

    /// Creates the default configuration.
    public init() {}

    func transformed(_ claims: UserClaims, stored: UserClaims?) -> UserClaims {
        guard let claimsTransform else { return claims }
        let subject = UserClaims(claims["sub"].map { ["sub": $0] } ?? [:])
        return subject.merging(claimsTransform(claims, stored))
    }
}
