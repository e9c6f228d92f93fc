import Countersign

extension OIDCClient {
    /// Returns the URL at which the browser also signs out at the authorization server (OpenID Connect RP-Initiated Logout
    /// section 2).
    ///
    /// - Parameters:
    ///   - idToken: The ID token of the session to end; without it, the server asks the user.
    ///   - postLogoutRedirectURI: The URI that the browser returns to, as it is registered; nil for the configuration's.
    ///   - state: A value that the browser brings back to that URI.
    /// - Throws: ``SignInError``, also if the server has no such endpoint.
    public func endSessionURL(
        idToken: IDToken? = nil,
        postLogoutRedirectURI: String? = nil,
        state: String? = nil
    ) async throws(SignInError) -> String {
        try await mappingTokenErrors { () async throws(TokenError) in
            let endpoint = try await serverMetadata().url("end_session_endpoint")
            var parameters = [(name: "client_id", value: try clientID())]
            if let idToken { parameters.append(("id_token_hint", idToken.text)) }
            if let uri = postLogoutRedirectURI ?? configuration.postLogoutRedirectURI {
                parameters.append(("post_logout_redirect_uri", try RedirectURI(uri).text))
                if let state { parameters.append(("state", state)) }
            }
            return try Self.url(endpoint, adding: parameters)
        }
    }
}
