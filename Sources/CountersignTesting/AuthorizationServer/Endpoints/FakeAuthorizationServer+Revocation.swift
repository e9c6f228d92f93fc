import CountersignHTTP

extension FakeAuthorizationServer {
    /// Revocation (RFC 7009): an unknown token is as good as revoked.
    ///
    /// A refresh token takes its family and the family's access tokens along (section 2.1).
    func revoke(_ form: FormParameters, client: Client) throws(OAuthRefusal) -> HTTP.Response {
        guard let value = form["token"] else { throw .invalidRequest("token is missing") }
        try state.withLock { state throws(OAuthRefusal) in
            let family = state.refreshTokens[value].flatMap { state.grants[$0.grantID] }
            guard let owner = family?.clientID ?? state.tokens[value]?.clientID else { return }
            guard owner == client.id else {
                throw OAuthRefusal(code: "unauthorized_client", description: "the token is another client's")
            }
            if let family { state.revoke(grantID: family.id) }
            state.tokens[value]?.isRevoked = true
        }
        return HTTP.Response(status: 200)
    }
}
