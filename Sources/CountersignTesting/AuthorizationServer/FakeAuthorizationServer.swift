public import Countersign
public import CountersignHTTP
public import CountersignLoopback

/// A fake authorization server for tests that follows the RFCs, validates requests strictly, and fails on demand.
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
/// In a test it runs in the process, as a transport. For an example or another program, ``start(port:)`` serves it on a
/// loopback port, and its issuer becomes that address.
///
/// Its calendar is independent: it starts at the calendar time of the clock and follows `RuntimeClock.now()`. If a test
/// sets the calendar of a ``VirtualClock`` later, only the client under test is wrong. ``Configuration/clockOffset`` makes
/// the server's calendar wrong.
///
/// It shares no code with the runtime's requests, proofs and assertions.
public final class FakeAuthorizationServer: FakeHost {
    /// The endpoints; the raw value is the ``RecordedRequest/endpoint`` of recorded requests.
    public enum Endpoint: String, Sendable, Hashable, CaseIterable {
        /// The metadata, at both well-known paths (RFC 8414, OpenID Connect Discovery).
        case metadata
        /// The public signing keys (RFC 7517).
        case jwks
        /// The authorization endpoint (RFC 6749 section 3.1).
        case authorization
        /// The pushed authorization request endpoint (RFC 9126).
        case pushedAuthorization
        /// The token endpoint (RFC 6749 section 3.2).
        case token
        /// The device authorization endpoint (RFC 8628 section 3.1).
        case deviceAuthorization
        /// The page where users enter the code of a device (RFC 8628 section 3.3).
        case deviceVerification
        /// The userinfo endpoint (OpenID Connect Core section 5.3).
        case userinfo
        /// The revocation endpoint (RFC 7009).
        case revocation
        /// The introspection endpoint (RFC 7662).
        case introspection
        /// The end session endpoint (OpenID Connect RP-Initiated Logout).
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
        var assertions = ReplayCache()
        var keys = SigningKeyRing()
        /// In the order of registration.
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

    let core: FakeServerCore
    let proofs: ProofVerifier
    let state: Locked<State>

    /// Creates a server without clients.
    ///
    /// - Precondition: `issuer` is an http or https URL without a query.
    /// - Parameters:
    ///   - issuer: The issuer identifier. The paths of the endpoints start with its path.
    ///   - clock: The clock for token lifetimes and time windows.
    public init(issuer: String = "https://login.example.com", clock: any RuntimeClock = SystemClock()) {
        guard let url = try? HTTP.URL(issuer), url.query == nil else {
            preconditionFailure("'\(issuer)' is not an issuer; expected an http or https URL without a query")
        }
        core = FakeServerCore(clock: clock)
        proofs = ProofVerifier(noncePrefix: "as.\(url.origin.host).\(url.origin.port)\(url.path)")
        state = Locked(State(issuer: url))
    }

    // MARK: Setup

    /// Registers a client, or replaces the one with the same ID.
    public func register(_ client: Client) {
        state.withLock { $0.clients[client.id] = client }
    }

    /// Removes a client: its requests fail with `invalid_client`.
    public func unregister(clientID: String) {
        state.withLock { $0.clients[clientID] = nil }
    }

    /// Adds a user to the sign-in page, or replaces the one with the same subject.
    ///
    /// After a replacement, userinfo and the next refresh return the new claims. Users who sign in by
    /// ``approve(authorizationURL:as:scopes:)`` need not be registered.
    public func register(_ user: FakeUser) {
        state.withLock { state in
            if let index = state.users.firstIndex(where: { $0.subject == user.subject }) {
                state.users[index] = user
            } else {
                state.users.append(user)
            }
        }
    }

    /// The configuration, which a test can change at any time.
    public var configuration: Configuration {
        get { state.withLock { $0.configuration } }
        set { state.withLock { $0.configuration = newValue } }
    }

