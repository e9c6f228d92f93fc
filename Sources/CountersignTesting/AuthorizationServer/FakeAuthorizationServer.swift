public import Countersign
public import CountersignHTTP
public import CountersignLoopback

/// An authorization server for tests: it issues tokens as the RFCs say, is strict about what clients send, and fails in
/// every way that a test asks for.
///
/// ```swift
/// let clock = VirtualClock()
/// let server = FakeAuthorizationServer(issuer: "https://login.example.com", clock: clock)
/// server.register(.init(id: "worker", authentication: .clientSecretBasic(secret: "s3cret"), scopes: ["catalog"]))
/// let api = FakeResourceServer(origin: "https://api.example.com", trusting: server) { request in
///     .json(#"{"subject": "\#(request.token?.subject ?? "")"}"#)
/// }
/// let transport = FakeNetwork(server, api)
/// // … calls through `transport` …
/// #expect(server.count(.token) == 1)
/// ```
///
/// Users sign in by ``approve(authorizationURL:as:scopes:)``, or on its pages in a browser: see <doc:SigningInUsers>.
///
/// In a test it runs in process, as a transport. For an example or a program of another kind, ``start(port:)`` serves it
/// on a loopback port, and its issuer becomes that address.
///
/// It keeps its own calendar from the moment it is made, by the clock's `RuntimeClock.now()`: when a test sets the
/// calendar of a ``VirtualClock``, only the client under test goes wrong. Make a server that is wrong itself with
/// ``Configuration/clockOffset``.
///
/// It shares no code with what the runtime makes its requests, proofs and assertions with.
public final class FakeAuthorizationServer: FakeHost {
    /// The endpoints, by the name under which requests are recorded.
    public enum Endpoint: String, Sendable, Hashable, CaseIterable {
        /// Both well-known addresses (RFC 8414, OpenID Connect Discovery).
        case metadata
        /// The public keys that tokens are signed with (RFC 7517).
        case jwks
        /// RFC 6749 section 3.1.
        case authorization
        /// RFC 9126.
        case pushedAuthorization
        /// RFC 6749 section 3.2.
        case token
        /// RFC 8628 section 3.1.
        case deviceAuthorization
        /// The page where people type the code of a device (RFC 8628 section 3.3).
        case deviceVerification
        /// OpenID Connect Core section 5.3.
        case userinfo
        /// RFC 7009.
        case revocation
        /// RFC 7662.
        case introspection
        /// Where clients send users who sign out (OpenID Connect RP-Initiated Logout).
        case endSession
        /// Any other path.
        case unknown
    }

    struct State {
        var issuer: HTTP.URL
        var configuration = Configuration()
        var clients: [String: Client] = [:]
        var tokens: [String: IssuedToken] = [:]
        var tokenCount = 0
        var assertions = ReplayMemory()
        var keys = SigningKeyRing()
        /// In the order in which they were registered.
        var users: [FakeUser] = []
        var sessions: [FakeSession] = []
        var pushedRequests: [String: PushedRequest] = [:]
        var grants: [Int: UserGrant] = [:]
        var codes: [String: AuthorizationCode] = [:]
        var codeReuseDetections = 0
        var devices: [String: DeviceGrant] = [:]
        var pendingSignIns: [String: PendingSignIn] = [:]
        var refreshTokens: [String: RefreshToken] = [:]
    }

    let front: FakeServerCore
    let proofs: ProofVerifier
    let state: Locked<State>

    /// A server without clients.
    ///
    /// - Parameters:
    ///   - issuer: its issuer identifier, a URL without query; endpoints lie below it. What is not a URL is a mistake in
    ///     the test, and traps.
    ///   - clock: the clock that token lifetimes and windows are reckoned on.
    public init(issuer: String = "https://login.example.com", clock: any RuntimeClock = SystemClock()) {
        guard let url = try? HTTP.URL(issuer), url.query == nil else {
            preconditionFailure("“\(issuer)” is not an issuer: an http or https URL without a query")
        }
        front = FakeServerCore(clock: clock)
        proofs = ProofVerifier(noncePrefix: "as.\(url.origin.host).\(url.origin.port)\(url.path)")
        state = Locked(State(issuer: url))
    }

    // MARK: Setting up

    /// Registers a client, or replaces the one with the same id.
    public func register(_ client: Client) {
        state.withLock { $0.clients[client.id] = client }
    }

    /// Removes a client: its requests fail with `invalid_client`.
    public func unregister(clientID: String) {
        state.withLock { $0.clients[clientID] = nil }
    }

    /// Adds a user to those that the sign-in page offers, or replaces the one with the same subject: their claims are
    /// then told anew by userinfo and with the next refresh.
    ///
    /// Users who sign in by ``approve(authorizationURL:as:scopes:)`` need not be registered.
    public func register(_ user: FakeUser) {
        state.withLock { state in
            if let index = state.users.firstIndex(where: { $0.subject == user.subject }) {
                state.users[index] = user
            } else {
                state.users.append(user)
            }
        }
    }

