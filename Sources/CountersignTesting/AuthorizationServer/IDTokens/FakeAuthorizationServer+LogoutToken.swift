public import CountersignCrypto
@_spi(Generated) public import CountersignJSON

extension FakeAuthorizationServer {
    /// Returns a logout token, which a server posts to a client when a user signs out elsewhere (OpenID Connect
    /// Back-Channel Logout section 2.4).
    ///
    /// ```swift
    /// let session = try #require(server.sessions.first)
    /// let token = try server.logoutToken(clientID: "web", subject: session.subject, sessionID: session.id)
    /// // … post `logout_token=` and the token to the code under test
    /// ```
    ///
    /// - Parameters:
    ///   - clientID: The client that the token is for.
    ///   - subject: The user; nil omits `sub`, so that the token names only the session.
    ///   - sessionID: The session, as in the `sid` of its ID tokens; nil means all sessions of the user.
    ///   - edit: Edits the claims before they are signed, for example to create an invalid token.
    /// - Throws: `CryptoError` if the system has no random bytes.
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
