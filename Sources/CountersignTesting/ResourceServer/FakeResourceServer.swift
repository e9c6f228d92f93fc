public import CountersignHTTP
public import CountersignLoopback

/// A protected API for tests: it takes the tokens of a ``FakeAuthorizationServer``, checks them and their DPoP proofs
/// strictly, and answers what its routes say.
///
/// ```swift
/// let api = FakeResourceServer(origin: "https://api.example.com", trusting: server)
/// api.on(.get, "/items/{id}", scopes: ["catalog"]) { request in
///     .json(#"{"id": "\#(request.parameter("id") ?? "")"}"#)
/// }
/// ```
///
/// Refusals are those of RFC 6750 section 3 and RFC 9449 section 7: 401 with a challenge, 403 `insufficient_scope`.
public final class FakeResourceServer: FakeHost {
    /// What answers a request that was let through.
    public typealias Handler = @Sendable (ResourceRequest) async -> HTTP.Response

    /// Who may call a route.
    public enum Access: Sendable, Hashable {
        /// Whoever has a token with the route's scopes.
        case protected
        /// Anyone; a token that is sent all the same is not looked at.
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
        /// Tokens up to this number are refused.
        var refusedUpTo = 0
    }

    private let authorizationServer: FakeAuthorizationServer
    private let front: FakeServerCore
    private let proofs: ProofVerifier
    private let fallback: Handler?
    private let state: Locked<State>

    /// An API.
    ///
    /// - Parameters:
    ///   - origin: where it is. What is not an origin is a mistake in the test, and traps.
    ///   - authorizationServer: whose tokens it takes; it lives on that server's clock.
    ///   - handler: answers the requests that no route is for; without one, they are answered with status 404.
    public init(
        origin: String = "https://api.example.com",
        trusting authorizationServer: FakeAuthorizationServer,
        handler: Handler? = nil
    ) {
        guard let origin = try? HTTP.Origin(origin) else {
            preconditionFailure("“\(origin)” is not an origin, such as https://api.example.com")
        }
        self.authorizationServer = authorizationServer
        self.front = FakeServerCore(clock: authorizationServer.front.clock)
        self.fallback = handler
        self.proofs = ProofVerifier(noncePrefix: "rs.\(origin.host).\(origin.port)")
        self.state = Locked(State(origin: origin))
    }

    // MARK: Setting up

    /// Adds a route.
    ///
    /// - Parameters:
    ///   - method: the method; other methods are other routes.
    ///   - template: the path, `{name}` for a segment; the first route that fits is taken.
    ///   - scopes: what a token must have been granted.
    ///   - access: who may call it.
    ///   - handler: answers.
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
        state.withLock { $0.routes.append(route) }
    }

    /// What a test may set, at any time.
    public var configuration: Configuration {
        get { state.withLock { $0.configuration } }
        set { state.withLock { $0.configuration = newValue } }
    }

    /// Refuses, with 401 `invalid_token`, every token that was issued before this call.
    public func refuseTokensIssuedSoFar() {
        let number = authorizationServer.issuedTokens.last?.number ?? 0
        state.withLock { $0.refusedUpTo = number }
    }

    /// Gives a new DPoP nonce; the one before stays good only if the ``NoncePolicy`` says so.
    public func rotateNonce() {
        proofs.rotateNonce()
    }

    /// Lets the next requests fail, for `times` requests; nil: until ``clearFaults()``.
    ///
    /// A fault strikes before tokens and proofs are looked at, unless it changes the answer.
    public func inject(_ fault: Fault, times: Int? = 1) {
        front.inject(fault, endpoint: nil, times: times)
    }

    /// Forgets the faults that have not struck yet.
    public func clearFaults() {
        front.clearFaults()
    }

    // MARK: Where it is

    /// Where the API is.
    public var origin: HTTP.Origin { state.withLock { $0.origin } }

    /// The address of a path on this server.
    ///
    /// - Throws: `HTTP.URLError` when `target` is not a path with an optional query.
    public func url(_ target: String) throws(HTTP.URLError) -> HTTP.URL {
        try HTTP.URL(origin: origin, target: target)
    }

    /// Serves the API on a port of the loopback interface as well; its origin becomes `http://127.0.0.1:` and the port.
    ///
    /// - Parameter port: 0 takes any free one.
    /// - Returns: the origin.
    /// - Throws: `LoopbackError` when the port is taken.
    @discardableResult
    public func start(port: UInt16 = 0) throws(LoopbackError) -> HTTP.Origin {
        let origin = try front.listen(port: port) { [weak self] request in
            await self?.answer(request) ?? .failure(.cancelled(afterSending: false))
        }
        state.withLock { $0.origin = origin }
        return origin
    }

    /// Closes the port that ``start(port:)`` opened.
    ///
    /// The origin stays.
    public func stop() {
        front.stopListening()
    }

    // MARK: What has happened

    /// Every request, in the order in which they came.
    public var requests: [RecordedRequest] { front.log }

    /// How many requests came.
    public var count: Int { front.tally("").value }

    /// Returns as soon as at least `count` requests have come, or the calling task is cancelled.
    public nonisolated(nonsending) func waitForRequests(_ count: Int) async {
        await front.tally("").wait(for: count)
    }

    // MARK: HTTP.Transport

    public nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        try FakeServerCore.deliver(await answer(request), to: request)
    }

    private nonisolated(nonsending) func answer(_ request: HTTP.Request) async -> FakeServerCore.Reply {
        let (routes, configuration) = state.withLock { ($0.routes, $0.configuration) }
        let candidates = routes.lazy.compactMap { route in
            route.template.match(request.url.path).map { (route, $0) }
        }
        let match = candidates.first { $0.0.method == request.method }
        let name = match?.0.name ?? "\(request.method) \(request.url.path)"
        return await front.take(request, endpoint: name, offset: configuration.clockOffset) { request, _ in
            if let match {
                return await self.respond(to: request, route: match.0, captures: match.1, configuration: configuration)
            }
            guard let fallback = self.fallback else {
                let isKnown = candidates.first != nil
                return FakeServerCore.Outcome(
                    response: HTTP.Response(status: isKnown ? 405 : 404),
                    reason: "no route \(request.method) \(request.url.path)"
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
            do throws(ResourceRefusal) {
                let check = TokenCheck(
                    authorizationServer: authorizationServer,
                    proofs: proofs,
                    configuration: configuration,
                    time: front.time(offset: configuration.clockOffset)
                )
                token = try check.token(
                    of: request,
                    scopes: route.scopes,
                    refusedUpTo: state.withLock { $0.refusedUpTo }
                )
            } catch {
                var response = error.response(configuration: configuration)
                announceNonce(in: &response, to: request, under: configuration.nonces)
                return FakeServerCore.Outcome(
                    response: response,
                    error: error.code,
                    reason: error.description ?? "no credentials"
                )
            }
        }
        var response = await route.handler(ResourceRequest(request: request, token: token, captures: captures))
        if token != nil { announceNonce(in: &response, to: request, under: configuration.nonces) }
        return FakeServerCore.Outcome(response: response)
    }

    /// Gives the nonce to use next to whoever sent a proof, with success and refusal alike (RFC 9449 section 9).
    private func announceNonce(in response: inout HTTP.Response, to request: HTTP.Request, under policy: NoncePolicy) {
        guard request.fields.contains(.dpop), !response.fields.contains(.dpopNonce),
            let nonce = proofs.announcedNonce(under: policy)
        else { return }
        response.fields.append(name: .dpopNonce, value: nonce)
    }
}
