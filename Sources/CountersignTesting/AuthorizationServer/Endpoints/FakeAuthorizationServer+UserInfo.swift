import CountersignHTTP
import CountersignJSON

extension FakeAuthorizationServer {
    /// The claims about the user whose token it is (OpenID Connect Core section 5.3), for Bearer and DPoP tokens.
    func userinfo(_ request: HTTP.Request) -> FakeServerCore.Outcome {
        let configuration = configuration
        var rules = FakeResourceServer.Configuration()
        rules.nonces = configuration.nonces
        rules.proofWindow = configuration.proofWindow
        rules.proofAlgorithms = configuration.proofAlgorithms
        let check = TokenCheck(authorizationServer: self, proofs: proofs, configuration: rules, time: time())
        var outcome: FakeServerCore.Outcome
        do throws(ResourceRefusal) {
            let token = try check.token(of: request, scopes: ["openid"])
            guard let user = token.familyID.flatMap({ user(ofGrant: $0) }) else {
                throw .invalidToken(token.thumbprint == nil ? .bearer : .dpop, "The token is not a user's")
            }
            outcome = FakeServerCore.Outcome(response: .json(value: .object(user.claims(scopes: token.scopes))))
            outcome.response.fields.append(name: .cacheControl, value: "no-store")
        } catch {
            outcome = FakeServerCore.Outcome(
                response: error.response(configuration: rules),
                error: error.code,
                reason: error.description ?? "no credentials"
            )
        }
        announceNonce(in: &outcome.response, to: request)
        return outcome
    }
}
