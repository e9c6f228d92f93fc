import CountersignCrypto

/// The shared state of clients: connections, cached tokens, DPoP keys, nonces, clock offsets and metadata.
///
/// Clients are cheap values. Clients of the same runtime share a token if their credentials and token requests are equal.
/// Most programs use ``shared``. Create another runtime to configure it, or to keep tokens separate.
///
/// ```swift
/// var configuration = CountersignRuntime.Configuration()
/// configuration.tokenRequestTimeout = .seconds(5)
/// let runtime = CountersignRuntime(configuration)
/// let catalog = CatalogAPI(credentials: credentials, runtime: runtime)
/// ```
public final class CountersignRuntime: Sendable {
    /// The configuration of a runtime.
    ///
    /// All defaults are suitable for production.
    public struct Configuration: Sendable {
        /// The transport for requests to authorization servers and APIs.
        public var transport: any HTTP.Transport = CurlTransport.shared

        /// The clock for lifetimes, deadlines and delays.
        public var clock: any RuntimeClock = SystemClock()

        /// The policy for renewing tokens.
        public var renewal = RenewalPolicy()

        /// The timeout of a token request, without the discovery of its endpoint.
        ///
        /// The default is 10 seconds. ``RenewalPolicy/maximumAttempts`` are made within this time.
        public var tokenRequestTimeout: Duration = .seconds(10)

        /// The longest wait of a shutdown for the work under way; see ``CountersignRuntime/shutdown(within:)``.
        ///
        /// The default is 30 seconds. It should be at least ``tokenRequestTimeout`` and 20 seconds, since a refresh can
        /// also fetch the metadata and the keys of the issuer, each within 10 seconds. It should be shorter than the
        /// time after which the process is killed.
        public var shutdownTimeout: Duration = .seconds(30)

        /// The origins (`http://host:port`) that may be contacted without TLS, in addition to loopback.
        ///
        /// A request without TLS to any other origin is rejected before a byte is sent.
        public var insecureOrigins: Set<String> = []

        /// The origins (`https://host`) where the metadata of any issuer may place endpoints.
        ///
        /// A schema (`endpointOrigins`), a sign-in configuration or credentials can name further origins for one issuer.
        /// All other endpoints must be at the origin of their issuer.
        public var endpointOrigins: Set<String> = []

        /// The keys that DPoP tokens are bound to, one for each algorithm.
        ///
        /// For an algorithm without a key, the runtime generates one, which lives as long as the runtime.
        public var dpopKeys: [DPoPKey] = []

        /// The maximum number of cached tokens.
        ///
        /// The default is 10,000.
        ///
        /// Tokens of clients in use are never evicted.
        public var maximumCachedTokens = 10_000

        /// Renews the token once after a 401 that carries no challenge (`WWW-Authenticate`).
        ///
        /// The default is true.
        public var renewsOnUnchallenged401 = true

        /// The policy for retrying calls after transient failures; ``RetryPolicy/none`` for no retries.
        public var retries = RetryPolicy()

        /// The middleware of every call; the first is the outermost.
        public var middleware: [any CallMiddleware] = []

        /// Customizes the token request of each call.
        public var tokenRequestCustomizer: (any TokenRequestCustomizer)?

        /// The receivers of events and spans.
        public var telemetry: [any Telemetry] = []

        /// Returns a random number in 0 ..< 1, which spreads renewals and retries over time.
        @_spi(Testing) public var jitter: @Sendable () -> Double = { Double.random(in: 0..<1) }

        /// Creates a configuration with the default values.
        public init() {}
    }

    /// The runtime that clients use by default.
    public static let shared = CountersignRuntime()

    let configuration: Configuration
    let origins: OriginPolicy
    let dpopNonces = DPoPNonceStore()
    let dpopKeys: DPoPKeys
    let retryBudgets: RetryBudgets
    /// The configured transport, with spans if there is telemetry.
    let transport: any HTTP.Transport
    /// The telemetry; nil if none is configured.
    let telemetry: TelemetryFanOut?
    /// True if all calls pass through telemetry or middleware.
    let observesCalls: Bool
    let tokenEndpoint: TokenEndpointClient
    private let metadata: MetadataDiscovery
    private let keySets: DocumentCache<JSONWebKeySet>
    let cache: TokenCache
    /// The work under way that a shutdown waits for.
    package let work: WorkTracker
    /// The key of the digests by which token identities distinguish secrets.
    let identityKey: Result<[UInt8], CryptoError>

