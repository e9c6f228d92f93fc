import CountersignHTTP

extension FakeAuthorizationServer {
    /// Revocation (RFC 7009): an unknown token is as good as revoked.
    func revoke(_ form: FormParameters, client: Client) throws(OAuthRefusal) -> HTTPResponse {
        guard let value = form["token"] else { throw .invalidRequest("token is missing") }
        let isAnothers = state.withLock { state in
            guard let token = state.tokens[value] else { return false }
            if token.clientID == client.id { state.tokens[value]?.isRevoked = true }
            return token.clientID != client.id
        }
        if isAnothers { throw OAuthRefusal(code: "unauthorized_client", description: "the token is another client's") }
        return HTTPResponse(status: 200)
    }
}
