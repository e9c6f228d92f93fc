public import CountersignCrypto
public import CountersignJSON

extension FakeAuthorizationServer {
    /// The text of a logout token, as a server posts it to a client when a user has signed out elsewhere (OpenID
    /// Connect Back-Channel Logout section 2.4).
    ///
    /// ```swift
    /// let session = try #require(server.sessions.first)
    /// let token = try server.logoutToken(clientID: "web", subject: session.subject, sessionID: session.id)
    /// // … post `logout_token=` and the text to the code under test
    /// ```
    ///
    /// - Parameters:
    ///   - clientID: whom it is for.
    ///   - subject: the user; nil: only the session is named.
    ///   - sessionID: the session, the `sid` of its ID tokens; nil: all sessions of the user.
    ///   - edit: changes the claims before they are signed, for tests of what must be refused.
    /// - Throws: `CryptoError` when the system has no randomness.
    public func logoutToken(
        clientID: String,
        subject: String? = nil,
        sessionID: String? = nil,
        editing edit: (inout [String: JSONValue]) -> Void = { _ in }
    ) throws(CryptoError) -> String {
        let now = Int64(time())
        var claims: [String: JSONValue] = [
            "iss": .string(issuer),
            "aud": .string(clientID),
            "iat": .int(now),
            "exp": .int(now + 120),
            "jti": .string(Base64URLText.encode(try SecureRandom.bytes(16))),
            "events": ["http://schemas.openid.net/event/backchannel-logout": [:]],
        ]
        if let subject { claims["sub"] = .string(subject) }
        if let sessionID { claims["sid"] = .string(sessionID) }
        edit(&claims)
        return try sign(claims, header: ["typ": "logout+jwt"], algorithm: configuration.idTokenAlgorithm)
    }
}