    /// Injects a fault into the next requests.
    ///
    /// Faults wait in a queue; each request takes the first that matches.
    ///
    /// - Parameters:
    ///   - fault: The fault.
    ///   - endpoint: The endpoint; nil: all endpoints.
    ///   - grantType: The grant type of the requests; nil: any.
    ///   - times: The number of requests; nil: until ``clearFaults()``.
    public func inject(
        _ fault: Fault,
        at endpoint: Endpoint? = .token,
        grantType: GrantType? = nil,
        times: Int? = 1
    ) {
        core.inject(fault, endpoint: endpoint?.rawValue, grantType: grantType?.rawValue, times: times)
    }

    /// Removes the pending faults.
    public func clearFaults() {
        core.clearFaults()
    }

    /// Changes the DPoP nonce; the previous one stays valid only if the ``NoncePolicy`` accepts it.
    public func rotateNonce() {
        proofs.rotateNonce()
    }

    // MARK: Address

    /// The issuer identifier in metadata and tokens (RFC 8414 section 2), without a trailing slash.
    public var issuer: String {
        let url = state.withLock { $0.issuer }.string
        return url.hasSuffix("/") ? String(url.dropLast()) : url
    }

    /// The origin of the issuer, at which a ``FakeNetwork`` finds the server.
    public var origin: HTTP.Origin { state.withLock { $0.issuer }.origin }

    /// Returns the URL of an endpoint.
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

    /// Also serves the server on a port of the loopback interface.
    ///
    /// The origin of the issuer becomes `http://127.0.0.1:` and the port; the path stays the same.
    ///
    /// - Parameter port: The port; 0 chooses a free one.
    /// - Returns: The issuer.
    /// - Throws: `LoopbackError` if the port is in use.
    @discardableResult
    public func start(port: UInt16 = 0) throws(LoopbackError) -> String {
        let origin = try core.listen(port: port) { [weak self] request in
            await self?.reply(to: request) ?? .failure(.cancelled(afterSending: false))
        }
        state.withLock { state in
            if let url = try? HTTP.URL(origin: origin, target: state.issuer.target) { state.issuer = url }
        }
        return issuer
    }

    /// Closes the port that ``start(port:)`` opened; the issuer does not change.
    public func stop() {
        core.stopListening()
    }

    // MARK: Recorded requests

    /// All requests, in the order in which they arrived.
    public var requests: [RecordedRequest] { core.log }

    /// Returns the requests to an endpoint.
    public func requests(to endpoint: Endpoint) -> [RecordedRequest] {
        core.log.filter { $0.endpoint == endpoint.rawValue }
    }

    /// Returns the number of requests to an endpoint.
    public func count(_ endpoint: Endpoint) -> Int {
        core.counter(endpoint.rawValue).value
    }

    /// Returns the token requests with a grant type.
    public func requests(grantType: GrantType) -> [RecordedRequest] {
        requests(to: .token).filter { $0.form["grant_type"] == grantType.rawValue }
    }

    /// Returns the number of token requests with a grant type.
    public func count(grantType: GrantType) -> Int {
        requests(grantType: grantType).count
    }

    /// Returns as soon as at least `count` requests have arrived at an endpoint, or the calling task is cancelled.
    public nonisolated(nonsending) func waitForRequests(_ count: Int, at endpoint: Endpoint = .token) async {
        await core.counter(endpoint.rawValue).wait(for: count)
    }

    /// All issued access tokens, in the order of issue.
    public var issuedTokens: [IssuedToken] {
        state.withLock { $0.tokens.values.sorted { $0.number < $1.number } }
    }

    /// Revokes all access tokens issued so far; resource servers that trust this server then reject them.
    public func revokeAllTokens() {
        state.withLock { state in
            for value in state.tokens.keys { state.tokens[value]?.isRevoked = true }
        }
    }

    // MARK: HTTP.Transport

    public nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
    {
        try FakeServerCore.deliver(await reply(to: request), to: request)
    }

    nonisolated(nonsending) func reply(to request: HTTP.Request) async -> FakeServerCore.Reply {
        let endpoint = endpoint(of: request)
        return await core.handle(request, endpoint: endpoint.rawValue, offset: configuration.clockOffset) {
            self.respond(to: $0, at: endpoint, fault: $1)
        }
    }

    /// Returns the server's calendar time, in seconds since 1970.
    func time() -> Double {
        core.time(offset: configuration.clockOffset)
    }
}
