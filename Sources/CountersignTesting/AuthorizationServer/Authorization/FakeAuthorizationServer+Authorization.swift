import Countersign
import CountersignHTTP

extension FakeAuthorizationServer {
    /// What the user decides.
    enum Decision {
        case approval(by: FakeUser, scopes: Set<String>?)
        case denial(error: String, description: String?)
    }

    // MARK: A user without a browser

    /// Opens an authorization URL as a user who signs in and agrees.
    ///
    /// ```swift
    /// let answer = try await server.approve(authorizationURL: url, as: FakeUser(subject: "u1"))
    /// // … hand `answer.url` to the code under test, or `answer.form` where it asked for `form_post`
    /// ```
    ///
    /// The request is checked and recorded as one that a browser makes. What is wrong with it and may be told to the
    /// client is the answer's ``AuthorizationResponse/error``.
    ///
    /// - Parameters:
    ///   - authorizationURL: what a client would open in the browser.
    ///   - user: who signs in. With `prompt=none` the user must have done so before, or the answer is `login_required`.
    ///   - scopes: what the user agrees to; nil: all that was asked for.
    /// - Throws: ``AuthorizationRefused`` when only the user is told; `HTTP.URLError` for what is no URL;
    ///   `HTTP.TransportError` for a fault.
    public nonisolated(nonsending) func approve(
        authorizationURL: String,
        as user: FakeUser,
        scopes: Set<String>? = nil
    ) async throws -> AuthorizationResponse {
        try await open(authorizationURL, decision: .approval(by: user, scopes: scopes))
    }

    /// Opens an authorization URL as a user who does not agree.
    ///
    /// - Parameters:
    ///   - authorizationURL: what a client would open in the browser.
    ///   - error: the error of the answer (RFC 6749 section 4.1.2.1).
    ///   - description: its description.
    /// - Throws: as ``approve(authorizationURL:as:scopes:)`` does.
    public nonisolated(nonsending) func deny(
        authorizationURL: String,
        error: String = "access_denied",
        description: String? = nil
    ) async throws -> AuthorizationResponse {
        try await open(authorizationURL, decision: .denial(error: error, description: description))
    }

    private nonisolated(nonsending) func open(
        _ authorizationURL: String,
        decision: Decision
    ) async throws -> AuthorizationResponse {
        let request = HTTP.Request(url: try HTTP.URL(authorizationURL))
        guard endpoint(of: request) == .authorization else {
            throw AuthorizationRefused("the URL is not that of this server's authorization endpoint")
        }
        let made = Locked<AuthorizationResponse?>(nil)
        let reply = await front.take(
            request,
            endpoint: Endpoint.authorization.rawValue,
            offset: configuration.clockOffset
        ) { request, _ in
            self.authorize(request) { authorization throws(AuthorizationRefusal) in
                let answer = try self.answer(to: authorization, decision: decision)
                made.withLock { $0 = answer }
                return answer.response
            } refused: { answer in
                made.withLock { $0 = answer }
            }
        }
        let response = try FakeServerCore.deliver(reply, to: request)
        if let answer = made.withLock({ $0 }) { return answer }
        let recorded = requests(to: .authorization).last
        throw AuthorizationRefused(
            status: response.status,
            code: recorded?.error,
            recorded?.reason ?? "the server has failed"
        )
    }

    // MARK: The endpoint (RFC 6749 section 3.1)

    /// Reads an authorization request and answers it.
    func authorize(
        _ request: HTTP.Request,
        allowed: (AuthorizationRequest) throws(AuthorizationRefusal) -> HTTP.Response,
        refused: (AuthorizationResponse) -> Void = { _ in }
    ) -> FakeServerCore.Outcome {
        outcome(refused: refused) { () throws(AuthorizationRefusal) in
            try allowed(try authorizationRequest(in: request))
        }
    }

