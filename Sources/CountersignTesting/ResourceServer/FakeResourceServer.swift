public import CountersignHTTP
public import CountersignLoopback

/// A fake protected API that strictly validates the access tokens and DPoP proofs of requests.
///
/// It accepts the tokens of a ``FakeAuthorizationServer`` and responds with the handlers of its routes.
///
/// ```swift
/// let api = FakeResourceServer(origin: "https://api.example.com", trusting: server)
/// api.on(.get, "/items/{id}", scopes: ["catalog"]) { request in
///     .json(#"{"id": "\#(request.parameter("id") ?? "")"}"#)
/// }
/// ```
///
/// Error responses follow RFC 6750 section 3 and RFC 9449 section 7: 401 with a challenge, 403 `insufficient_scope`.
public final class FakeResourceServer: FakeHost {
    /// A closure that responds to an authorized request.
    public typealias Handler = @Sendable (ResourceRequest) async -> HTTP.Response

    /// The access control of a route.
    public enum Access: Sendable, Hashable {
        /// Requires a token with the route's scopes.
        case protected
        /// Requires no token; a token in the request is not validated.
        case open
    }

    private struct Route: Sendable {
        var method: HTTP.Method
        var template: RouteTemplate
        var scopes: Set<String>
        var access: Access
        var handler: Handler

        var name: String { "\(method) \(template.text)" }
    }

    private struct State {
        var origin: HTTP.Origin
        var configuration = Configuration()
        var routes: [Route] = []
        /// The number of the newest token that is rejected; all older ones are rejected too.
        var newestRejectedToken = 0
    }

    private let authorizationServer: FakeAuthorizationServer
    private let core: FakeServerCore
    private let proofs: ProofVerifier
    private let fallback: Handler?
    private let state: Locked<State>

    /// Creates an API.
    ///
    /// - Precondition: `origin` is an origin such as `https://api.example.com`.
    /// - Parameters:
    ///   - origin: The origin of the API.
    ///   - authorizationServer: The server whose tokens the API accepts. The API uses that server's clock.
    ///   - handler: Responds to requests that match no route. Without it, the response has status 404, or 405 if the
    ///     path has a route with another method.
    public init(
        origin: String = "https://api.example.com",
        trusting authorizationServer: FakeAuthorizationServer,
        handler: Handler? = nil
    ) {
        guard let origin = try? HTTP.Origin(origin) else {
            preconditionFailure("'\(origin)' is not an origin; expected one such as https://api.example.com")
        }
        self.authorizationServer = authorizationServer
        self.core = FakeServerCore(clock: authorizationServer.core.clock)
        self.fallback = handler
        self.proofs = ProofVerifier(noncePrefix: "rs.\(origin.host).\(origin.port)")
        self.state = Locked(State(origin: origin))
    }

    // MARK: Setup

    /// Adds a route; the first route that matches a request responds to it.
    ///
    /// A route with the method and the path of an earlier one replaces it: a test can change a response of its setup. The
    /// names of parameters make no difference, so `/items/{id}` and `/items/{name}` are the same path.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - template: The path. `{name}` stands for one segment.
    ///   - scopes: The scopes that a token must have.
    ///   - access: The access control.
    ///   - handler: Responds to the authorized requests.
    public func on(
        _ method: HTTP.Method,
        _ template: String,
        scopes: Set<String> = [],
        access: Access = .protected,
        handler: @escaping Handler
    ) {
        let route = Route(
            method: method,
            template: RouteTemplate(template),
            scopes: scopes,
            access: access,
            handler: handler
        )
        state.withLock { state in
            let earlier = state.routes.firstIndex {
                $0.method == method && $0.template.matchesSamePaths(as: route.template)
            }
            if let earlier { state.routes[earlier] = route } else { state.routes.append(route) }
        }
    }

    /// The configuration, which a test can change at any time.
    public var configuration: Configuration {
        get { state.withLock { $0.configuration } }
        set { state.withLock { $0.configuration = newValue } }
    }

    /// Rejects all tokens issued so far with 401 `invalid_token`.
    ///
    /// The authorization server still considers them active.
    public func rejectIssuedTokens() {
        let number = authorizationServer.issuedTokens.last?.number ?? 0
        state.withLock { $0.newestRejectedToken = number }
    }

    /// Changes the DPoP nonce; the previous one stays valid only if the ``NoncePolicy`` accepts it.
    public func rotateNonce() {
        proofs.rotateNonce()
    }

    /// Injects a fault into the next requests.
    ///
    /// A fault applies before tokens and proofs are validated, unless it edits the response.
    ///
    /// - Parameters:
    ///   - fault: The fault.
    ///   - times: The number of requests; nil: until ``clearFaults()``.
    public func inject(_ fault: Fault, times: Int? = 1) {
        core.inject(fault, endpoint: nil, times: times)
    }

