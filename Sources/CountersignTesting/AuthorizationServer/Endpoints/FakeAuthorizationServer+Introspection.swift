import CountersignHTTP
import CountersignJSON

extension FakeAuthorizationServer {
    /// Introspection (RFC 7662), open to every confidential client.
    func introspect(_ form: FormParameters, client: Client) throws(OAuthRefusal) -> HTTP.Response {
        guard let value = form["token"] else { throw .invalidRequest("token is missing") }
        guard client.authentication.method != "none" else { throw .invalidClient("a public client may not introspect") }
        if let members = refreshTokenMembers(value) { return .json(value: .object(members)) }
        guard let token = token(value), isActive(token) else { return .json(value: ["active": false]) }
        var members: [String: JSONValue] = [
            "active": true,
            "iss": .string(issuer),
            "client_id": .string(token.clientID),
            "sub": .string(token.subject),
            "scope": .string(token.scopes.sorted().joined(separator: " ")),
            "token_type": token.thumbprint == nil ? "Bearer" : "DPoP",
            "iat": .int(token.issuedAt.components.seconds),
        ]
        if !token.audience.isEmpty { members["aud"] = .array(token.audience.map(JSONValue.string)) }
        if let expiry = token.expiresAt { members["exp"] = .int(expiry.components.seconds) }
        if let thumbprint = token.thumbprint { members["cnf"] = .object(["jkt": .string(thumbprint)]) }
        if let actor = token.actor { members["act"] = .object(["sub": .string(actor)]) }
        if let user = token.familyID.flatMap({ user(ofGrant: $0) })?.name { members["username"] = .string(user) }
        return .json(value: .object(members))
    }

    /// What is told of a refresh token that is good; nil for any other text.
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
