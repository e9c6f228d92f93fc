import CountersignCrypto

/// The owner of everything that calls share: connections, cached tokens, DPoP keys, nonces, clock offsets, metadata.
///
/// Clients are cheap values; those of one runtime share tokens wherever their credentials and demands are equal. Most
/// programs use ``shared``; make another to keep things apart or to configure them.
///
/// ```swift
/// var configuration = Runtime.Configuration()
/// configuration.tokenRequestTimeout = .seconds(5)
/// let runtime = Runtime(configuration)
/// let catalog = CatalogAPI(credentials: credentials, runtime: runtime)
/// ```
public final class Runtime: Sendable {
    /// How a runtime does its work.
    ///
    /// Every value has a default that is meant for production.
    public struct Configuration: Sendable {
        /// What sends requests, to authorization servers and APIs alike.
        public var transport: any HTTP.Transport = CurlTransport.shared

        /// The time that tokens live by.
        public var clock: any RuntimeClock = SystemClock()

        /// When tokens are renewed.
        public var renewal = RenewalPolicy()

        /// The longest that asking for one token may take, discovery apart.
        public var tokenRequestTimeout: Duration = .seconds(10)

        /// Origins (`http://host:port`) beyond loopback that are spoken to without TLS.
        ///
        /// Everything else without TLS is refused before a byte is sent.
        public var insecureOrigins: Set<String> = []

        /// Origins (`https://host`) at which any issuer's metadata may name endpoints.
        ///
        /// Without an entry here an endpoint must stand at its issuer's own origin.
        public var endpointOrigins: Set<String> = []

        /// The keys that DPoP tokens are bound to, one for an algorithm.
        ///
        /// Where there is none, the runtime makes one that lives as long as it does.
        public var dpopKeys: [DPoPKey] = []

        /// How many tokens are kept.
        ///
        /// Those of clients in use are kept in any case.
        public var maximumCachedTokens = 10_000

        /// Whether a 401 without any `WWW-Authenticate` is taken to be about the token, which is then renewed once.
        public var renewsOnUnchallenged401 = true

        /// Which calls are made again when they failed for a passing reason; ``RetryPolicy/none`` for no calls.
        public var retries = RetryPolicy()

        /// What every call passes through, the first outermost.
        public var middleware: [any CallMiddleware] = []

        /// What makes the token of a call depend on the call.
        public var tokenRequestCustomizer: (any TokenRequestCustomizer)?

        /// What is told of everything that happens.
        public var telemetry: [any Telemetry] = []

        /// Draws from 0 ..< 1, to spread renewals and attempts over time.
        @_spi(Testing) public var jitter: @Sendable () -> Double = { Double.random(in: 0..<1) }

        public init() {}
    }

    /// The runtime that clients use unless they are given another.
    public static let shared = Runtime()

    let configuration: Configuration
    let origins: OriginPolicy
    let dpopOrigins = DPoPOrigins()
    let dpopKeys: DPoPKeys
    let retryBudgets: RetryBudgets
    /// nil when nobody is told anything.
    let observers: TelemetryFanOut?
    /// Whether calls take the longer way, past telemetry and middleware.
    let watchesCalls: Bool
    private let backChannel: TokenEndpointClient
    private let metadata: MetadataCache
    private let keySets: DocumentCache<JSONWebKeySet>
    private let cache: TokenCache
    /// Secrets are told apart by digests under this key: they stand in no other form beside the tokens.
    private let identityKey: Result<[UInt8], CryptoError>

    public init(_ configuration: Configuration = Configuration()) {
        self.configuration = configuration
        origins = OriginPolicy(insecure: configuration.insecureOrigins, endpoints: configuration.endpointOrigins)
        dpopKeys = DPoPKeys(configuration.dpopKeys)
        retryBudgets = RetryBudgets(size: configuration.retries.retryBudget)
        observers = TelemetryFanOut(configuration.telemetry, clock: configuration.clock)
        watchesCalls = observers != nil || !configuration.middleware.isEmpty
        cache = TokenCache(capacity: configuration.maximumCachedTokens)
        let published = PublishedDocuments(
            transport: configuration.transport,
            clock: configuration.clock,
            origins: origins
        )
        metadata = MetadataCache(of: published)
        keySets = DocumentCache(clock: configuration.clock) { url throws(TokenError) in
            try await published.keys(at: url)
        }
        backChannel = TokenEndpointClient(
            transport: configuration.transport,
            clock: configuration.clock,
            metadata: metadata,
            origins: origins,
            dpopOrigins: dpopOrigins,
            timeout: configuration.tokenRequestTimeout,
            observers: observers
        )
        do {
            identityKey = .success(try SecureRandom.bytes(32))
        } catch {
            identityKey = .failure(error)
        }
    }

    /// Forgets every cached token; the next call of each client asks for a new one.
    public func invalidateTokens() {
        cache.purge()
    }