    /// Removes the pending faults.
    public func clearFaults() {
        core.clearFaults()
    }

    // MARK: Address

    /// The origin of the API.
    public var origin: HTTP.Origin { state.withLock { $0.origin } }

    /// Returns the URL of a path on this server.
    ///
    /// - Throws: `HTTP.URLError` if `target` is not a path with an optional query.
    public func url(_ target: String) throws(HTTP.URLError) -> HTTP.URL {
        try HTTP.URL(origin: origin, target: target)
    }

    /// Also serves the API on a port of the loopback interface and sets its origin to `http://127.0.0.1:` and the port.
    ///
    /// - Parameter port: The port; 0 chooses a free one.
    /// - Returns: The origin.
    /// - Throws: `LoopbackError` if the port is in use.
    @discardableResult
    public func start(port: UInt16 = 0) throws(LoopbackError) -> HTTP.Origin {
        let origin = try core.listen(port: port) { [weak self] request in
            await self?.reply(to: request) ?? .failure(.cancelled(afterSending: false))
        }
        state.withLock { $0.origin = origin }
        return origin
    }

    /// Closes the port that ``start(port:)`` opened; the origin does not change.
    public func stop() {
        core.stopListening()
    }

    // MARK: Recorded requests

    /// All requests, in the order in which they arrived.
    public var requests: [RecordedRequest] { core.log }

    /// The number of requests.
    public var count: Int { core.counter("").value }

    /// Returns as soon as at least `count` requests have arrived, or the calling task is cancelled.
    public nonisolated(nonsending) func waitForRequests(_ count: Int) async {
        await core.counter("").wait(for: count)
    }

    // MARK: HTTP.Transport

    public nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
    {
        try FakeServerCore.deliver(await reply(to: request), to: request)
    }

    private nonisolated(nonsending) func reply(to request: HTTP.Request) async -> FakeServerCore.Reply {
        let (routes, configuration) = state.withLock { ($0.routes, $0.configuration) }
        let candidates = routes.lazy.compactMap { route in
            route.template.match(request.url.path).map { (route, $0) }
        }
        let match = candidates.first { $0.0.method == request.method }
        let name = match?.0.name ?? "\(request.method) \(request.url.path)"
        return await core.handle(request, endpoint: name, offset: configuration.clockOffset) { request, _ in
            if let match {
                return await self.respond(to: request, route: match.0, captures: match.1, configuration: configuration)
            }
            guard let fallback = self.fallback else {
                let isKnown = candidates.first != nil
                return FakeServerCore.Outcome(
                    response: HTTP.Response(status: isKnown ? 405 : 404),
                    message: "no route \(request.method) \(request.url.path)"
                )
            }
            let route = Route(
                method: request.method,
                template: RouteTemplate(""),
                scopes: [],
                access: .protected,
                handler: fallback
            )
            return await self.respond(to: request, route: route, captures: [:], configuration: configuration)
        }
    }

    private nonisolated(nonsending) func respond(
        to request: HTTP.Request,
        route: Route,
        captures: [String: String],
        configuration: Configuration
    ) async -> FakeServerCore.Outcome {
        var token: IssuedToken?
        if route.access == .protected {
            do throws(ResourceErrorResponse) {
                let validator = AccessTokenValidator(
                    authorizationServer: authorizationServer,
                    proofs: proofs,
                    configuration: configuration,
                    time: core.time(offset: configuration.clockOffset)
                )
                token = try validator.token(
                    of: request,
                    scopes: route.scopes,
                    newestRejectedToken: state.withLock { $0.newestRejectedToken }
                )
            } catch {
                var response = error.response(configuration: configuration)
                announceNonce(in: &response, to: request, under: configuration.nonces)
                return FakeServerCore.Outcome(
                    response: response,
                    error: error.code,
                    message: error.description ?? "no credentials"
                )
            }
        }
        var response = await route.handler(ResourceRequest(request: request, token: token, captures: captures))
        if token != nil { announceNonce(in: &response, to: request, under: configuration.nonces) }
        return FakeServerCore.Outcome(response: response)
    }

    /// Adds the newest nonce to the response to a request with a proof, whether it succeeded or not (RFC 9449 section 9).
    private func announceNonce(in response: inout HTTP.Response, to request: HTTP.Request, under policy: NoncePolicy) {
        guard request.fields.contains(.dpop), !response.fields.contains(.dpopNonce),
            let nonce = proofs.announcedNonce(under: policy)
        else { return }
        response.fields.append(name: .dpopNonce, value: nonce)
    }
}
