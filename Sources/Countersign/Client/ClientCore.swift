import Synchronization

/// What all values of one client share: where it calls, and with what.
final class ClientCore: Sendable {
    /// A server that calls may go to, checked.
    ///
    /// An object, since every call hands it on more than once: that is then one retain, not one for each part.
    final class Server: Sendable {
        let origin: HTTP.Origin
        /// The path that every operation's path is appended to: without a slash at its end.
        let basePath: String
        let dpop: DPoPOrigin
        let retries: RetryBudget

        init(origin: HTTP.Origin, basePath: String, dpop: DPoPOrigin, retries: RetryBudget) {
            self.origin = origin
            self.basePath = basePath
            self.dpop = dpop
            self.retries = retries
        }
    }

    /// The authorization of one requirement, once it has been used.
    ///
    /// Each has its own lock, so that calls with different tokens do not meet.
    private final class Ready: Sendable {
        let authorization = Locked<Authorization?>(nil)
    }

    let name: String
    let runtime: Runtime
    let server: Result<Server, TokenError>
    /// The servers of operations that have one of their own, by their base URLs.
    private let otherServers: [String: Result<Server, TokenError>]
    let definition: APIDefinition
    private let credentials: [SchemeCredentials]
    /// The issuer of the schemes that name none.
    private let issuer: String?
    /// The requirements whose schemes have been made ready, by their place in the definition.
    private let ready: [Ready]
    /// Where the first token that calls need is cached, once it is known: set once, retained here, read without a lock.
    ///
    /// `AtomicLazyReference` would be this, but its `load()` is not specialised and takes 30 ns.
    private let tokenSlot = Atomic<Unmanaged<TokenCacheEntry>?>(nil)

    init(
        _ definition: APIDefinition,
        server: String,
        issuer: String?,
        credentials: [SchemeCredentials],
        runtime: Runtime
    ) {
        name = definition.name
        self.definition = definition
        self.credentials = credentials
        self.issuer = issuer
        self.runtime = runtime
        ready = definition.requirements.map { _ in Ready() }
        self.server = Result { () throws(TokenError) in try Self.server(server, runtime) }
        var otherServers: [String: Result<Server, TokenError>] = [:]
        for other in definition.servers {
            otherServers[other] = Result { () throws(TokenError) in try Self.server(other, runtime) }
        }
        self.otherServers = otherServers
    }

    /// The server that calls go to: the client's, unless they have another.
    func server(_ other: String?) throws(TokenError) -> Server {
        guard let other else { return try server.get() }
        if let known = otherServers[other] { return try known.get() }
        return try Self.server(other, runtime)
    }

    /// The configured server of this origin: the client's (or the one in its place), or one of an operation.
    func server(of origin: HTTP.Origin, insteadOfOwn other: String?) throws(TokenError) -> Server {
        let own = try server(other)
        if own.origin == origin { return own }
        for case .success(let server) in otherServers.values where server.origin == origin { return server }
        throw TokenError(.configuration, "a token for \(own.origin) does not go to \(origin)")
    }

    deinit { tokenSlot.load(ordering: .acquiring)?.release() }

    private static func server(_ text: String, _ runtime: Runtime) throws(TokenError) -> Server {
        let url: HTTP.URL
        do {
            url = try HTTP.URL(text)
        } catch {
            throw TokenError(.configuration, "the server is \(error)")
        }
        try runtime.origins.check(url.origin, for: "the server")
        guard url.query == nil else {
            throw TokenError(.configuration, "the server's URL has a query")
        }
        var path = String(url.path)
        while path.hasSuffix("/") { path.removeLast() }
        let dpop = runtime.dpopOrigins.origin(url.origin, as: .resourceServer)
        let retries = runtime.retryBudgets.budget(of: url.origin)
        return Server(origin: url.origin, basePath: path, dpop: dpop, retries: retries)
    }

    /// The authorization of a requirement, made ready once; with options that make the token another one, each time.
    func authorization(_ requirement: Int, options: TokenRequestParameters?) -> Authorization {
        if let options, !options.isEmpty { return makeReady(requirement, options: options).authorization }
        let ready = ready[requirement]
        if let known = ready.authorization.withLock({ $0 }) { return known }
        let (made, isLasting) = makeReady(requirement, options: TokenRequestParameters())
        guard isLasting else { return made }
        ready.authorization.withLock { $0 = made }
        if requirement == definition.tokenRequirement, case .success = server, let slot = made.preferredSlot {
            let retained = Unmanaged.passRetained(slot)
            let (isFirst, _) = tokenSlot.compareExchange(
                expected: nil,
                desired: retained,
                ordering: .acquiringAndReleasing
            )
            if !isFirst { retained.release() }
        }
        return made
    }