    /// Creates a runtime.
    ///
    /// It has its own token cache: different runtimes do not share tokens.
    public init(_ configuration: Configuration = Configuration()) {
        var configuration = configuration
        configuration.renewal = configuration.renewal.clamped
        configuration.retries = configuration.retries.clamped
        self.configuration = configuration
        origins = OriginPolicy(insecure: configuration.insecureOrigins, endpoints: configuration.endpointOrigins)
        dpopKeys = DPoPKeys(configuration.dpopKeys)
        retryBudgets = RetryBudgets(size: configuration.retries.retryBudget)
        telemetry = TelemetryFanOut(configuration.telemetry, clock: configuration.clock)
        let configured = configuration.transport
        let transport = telemetry.map { TelemetryTransport(transport: configured, telemetry: $0) } ?? configured
        self.transport = transport
        observesCalls = telemetry != nil || !configuration.middleware.isEmpty
        cache = TokenCache(capacity: configuration.maximumCachedTokens)
        work = WorkTracker(configuration, telemetry: telemetry)
        let published = PublishedDocuments(
            transport: transport,
            clock: configuration.clock,
            origins: origins
        )
        metadata = MetadataDiscovery(of: published)
        keySets = DocumentCache(clock: configuration.clock) { url throws(TokenError) in
            try await published.keys(at: url)
        }
        tokenEndpoint = TokenEndpointClient(
            transport: transport,
            clock: configuration.clock,
            metadata: metadata,
            origins: origins,
            dpopNonces: dpopNonces,
            timeout: configuration.tokenRequestTimeout.clampedToPositive,
            telemetry: telemetry
        )
        do {
            identityKey = .success(try SecureRandom.bytes(32))
        } catch {
            identityKey = .failure(error)
        }
    }

    /// Invalidates all cached tokens.
    ///
    /// The next call of each client requests a new token.
    public func invalidateTokens() {
        cache.invalidateTokens()
    }
}

// MARK: - Token endpoint requests, metadata and keys, for the module CountersignOIDC

extension CountersignRuntime {
    package var clock: any RuntimeClock { configuration.clock }

    package var renewal: RenewalPolicy { configuration.renewal }

    package var tokenRequestTimeout: Duration { configuration.tokenRequestTimeout.clampedToPositive }

    /// Returns the metadata of an issuer, from the cache if possible.
    ///
    /// - Parameter endpoint: The endpoint that must be present. OpenID Provider metadata and RFC 8414 metadata can differ.
    package nonisolated(nonsending) func metadata(
        of issuer: TrustedIssuer,
        naming endpoint: TokenEndpointRequest.Endpoint = .token
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        try await metadata.document(issuer, naming: endpoint)
    }

    /// Returns the metadata of an issuer, whatever a client accepts in it, to check that it is published.
    ///
    /// No endpoint in it may be used.
    nonisolated(nonsending) func publishedMetadata(
        of issuer: String
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        try await metadata.publishedDocument(issuer)
    }

    /// Returns the signing keys of an issuer, from the cache if possible.
    ///
    /// - Parameters:
    ///   - metadata: The metadata of the issuer.
    ///   - isKeyUnknown: True if the cached keys lack the key that a signature names. They are then fetched again, but at
    ///     most once in 30 seconds, so that forged signatures cannot cause many requests (P55).
    package nonisolated(nonsending) func keys(
        of metadata: AuthorizationServerMetadata,
        isKeyUnknown: Bool = false
    ) async throws(TokenError) -> JSONWebKeySet {
        let url = try metadata.url("jwks_uri")
        return try await keySets.document(url.string, noOlderThan: isKeyUnknown ? .seconds(30) : nil)
    }

    /// Sends a request of a client to an authorization server.
    ///
    /// - Returns: The response, which has a successful status.
    package nonisolated(nonsending) func post(
        _ request: TokenEndpointRequest
    ) async throws(TokenError) -> HTTP.Response {
        try await tokenEndpoint.post(request)
    }

    /// Sends a token request.
    package nonisolated(nonsending) func token(
        for request: TokenEndpointRequest
    ) async throws(TokenError) -> TokenEndpointResponse {
        try await tokenEndpoint.token(for: request).get()
    }

    /// Returns the key that the tokens of a client are bound to.
    package func dpopKey(
        _ algorithm: DPoPAlgorithm,
        of credentials: ClientCredentials
    ) throws(TokenError) -> DPoPKey {
        if let own = credentials.dpopKey { return own }
        return try dpopKeys.key(algorithm)
    }

    /// Creates a cache entry whose token is renewed by the policy of the runtime.
    ///
    /// - Parameter subject: The client and the authorization server, for events.
    package func makeTokenCacheEntry(
        about subject: TokenSubject? = nil,
        _ fetch: @escaping TokenCacheEntry.Fetch
    ) -> TokenCacheEntry {
        TokenCacheEntry(
            policy: configuration.renewal,
            clock: configuration.clock,
            jitter: configuration.jitter,
            retryWindow: tokenRequestTimeout,
            telemetry: telemetry,
            subject: subject,
            fetch: fetch
        )
    }

    /// Reports an event about tokens or sessions to the telemetry.
    package func record(_ kind: RuntimeEvent.Kind, _ reason: String, about subject: @autoclosure () -> TokenSubject?) {
        telemetry?.record(kind, reason, about: subject())
    }
}

extension CountersignRuntime: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Runtime" }
    public var debugDescription: String { description }
    /// A mirror without keys and tokens.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
