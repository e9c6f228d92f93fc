import Countersign

extension OIDCClient {
    /// Requests the tokens of a sign-in, validates the ID token and collects the claims.
    ///
    /// - Parameters:
    ///   - request: The token request.
    ///   - flow: The name of the flow, for telemetry.
    ///   - scopes: The requested scopes: they count as granted unless the response says otherwise (RFC 6749 section 5.1).
    ///   - requiresIDToken: Requires an ID token if `openid` is among the scopes.
    ///   - configure: Adds the expectations of this sign-in to the validator of the ID token.
    func signInResult(
        of request: TokenEndpointRequest,
        flow: String,
        scopes: [String],
        requiresIDToken: Bool = true,
        expecting configure: (inout IDTokenValidator) -> Void
    ) async throws(SignInError) -> SignInResult {
        let start = runtime.clock.date()
        let response = try await mappingTokenErrors { () async throws(TokenError) in
            try await runtime.token(for: request)
        }
        var idToken: IDToken?
        if let text = response.idToken {
            idToken = try await validate(idToken: text, clockOffset: response.clockOffset) { validator in
                configure(&validator)
                validator.accessToken = response.accessToken.value
            }
        } else if requiresIDToken, scopes.contains("openid") {
            throw SignInError(IDTokenError(.missing))
        }
        var claims = idToken?.claims ?? UserClaims([:])
        if configuration.loadsUserInfo {
            claims = claims.merging(try await userInfo(response.accessToken, subject: idToken?.subject))
        }
        record(.signedIn, flow)
        return SignInResult(
            claims: claims.aboutTheUser,
            idToken: idToken,
            grantedScopes: response.accessToken.scopes ?? scopes,
            response: response,
            client: self,
            dpopKey: request.dpopKey,
            signedInAt: start
        )
    }
}
