import CountersignHTTP
@_spi(Generated) import CountersignJSON

extension FakeAuthorizationServer {
    /// Responds to a userinfo request with a Bearer or DPoP token (OpenID Connect Core section 5.3).
    func userinfo(_ request: HTTP.Request) -> FakeServerCore.Outcome {
        let configuration = configuration
        var rules = FakeResourceServer.Configuration()
        rules.nonces = configuration.nonces
        rules.proofWindow = configuration.proofWindow
        rules.proofAlgorithms = configuration.proofAlgorithms
        let validator = AccessTokenValidator(
            authorizationServer: self,
            proofs: proofs,
            configuration: rules,
            time: time()
        )
        var outcome: FakeServerCore.Outcome
        do throws(ResourceErrorResponse) {
            let token = try validator.token(of: request, scopes: ["openid"])
            guard let user = token.familyID.flatMap({ user(ofGrant: $0) }) else {
                throw .invalidToken(token.thumbprint == nil ? .bearer : .dpop, "the token has no user")
            }
            outcome = FakeServerCore.Outcome(response: .json(value: .object(user.claims(scopes: token.scopes))))
            outcome.response.fields.append(name: .cacheControl, value: "no-store")
        } catch {
            outcome = FakeServerCore.Outcome(
                response: error.response(configuration: rules),
                error: error.code,
                message: error.description ?? "no credentials"
            )
        }
        announceNonce(in: &outcome.response, to: request)
        return outcome
    }
}
