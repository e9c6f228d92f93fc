import CountersignHTTP

extension FakeAuthorizationServer {
    /// Sign-out that a client asks for (OpenID Connect RP-Initiated Logout).
    ///
    /// Refresh tokens outlive it, as they do with the scope `offline_access`: a client revokes its own.
    func endSession(_ request: HTTP.Request) -> FakeServerCore.Outcome {
        do throws(OAuthRefusal) {
            return FakeServerCore.Outcome(response: try endSession(parameters(of: request)))
        } catch {
            let reason = error.description ?? error.code
            return FakeServerCore.Outcome(
                response: Page.problem(reason, status: error.status),
                error: error.code,
                reason: reason
            )
        }
    }

    private func endSession(_ parameters: FormParameters) throws(OAuthRefusal) -> HTTP.Response {
        if let name = parameters.firstRepeated(except: []) { throw .invalidRequest("\(name) stands more than once") }
        var clientID = parameters["client_id"]
        if let hint = parameters["id_token_hint"] {
            // Section 2: one that has expired is taken.
            guard let token = ownToken(hint), token.header["typ"] == "JWT", let audience = token.claims["aud"]?.string
            else {
                throw .invalidRequest("id_token_hint is not an ID token of this server")
            }
            guard clientID.map({ $0 == audience }) ?? true else {
                throw .invalidRequest("client_id is not whom id_token_hint was issued to")
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
        else { throw .invalidRequest("post_logout_redirect_uri is not one that the client registered") }
        let answer = AuthorizationResponse(
            redirectURI: target,
            responseMode: .query,
            parameters: FormParameters(parameters["state"].map { [(name: "state", value: $0)] } ?? [])
        )
        return answer.response
    }

    /// The parameters of a request that a browser makes: in the query, or of a form.
    func parameters(of request: HTTP.Request) throws(OAuthRefusal) -> FormParameters {
        let text = request.method == .post ? request.body?.bytes ?? [] : Array((request.url.query ?? "").utf8)
        guard let parameters = FormParameters(text) else {
            throw .invalidRequest("the parameters are not well encoded")
        }
        return parameters
    }
}