    /// The slot of a client's tokens.
    ///
    /// - Parameters:
    ///   - subject: On whose behalf they are asked for (RFC 8693); nil for tokens of the client's own.
    ///   - issuer: The authorization server where neither scheme nor credentials name one.
    func slot(
        for scheme: SecurityScheme.ClientCredentialsScheme,
        _ credentials: ClientCredentials,
        onBehalfOf subject: AccessToken? = nil,
        issuer: String?,
        scopes: [String],
        options: TokenRequestParameters
    ) throws(TokenError) -> TokenCacheEntry {
        let key: [UInt8]
        do {
            key = try identityKey.get()
        } catch {
            throw TokenError(.configuration, "the system gave no random bytes: \(error)")
        }
        guard let server = credentials.server ?? scheme.server ?? issuer.map(AuthorizationServer.issuer) else {
            throw TokenError(
                .configuration,
                "neither the schema nor the server nor the credentials name an issuer or a token endpoint"
            )
        }
        let scopes = options.scopes ?? scopes
        let resources = options.resources ?? scheme.resources
        let parameters = scheme.parameters.merging(options.parameters) { $1 }
        let grant = Self.grant(onBehalfOf: subject)
        let reservedParameters = EndpointRequest.reservedParameters.union(grant.map(\.name))
        if let reserved = parameters.keys.sorted().first(where: reservedParameters.contains) {
            throw TokenError(.configuration, "the token parameter '\(reserved)' is set by the runtime")
        }
        // A parameter is never sent twice (RFC 6749 section 3.2): the more particular one counts.
        let audience = parameters["audience"] == nil ? scheme.audience : nil
        let assertion = try options.assertion?.reveal()

        var sent = grant
        if !scopes.isEmpty { sent.append(("scope", scopes.joined(separator: " "))) }
        for resource in resources { sent.append(("resource", resource)) }
        if let audience { sent.append(("audience", audience)) }
        for (name, value) in parameters.sorted(by: { $0.key < $1.key }) { sent.append((name, value)) }
        let dpopKey = try scheme.dpop.map { (algorithm) throws(TokenError) in
            try self.dpopKey(algorithm, of: credentials)
        }
        var request = EndpointRequest(
            at: server,
            authentication: scheme.authentication,
            credentials: credentials,
            parameters: sent,
            dpopKey: dpopKey
        )
        request.assertion = assertion

        var identity = TokenIdentity()
        switch server {
        case .issuer(let issuer): identity.add("issuer"); identity.add(issuer)
        case .tokenEndpoint(let url): identity.add("endpoint"); identity.add(url)
        }
        identity.add(subject == nil ? "client_credentials" : "token_exchange")
        if let subject { identity.add(secret: subject.value, key: key) }
        identity.add(scheme.authentication.rawValue)
        try credentials.add(to: &identity, key: key)
        identity.add(set: scopes)
        identity.add(set: resources)
        identity.add(audience)
        identity.add(parameters)
        if let assertion { identity.add(secret: assertion, key: key) } else { identity.add(nil) }
        identity.add(dpopKey?.thumbprint)

        return cache.slot(for: identity) { [backChannel, request] in
            newSlot { await backChannel.token(for: request).map(\.accessToken) }
        }
    }
}

// MARK: What signing users in is built on

extension Runtime {
    package var clock: any RuntimeClock { configuration.clock }

    package var renewal: RenewalPolicy { configuration.renewal }

    /// The metadata of an issuer, from the cache if it is there.
    ///
    /// - Parameter endpoint: What is looked for: some servers name it in one of two documents.
    package nonisolated(nonsending) func metadata(
        of issuer: String,
        naming endpoint: EndpointRequest.Endpoint = .token
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        try await metadata.document(issuer, naming: endpoint)
    }

    /// The keys that an issuer signs with, from the cache if they are there.
    ///
    /// - Parameter isKeyUnknown: Whether the ones in the cache lack the key that a signature names: they are then fetched
    ///   again, though never twice within 30 seconds, whatever strangers send (P55).
    package nonisolated(nonsending) func keys(
        of issuer: String,
        isKeyUnknown: Bool = false
    ) async throws(TokenError) -> JSONWebKeySet {
        let url = try await metadata(of: issuer).url("jwks_uri")
        return try await keySets.document(url.string, noOlderThan: isKeyUnknown ? .seconds(30) : nil)
    }

    /// Makes a request of a client.
    ///
    /// - Returns: The answer, whose status is one of success.
    package nonisolated(nonsending) func post(_ request: EndpointRequest) async throws(TokenError) -> HTTP.Response {
        try await backChannel.post(request)
    }

    /// Asks for a token.
    package nonisolated(nonsending) func token(for request: EndpointRequest) async throws(TokenError) -> TokenEndpointResponse {
        try await backChannel.token(for: request).get()
    }

    /// The key that tokens of a client are bound to.
    package func dpopKey(
        _ algorithm: DPoPAlgorithm,
        of credentials: ClientCredentials
    ) throws(TokenError) -> DPoPKey {
        if let own = credentials.dpopKey { return own }
        return try dpopKeys.key(algorithm)
    }

    /// A place for one kind of token, renewed as the configuration says.
    package func newSlot(_ fetch: @escaping TokenCacheEntry.Fetch) -> TokenCacheEntry {
        TokenCacheEntry(
            policy: configuration.renewal,
            clock: configuration.clock,
            jitter: configuration.jitter,
            observers: observers,
            fetch: fetch
        )
    }

    /// Tells the telemetry, if there is any.
    package func record(_ kind: RuntimeEvent.Kind, _ reason: String) {
        observers?.record(kind, reason)
    }
}

extension Runtime: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Runtime" }
    public var debugDescription: String { description }
    /// Without keys and tokens.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
