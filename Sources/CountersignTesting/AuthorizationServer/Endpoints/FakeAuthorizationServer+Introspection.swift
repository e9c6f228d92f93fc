import CountersignHTTP
@_spi(Generated) import CountersignJSON

extension FakeAuthorizationServer {
    /// Responds to an introspection request (RFC 7662) of any confidential client.
    func introspect(_ form: FormParameters, client: Client) throws(OAuthErrorResponse) -> HTTP.Response {
        guard let value = form["token"] else { throw .invalidRequest("token is missing") }
        guard client.authentication.method != "none" else {
            throw .invalidClient("introspection requires client authentication")
        }
        if let members = refreshTokenMembers(value) { return .json(value: .object(members)) }
        guard let token = token(value), isActive(token) else { return .json(value: ["active": false]) }
        var members: [String: JSONValue] = [
            "active": true,
            "iss": .string(issuer),
            "client_id": .string(token.clientID),
            "sub": .string(token.subject),
            "scope": .string(token.scopes.sorted().joined(separator: " ")),
            "token_type": token.thumbprint == nil ? "Bearer" : "DPoP",
            "iat": .int(token.issuedAt.wholeSeconds),
        ]
        if !token.audience.isEmpty { members["aud"] = .array(token.audience.map(JSONValue.string)) }
        if let expiresAt = token.expiresAt { members["exp"] = .int(expiresAt.wholeSeconds) }
        if let thumbprint = token.thumbprint { members["cnf"] = .object(["jkt": .string(thumbprint)]) }
        if let actor = token.actor { members["act"] = .object(["sub": .string(actor)]) }
        if let user = token.familyID.flatMap({ user(ofGrant: $0) })?.name { members["username"] = .string(user) }
        return .json(value: .object(members))
    }

    /// Returns the members of the response for a valid refresh token; nil for any other text.
    private func refreshTokenMembers(_ value: String) -> [String: JSONValue]? {
        let time = time()
        let grant = state.withLock { state in
            state.refreshTokens[value].flatMap { $0.replacedAt == nil ? state.grants[$0.grantID] : nil }
        }
        guard let grant, grant.isLive(at: time) else { return nil }
        var members: [String: JSONValue] = [
            "active": true,
            "iss": .string(issuer),
            "client_id": .string(grant.clientID),
            "sub": .string(grant.user.subject),
            "scope": .string(grant.scopes.sorted().joined(separator: " ")),
        ]
        if let expiry = grant.expiresAt { members["exp"] = .int(Int64(expiry)) }
        if let thumbprint = grant.thumbprint { members["cnf"] = .object(["jkt": .string(thumbprint)]) }
        return members
    }
}
