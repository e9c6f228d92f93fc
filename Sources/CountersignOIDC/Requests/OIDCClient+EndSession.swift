import Countersign

extension OIDCClient {
    /// Where the user's browser is sent to sign out at the authorization server, too (OpenID Connect RP-Initiated Logout
    /// section 2).
    ///
    /// - Parameters:
    ///   - idToken: Whose session ends; without it the server asks the user.
    ///   - postLogoutRedirectURI: Where the browser comes back to, as it is registered; nil for the configuration's.
    ///   - state: What the browser brings back.
    /// - Throws: ``SignInError``, also when the server has no such endpoint.
    public func endSessionURL(
        idToken: IDToken? = nil,
        postLogoutRedirectURI: String? = nil,
        state: String? = nil
    ) async throws(SignInError) -> String {
        try await asking { () async throws(TokenError) in
            let endpoint = try await runtime.metadata(of: issuer()).url("end_session_endpoint")
            var parameters = [(name: "client_id", value: try clientID())]
            if let idToken { parameters.append(("id_token_hint", idToken.text)) }
            if let uri = postLogoutRedirectURI ?? configuration.postLogoutRedirectURI {
                parameters.append(("post_logout_redirect_uri", try RedirectURI(uri).text))
                if let state { parameters.append(("state", state)) }
            }
            return try Self.url(endpoint, with: parameters)
        }
    }
}
