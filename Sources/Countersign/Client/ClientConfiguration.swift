import Synchronization

/// The configuration that all values of one client share: definition, servers, credentials, and the authorization of each
/// requirement.
final class ClientConfiguration: Sendable {
    /// The authorization of one requirement, after its first use.
    ///
    /// Each has its own lock, so that calls with different tokens do not contend.
    private final class ResolvedRequirement: Sendable {
        let authorization = Locked<Authorization?>(nil)
    }

    let name: String
    let runtime: CountersignRuntime
    let definition: APIDefinition
    let server: Result<APIServer, TokenError>
    /// The servers of operations that have their own, by base URL.
    private let otherServers: [String: Result<APIServer, TokenError>]
    let credentials: [SchemeCredentials]
    /// The issuer for the schemes that name no authorization server.
    let issuer: String?
    /// The requirements of the definition, in the same order.
    private let requirements: [ResolvedRequirement]
    /// The cache entry of the first token that calls need, once it is known.
    ///
    /// It is set once, retained here, and read without a lock.
    ///
    /// `AtomicLazyReference` would express this, but its `load()` is not specialized and takes 30 ns.
    private let tokenEntry = Atomic<Unmanaged<TokenCacheEntry>?>(nil)

    init(
        _ definition: APIDefinition,
        server: String,
        issuer: String?,
        credentials: [SchemeCredentials],
        runtime: CountersignRuntime
    ) {
        name = definition.name
        self.definition = definition
        self.credentials = credentials
        self.issuer = issuer
        self.runtime = runtime
        requirements = definition.requirements.map { _ in ResolvedRequirement() }
        self.server = Result { () throws(TokenError) in try APIServer(server, runtime: runtime) }
        var otherServers: [String: Result<APIServer, TokenError>] = [:]
        for other in definition.servers {
            otherServers[other] = Result { () throws(TokenError) in try APIServer(other, runtime: runtime) }
        }
        self.otherServers = otherServers
    }

    deinit { tokenEntry.load(ordering: .acquiring)?.release() }

    /// The URL of the server, for errors and logs.
    var serverDescription: String {
        switch server {
        case .success(let server): server.description
        case .failure: "no usable server"
        }
    }

    /// The index of the requirement of calls without a schema.
    var firstRequirement: Int? { definition.requirements.isEmpty ? nil : 0 }
}

// MARK: Servers

extension ClientConfiguration {
    /// Returns the server of a call.
    ///
    /// - Parameter other: The URL of another server than the client's.
    func server(_ other: String?) throws(TokenError) -> APIServer {
        guard let other else { return try server.get() }
        if let known = otherServers[other] { return try known.get() }
        return try APIServer(other, runtime: runtime)
    }

    /// Returns the server of a call, or throws the error of the call.
    func server(_ other: String?, for operation: any OperationDefinition) throws(CallError<Never>) -> APIServer {
        do {
            return try server(other)
        } catch {
            throw CallError(error, in: CallContext(operation: operation.metadata(of: name)))
        }
    }

    /// Returns the configured server at an origin: the client's, the one that replaces it, or one of an operation.
    ///
    /// - Parameter override: The URL of the server that replaces the client's, if there is one.
    /// - Throws: ``TokenError`` of kind ``TokenError/Kind/configuration`` if there is none: no token is sent elsewhere (P54).
    func server(at origin: HTTP.Origin, override: String?) throws(TokenError) -> APIServer {
        let own = try server(override)
        if own.origin == origin { return own }
        for case .success(let server) in otherServers.values where server.origin == origin { return server }
        throw TokenError(
            .configuration,
            "a token for \(own.origin) is not sent to \(origin); use a URL at a server of this client"
        )
    }
}

// MARK: Tokens

extension ClientConfiguration {
    /// Returns the authorization of a requirement, resolving it at its first use, or each time for token parameters.
    func authorization(_ requirement: Int, options: TokenRequestParameters?) -> Authorization {
        if let options, !options.isEmpty { return resolve(requirement, options: options).authorization }
        let resolved = requirements[requirement]
        if let known = resolved.authorization.withLock({ $0 }) { return known }
        let (authorization, isCacheable) = resolve(requirement, options: TokenRequestParameters())
        guard isCacheable else { return authorization }
        resolved.authorization.withLock { $0 = authorization }
        if requirement == definition.tokenRequirement, case .success = server,
            let entry = authorization.preferredEntry
        {
            let retained = Unmanaged.passRetained(entry)
            let (isFirst, _) = tokenEntry.compareExchange(
                expected: nil,
                desired: retained,
                ordering: .acquiringAndReleasing
            )
            if !isFirst { retained.release() }
        }
        return authorization
    }

    /// Returns the cached token of the first requirement with tokens; nil if there is none, or it is due for renewal.
    func cachedToken() -> AccessToken? {
        tokenEntry.load(ordering: .acquiring)?._withUnsafeGuaranteedRef { entry in
            guard let token = entry.cachedToken() else { return nil }
            if runtime.telemetry != nil { entry.recordHit(client: name) }
            return token
        }
    }

    /// Returns the cache entries of the tokens of all requirements.
    func tokenCacheEntries(options: TokenRequestParameters?) -> [TokenCacheEntry] {
        definition.requirements.indices
            .flatMap { authorization($0, options: options).alternatives }
            .flatMap(\.schemes)
            .compactMap(\.entry)
    }
}

extension ClientConfiguration: CustomReflectable {
    /// A mirror without credentials.
    var customMirror: Mirror { Mirror(self, children: ["name": name, "server": serverDescription]) }
}
