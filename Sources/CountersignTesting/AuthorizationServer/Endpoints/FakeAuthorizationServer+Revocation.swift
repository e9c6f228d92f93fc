import CountersignHTTP

extension FakeAuthorizationServer {
    /// Responds to a revocation request (RFC 7009); revoking an unknown token succeeds.
    ///
    /// Revoking a refresh token also revokes its family and the family's access tokens (section 2.1).
    func revoke(_ form: FormParameters, client: Client) throws(OAuthErrorResponse) -> HTTP.Response {
        guard let value = form["token"] else { throw .invalidRequest("token is missing") }
        try state.withLock { state throws(OAuthErrorResponse) in
            let family = state.refreshTokens[value].flatMap { state.grants[$0.grantID] }
            guard let owner = family?.clientID ?? state.tokens[value]?.clientID else { return }
            guard owner == client.id else {
                throw OAuthErrorResponse(
                    code: "unauthorized_client",
                    description: "the token belongs to another client"
                )
            }
            if let family { state.revoke(grantID: family.id) }
            state.tokens[value]?.isRevoked = true
        }
        return HTTP.Response(status: 200)
    }
}