    /// What a test may set, at any time.
    public var configuration: Configuration {
        get { state.withLock { $0.configuration } }
        set { state.withLock { $0.configuration = newValue } }
    }

    /// Lets the next requests fail.
    ///
    /// Faults wait in a queue; a request takes the first that is meant for its endpoint.
    ///
    /// - Parameters:
    ///   - fault: what goes wrong.
    ///   - endpoint: where; nil: everywhere.
    ///   - grantType: for requests of which grant; nil: of any.
    ///   - times: for how many requests; nil: until ``clearFaults()``.
    public func inject(
        _ fault: Fault,
        at endpoint: Endpoint? = .token,
        grantType: GrantType? = nil,
        times: Int? = 1
    ) {
        front.inject(fault, endpoint: endpoint?.rawValue, grantType: grantType?.rawValue, times: times)
    }

    /// Forgets the faults that have not struck yet.
    public func clearFaults() {
        front.clearFaults()
    }

    /// Gives a new DPoP nonce; the one before stays good only if the ``NoncePolicy`` says so.
    public func rotateNonce() {
        proofs.rotateNonce()
    }

    // MARK: Where it is

    /// The issuer identifier, as it stands in metadata and tokens (RFC 8414 section 2): without a final slash.
    public var issuer: String {
        let url = state.withLock { $0.issuer }.string
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// The origin of the issuer: what a ``FakeNetwork`` finds the server by.
    public var origin: HTTP.Origin { state.withLock { $0.issuer }.origin }

    /// The address of an endpoint.
    public func url(of endpoint: Endpoint) -> String {
        switch endpoint {
        case .metadata: issuer + "/.well-known/openid-configuration"
        case .jwks: issuer + "/jwks"
        case .authorization: issuer + "/authorize"
        case .pushedAuthorization: issuer + "/par"
        case .token: issuer + "/token"
        case .deviceAuthorization: issuer + "/device_authorization"
        case .deviceVerification: issuer + "/device"
        case .userinfo: issuer + "/userinfo"
        case .revocation: issuer + "/revoke"
        case .introspection: issuer + "/introspect"
        case .endSession: issuer + "/logout"
        case .unknown: issuer + "/"
        }
    }

    /// Serves the server on a port of the loopback interface as well; its issuer becomes `http://127.0.0.1:` and the
    /// port, with the path that it has.
    ///
    /// - Parameter port: 0 takes any free one.
    /// - Returns: the issuer.
    /// - Throws: `LoopbackError` when the port is taken.
    @discardableResult
    public func start(port: UInt16 = 0) throws(LoopbackError) -> String {
        let origin = try front.listen(port: port) { [weak self] request in
            await self?.answer(request) ?? .failure(.cancelled(afterSending: false))
        }
        state.withLock { state in
            if let url = try? HTTP.URL(origin: origin, target: state.issuer.target) { state.issuer = url }
        }
        return issuer
    }

    /// Closes the port that ``start(port:)`` opened.
    ///
    /// The issuer stays.
    public func stop() {
        front.stopListening()
    }

    // MARK: What has happened

    /// Every request, in the order in which they came.
    public var requests: [RecordedRequest] { front.log }

    /// The requests to one endpoint.
    public func requests(to endpoint: Endpoint) -> [RecordedRequest] {
        front.log.filter { $0.endpoint == endpoint.rawValue }
    }

    /// How many requests came to an endpoint.
    public func count(_ endpoint: Endpoint) -> Int {
        front.tally(endpoint.rawValue).value
    }

    /// The token requests of one grant.
    public func requests(grantType: GrantType) -> [RecordedRequest] {
        requests(to: .token).filter { $0.form["grant_type"] == grantType.rawValue }
    }

    /// How many token requests of one grant came.
    public func count(grantType: GrantType) -> Int {
        requests(grantType: grantType).count
    }

    /// Returns as soon as at least `count` requests have come to an endpoint, or the calling task is cancelled.
    public nonisolated(nonsending) func waitForRequests(_ count: Int, at endpoint: Endpoint = .token) async {
        await front.tally(endpoint.rawValue).wait(for: count)
    }

    /// Every access token that was issued, in that order.
    public var issuedTokens: [IssuedToken] {
        state.withLock { $0.tokens.values.sorted { $0.number < $1.number } }
    }

    /// Revokes every token that was issued so far; resource servers that trust this one refuse them from now on.
    public func revokeAllTokens() {
        state.withLock { state in
            for value in state.tokens.keys { state.tokens[value]?.isRevoked = true }
        }
    }

    // MARK: HTTP.Transport

    public nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        try FakeServerCore.deliver(await answer(request), to: request)
    }

    nonisolated(nonsending) func answer(_ request: HTTP.Request) async -> FakeServerCore.Reply {
        let endpoint = endpoint(of: request)
        return await front.take(request, endpoint: endpoint.rawValue, offset: configuration.clockOffset) {
            self.respond(to: $0, at: endpoint, fault: $1)
        }
    }

    /// The server's calendar time, in seconds.
    func time() -> Double {
        front.time(offset: configuration.clockOffset)
    }
}
