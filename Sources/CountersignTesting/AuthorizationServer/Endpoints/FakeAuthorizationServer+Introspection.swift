import CountersignHTTP
import CountersignJSON

extension FakeAuthorizationServer {
    /// Introspection (RFC 7662), open to every confidential client.
    func introspect(_ form: FormParameters, client: Client) throws(OAuthRefusal) -> HTTPResponse {
        guard let value = form["token"] else { throw .invalidRequest("token is missing") }
        guard client.authentication.method != "none" else { throw .invalidClient("a public client may not introspect") }
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
        return .json(value: .object(members))
    }
}