    /// The token of the first requirement that has one, when it is only to be read.
    func cachedToken() -> AccessToken? {
        let token = tokenSlot.load(ordering: .acquiring)?._withUnsafeGuaranteedRef { $0.cached() }
        guard let token else { return nil }
        runtime.observers?.record(.tokenLookup, "hit")
        return token
    }

    /// The token slots of all requirements.
    func slots(options: TokenRequestParameters?) -> [TokenCacheEntry] {
        definition.requirements.indices
            .flatMap { authorization($0, options: options).alternatives }
            .flatMap(\.schemes)
            .compactMap(\.slot)
    }

    /// - Returns: Also whether that is good for all calls to come: what failed may work for the next.
    private func makeReady(
        _ requirement: Int,
        options: TokenRequestParameters
    ) -> (authorization: Authorization, isLasting: Bool) {
        var alternatives: [Authorization.Alternative] = []
        var isLasting = true
        for combination in definition.requirements[requirement].alternatives {
            if combination.isEmpty, !alternatives.contains(where: \.actsForUser) { continue }
            let schemes = combination.map { use in
                do throws(TokenError) {
                    return try makeReady(use, options: options)
                } catch {
                    isLasting = false
                    return .unusable(error)
                }
            }
            let actsForUser = combination.contains { definition.schemes[$0.scheme].actsForUser }
            alternatives.append(Authorization.Alternative(schemes, actsForUser: actsForUser))
        }
        return (Authorization(alternatives: alternatives, observers: runtime.observers), isLasting)
    }

    private func makeReady(_ use: SecurityRequirement.Use, options: TokenRequestParameters) throws(TokenError)
        -> Authorization.Scheme
    {
        guard credentials.indices.contains(use.scheme) else {
            let reason = credentials.isEmpty ? "a stub has no tokens" : "there are fewer credentials than schemes"
            throw TokenError(.configuration, reason)
        }
        switch (definition.schemes[use.scheme].kind, credentials[use.scheme]) {
        case (.clientCredentials(let scheme), .clientCredentials(let credentials)):
            return .slot(
                try runtime.slot(for: scheme, credentials, issuer: issuer, scopes: use.scopes, options: options)
            )
        case (.user, .user(nil)):
            return .unusable(TokenError(.notSignedIn, "nobody is signed in"))
        case (.user(let scheme), .user(let session as any UserTokens)):
            return .slot(
                try session.slot(
                    of: scheme.issuer ?? issuer,
                    scopes: options.scopes ?? use.scopes,
                    tokenPerScopes: scheme.tokenPerScopes || options.scopes != nil,
                    resources: options.resources ?? scheme.resources,
                    parameters: scheme.parameters.merging(options.parameters) { $1 }
                )
            )
        case (.user(let scheme), .user(let source?)):
            return .source(
                source,
                scopes: use.scopes,
                resources: scheme.resources,
                clock: runtime.configuration.clock
            )
        case (.tokenExchange(let scheme), .tokenExchange(let credentials, let subject)):
            return .exchange(
                TokenExchange(of: subject, clock: runtime.configuration.clock) {
                    [runtime, issuer] (subject) throws(TokenError) in
                    try runtime.slot(
                        for: scheme,
                        credentials,
                        onBehalfOf: subject,
                        issuer: issuer,
                        scopes: use.scopes,
                        options: options
                    )
                }
            )
        case (.token, .token(let source)):
            return .source(source, scopes: use.scopes, resources: [], clock: runtime.configuration.clock)
        case (.bearer, .bearer(let secret)):
            return .field(.authorization, value: try AccessToken(secret.reveal()).authorizationHeader)
        case (.basic, .basic(let basic)):
            return .field(.authorization, value: try basic.authorization())
        case (.apiKey(.header(let name)), .apiKey(let secret)):
            let value = try secret.reveal()
            guard HTTP.Field.isValidValue(value) else {
                throw TokenError(.configuration, "the API key has characters that no header may carry")
            }
            return .field(name, value: value)
        case (.apiKey(.query(let name)), .apiKey(let secret)):
            return .query(name: name, value: try secret.reveal())
        default:
            throw TokenError(.configuration, "the credentials are not of the kind that the schema declares")
        }
    }
}