    /// What goes back to the browser: a response, an error for the client, or one for the user alone.
    func outcome(
        refused: (AuthorizationResponse) -> Void = { _ in },
        of respond: () throws(AuthorizationRefusal) -> HTTP.Response
    ) -> FakeServerCore.Outcome {
        do throws(AuthorizationRefusal) {
            return FakeServerCore.Outcome(response: try respond())
        } catch {
            let reason = error.refusal.description ?? error.refusal.code
            guard let target = error.target else {
                return FakeServerCore.Outcome(
                    response: Page.problem(reason, status: error.refusal.status),
                    error: error.refusal.code,
                    reason: reason
                )
            }
            let answer = answer(
                to: target,
                [("error", error.refusal.code), ("error_description", reason.asErrorDescription)]
            )
            refused(answer)
            return FakeServerCore.Outcome(response: answer.response, error: error.refusal.code, reason: reason)
        }
    }

    private func authorizationRequest(in request: HTTP.Request) throws(AuthorizationRefusal) -> AuthorizationRequest {
        let parameters: FormParameters
        do throws(OAuthRefusal) {
            parameters = try self.parameters(of: request)
        } catch {
            throw AuthorizationRefusal(refusal: error)
        }
        if parameters["request_uri"] != nil { return try pushedRequest(parameters) }
        return try authorizationRequest(parameters, wasPushed: false)
    }

    /// Checks the parameters of a request, pushed or not.
    func authorizationRequest(
        _ parameters: FormParameters,
        wasPushed: Bool
    ) throws(AuthorizationRefusal) -> AuthorizationRequest {
        try AuthorizationRequest(
            parameters,
            wasPushed: wasPushed,
            client: { id in self.state.withLock { $0.clients[id] } },
            configuration: configuration
        )
    }

    /// The answer to a request that is in order.
    func answer(
        to request: AuthorizationRequest,
        decision: Decision
    ) throws(AuthorizationRefusal) -> AuthorizationResponse {
        if let uri = request.requestURI, state.withLock({ $0.pushedRequests.removeValue(forKey: uri) }) == nil {
            throw AuthorizationRefusal(refusal: OAuthRefusal(code: "invalid_request_uri", description: "it was used"))
        }
        switch decision {
        case .denial(let error, let description):
            let pairs = [("error", error)] + (description.map { [("error_description", $0)] } ?? [])
            return answer(to: request.target, pairs)
        case .approval(let user, let scopes):
            do throws(OAuthRefusal) {
                let code = try randomText()
                try begin(request, code: code, user: user, scopes: scopes)
                return answer(to: request.target, [("code", code)])
            } catch {
                throw AuthorizationRefusal(refusal: error, target: request.target)
            }
        }
    }

    /// Notes a user's grant and the code for it.
    private func begin(
        _ request: AuthorizationRequest,
        code: String,
        user: FakeUser,
        scopes: Set<String>?
    ) throws(OAuthRefusal) {
        let time = time()
        let sessionID = try randomText()
        try state.withLock { state throws(OAuthRefusal) in
            let session = try state.session(for: request, user: user, newID: sessionID, time: time)
            let grant = state.addGrant(
                to: request.client.id,
                by: user,
                session: session,
                scopes: scopes.map(request.scopes.intersection) ?? request.scopes,
                resources: request.resources,
                nonce: request.nonce,
                context: request.contexts.first
            )
            state.codes[code] = AuthorizationCode(
                grantID: grant.id,
                clientID: request.client.id,
                redirectURI: request.target.redirectURI,
                challenge: request.codeChallenge,
                thumbprint: request.thumbprint,
                expiresAt: time + state.configuration.codeLifetime.seconds
            )
        }
    }

    /// An answer with `state` and `iss` (RFC 9207).
    private func answer(to target: AuthorizationTarget, _ pairs: [(String, String)]) -> AuthorizationResponse {
        var pairs = pairs.map { (name: $0.0, value: $0.1) }
        if let state = target.state { pairs.append((name: "state", value: state)) }
        if configuration.sendsIssuerParameter { pairs.append((name: "iss", value: issuer)) }
        return AuthorizationResponse(
            redirectURI: target.redirectURI,
            responseMode: target.responseMode,
            parameters: FormParameters(pairs)
        )
    }
}
