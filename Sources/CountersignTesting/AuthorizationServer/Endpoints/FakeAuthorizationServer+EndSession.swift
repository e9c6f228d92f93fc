import CountersignHTTP

extension FakeAuthorizationServer {
    /// Responds to a request to the end session endpoint (OpenID Connect RP-Initiated Logout).
    ///
    /// Refresh tokens stay valid, as those with the scope `offline_access` do: clients revoke their own.
    func endSession(_ request: HTTP.Request) -> FakeServerCore.Outcome {
        do throws(OAuthErrorResponse) {
            return FakeServerCore.Outcome(response: try endSession(parameters(of: request)))
        } catch {
            return Page.errorOutcome(error)
        }
    }

    private func endSession(_ parameters: FormParameters) throws(OAuthErrorResponse) -> HTTP.Response {
        if let name = parameters.firstRepeated(except: []) { throw .invalidRequest("\(name) is repeated") }
        var clientID = parameters["client_id"]
        if let hint = parameters["id_token_hint"] {
            // Section 2: an expired ID token is accepted.
            guard let token = ownToken(hint), token.header["typ"] == "JWT", let audience = token.claims["aud"]?.string
            else {
                throw .invalidRequest("id_token_hint is not an ID token of this server")
            }
            guard clientID.map({ $0 == audience }) ?? true else {
                throw .invalidRequest("id_token_hint was issued to another client than client_id")
            }
            clientID = audience
            state.withLock { state in
                for index in state.sessions.indices where state.sessions[index].id == token.claims["sid"]?.string {
                    state.sessions[index].isEnded = true
                }
            }
        }
        guard let target = parameters["post_logout_redirect_uri"] else {
            return Page.response("You are signed out", "<p>You can close this window.</p>")
        }
        guard let client = clientID.flatMap({ id in state.withLock { $0.clients[id] } }),
            client.accepts(postLogoutRedirectURI: target)
        else { throw .invalidRequest("post_logout_redirect_uri is not registered for the client") }
        let redirect = AuthorizationResponse(
            redirectURI: target,
            responseMode: .query,
            parameters: FormParameters(parameters["state"].map { [(name: "state", value: $0)] } ?? [])
        )
        return redirect.httpResponse
    }

    /// Returns the parameters of a request from a browser, in the query or in a form.
    func parameters(of request: HTTP.Request) throws(OAuthErrorResponse) -> FormParameters {
        let text = request.method == .post ? request.body?.bytes ?? [] : Array((request.url.query ?? "").utf8)
        guard let parameters = FormParameters(text) else {
            throw .invalidRequest("the parameters are malformed")
        }
        return parameters
    }
}
