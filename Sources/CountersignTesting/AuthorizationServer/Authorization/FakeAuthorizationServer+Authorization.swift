import Countersign
import CountersignHTTP

extension FakeAuthorizationServer {
    /// The decision of a user about a request.
    enum Decision {
        case approval(by: FakeUser, scopes: Set<String>?)
        case denial(error: String, description: String?)
    }

    // MARK: Sign-in without a browser

    /// Opens an authorization URL as a user who signs in and consents.
    ///
    /// ```swift
    /// let response = try await server.approve(authorizationURL: url, as: FakeUser(subject: "u1"))
    /// // … pass `response.url` to the code under test, or `response.form` for the response mode `form_post`
    /// ```
    ///
    /// The request is validated and recorded like one from a browser. An error that is reported to the client is in
    /// ``AuthorizationResponse/error``.
    ///
    /// - Parameters:
    ///   - authorizationURL: The URL that the client would open in the browser.
    ///   - user: The user. With `prompt=none`, the user must have a session already, or the error is `login_required`.
    ///   - scopes: The scopes that the user grants; nil: all requested scopes.
    /// - Throws: ``AuthorizationRejectedError`` if the server shows an error page; `HTTP.URLError` if the URL is invalid;
    ///   `HTTP.TransportError` for an injected fault.
    public nonisolated(nonsending) func approve(
        authorizationURL: String,
        as user: FakeUser,
        scopes: Set<String>? = nil
    ) async throws -> AuthorizationResponse {
        try await open(authorizationURL, decision: .approval(by: user, scopes: scopes))
    }

    /// Opens an authorization URL as a user who denies the request.
    ///
    /// - Parameters:
    ///   - authorizationURL: The URL that the client would open in the browser.
    ///   - error: The error code of the response (RFC 6749 section 4.1.2.1).
    ///   - description: The `error_description` of the response.
    /// - Throws: The same errors as ``approve(authorizationURL:as:scopes:)``.
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
            throw AuthorizationRejectedError("the URL is not this server's authorization endpoint")
        }
        let redirect = Locked<AuthorizationResponse?>(nil)
        let reply = await core.handle(
            request,
            endpoint: Endpoint.authorization.rawValue,
            offset: configuration.clockOffset
        ) { request, _ in
            self.authorize(request) { authorization throws(AuthorizationErrorResponse) in
                let response = try self.response(to: authorization, decision: decision)
                redirect.withLock { $0 = response }
                return response.httpResponse
            } rejected: { response in
                redirect.withLock { $0 = response }
            }
        }
        let response = try FakeServerCore.deliver(reply, to: request)
        if let redirect = redirect.withLock({ $0 }) { return redirect }
        let recorded = requests(to: .authorization).last
        throw AuthorizationRejectedError(
            status: response.status,
            oauthError: recorded?.error,
            recorded?.message ?? "an injected fault replaced the response"
        )
    }

    // MARK: The endpoint (RFC 6749 section 3.1)

    /// Validates an authorization request and responds to it.
    func authorize(
        _ request: HTTP.Request,
        valid: (AuthorizationRequest) throws(AuthorizationErrorResponse) -> HTTP.Response,
        rejected: (AuthorizationResponse) -> Void = { _ in }
    ) -> FakeServerCore.Outcome {
        outcome(rejected: rejected) { () throws(AuthorizationErrorResponse) in
            try valid(try authorizationRequest(in: request))
        }
    }

    /// Returns the outcome of a closure: its response, an error that is redirected to the client, or an error page.
    func outcome(
        rejected: (AuthorizationResponse) -> Void = { _ in },
        of respond: () throws(AuthorizationErrorResponse) -> HTTP.Response
    ) -> FakeServerCore.Outcome {
        do throws(AuthorizationErrorResponse) {
            return FakeServerCore.Outcome(response: try respond())
        } catch {
            let (oauthError, target) = (error.error, error.target)
            guard let target else { return Page.errorOutcome(oauthError) }
            let message = oauthError.description ?? oauthError.code
            let response = response(
                to: target,
                [("error", oauthError.code), ("error_description", message.asErrorDescription)]
            )
            rejected(response)
            return FakeServerCore.Outcome(response: response.httpResponse, error: oauthError.code, message: message)
        }
    }

    private func authorizationRequest(in request: HTTP.Request) throws(AuthorizationErrorResponse)
        -> AuthorizationRequest
    {
        let parameters: FormParameters
        do throws(OAuthErrorResponse) {
            parameters = try self.parameters(of: request)
        } catch {
            throw AuthorizationErrorResponse(error: error)
        }
        if parameters["request_uri"] != nil { return try pushedRequest(parameters) }
        return try authorizationRequest(parameters, wasPushed: false)
    }

    /// Validates the parameters of a request, pushed or not.
    func authorizationRequest(
        _ parameters: FormParameters,
        wasPushed: Bool
    ) throws(AuthorizationErrorResponse) -> AuthorizationRequest {
        try AuthorizationRequest(
            parameters,
            wasPushed: wasPushed,
            client: { id in self.state.withLock { $0.clients[id] } },
            configuration: configuration
        )
    }

    /// Returns the response to a valid request.
    func response(
        to request: AuthorizationRequest,
        decision: Decision
    ) throws(AuthorizationErrorResponse) -> AuthorizationResponse {
        if let uri = request.requestURI, state.withLock({ $0.pushedRequests.removeValue(forKey: uri) }) == nil {
            throw AuthorizationErrorResponse(
                error: OAuthErrorResponse(code: "invalid_request_uri", description: "the request_uri was already used")
            )
        }
        switch decision {
        case .denial(let error, let description):
            let pairs = [("error", error)] + (description.map { [("error_description", $0)] } ?? [])
            return response(to: request.target, pairs)
        case .approval(let user, let scopes):
            do throws(OAuthErrorResponse) {
                let code = try randomText()
                try begin(request, code: code, user: user, scopes: scopes)
                return response(to: request.target, [("code", code)])
            } catch {
                throw AuthorizationErrorResponse(error: error, target: request.target)
            }
        }
    }

    /// Stores a user's grant and its code.
    private func begin(
        _ request: AuthorizationRequest,
        code: String,
        user: FakeUser,
        scopes: Set<String>?
    ) throws(OAuthErrorResponse) {
        let time = time()
        let sessionID = try randomText()
        try state.withLock { state throws(OAuthErrorResponse) in
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
                expiresAt: time + state.configuration.codeLifetime.clamped.seconds
            )
        }
    }

    /// Returns a response with `state` and `iss` (RFC 9207).
    private func response(to target: AuthorizationTarget, _ pairs: [(String, String)]) -> AuthorizationResponse {
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
