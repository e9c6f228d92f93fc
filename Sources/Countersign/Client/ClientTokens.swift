/// The access tokens of a client, for programs that read or invalidate them.
///
/// ```swift
/// let token = try await catalog.tokens.current()
/// print(token.scopes ?? [], token.lifetime ?? .zero)      // the token itself prints as <redacted>
/// catalog.tokens.invalidate()                             // the next call requests a new one
/// ```
public struct ClientTokens: Sendable {
    let client: APIClient

    /// Returns the token that the next call would send, requesting one if none is cached.
    ///
    /// For a client with several schemes, it is the token of the first scheme that has tokens. The options of the client
    /// value apply.
    ///
    /// - Throws: ``TokenError``, of kind ``TokenError/Kind/notSignedIn`` if it is the token of a user and no user is signed
    ///   in.
    public nonisolated(nonsending) func current() async throws(TokenError) -> AccessToken {
        if !client.hasOptions, let token = client.configuration.cachedToken() { return token }
        return try await requested()
    }

    private nonisolated(nonsending) func requested() async throws(TokenError) -> AccessToken {
        _ = try server()
        let authorization = try authorization()
        let attached = try await observed { () async throws(TokenError) in
            try await authorization.tokens(options: client.options, deadline: deadline)
        }
        guard let token = attached.token else { throw missingToken }
        return token
    }

    /// Invalidates the tokens that calls through this client value would send.
    ///
    /// The next call requests new ones.
    ///
    /// The tokens are not revoked. With token exchange, only the token for the subject of the last call is invalidated.
    public func invalidate() {
        for entry in client.configuration.tokenCacheEntries(options: client.options?.token) { entry.invalidate() }
    }

    /// Returns the header fields that authorize a request of another HTTP client: `Authorization`, and `DPoP` if the token
    /// is bound to a key.
    ///
    /// A proof is valid for one request with this method and URL. Pass the fields of the response to
    /// ``updateDPoPNonce(from:url:)``: servers that use nonces reject proofs without the newest one.
    ///
    /// - Throws: ``TokenError``, of kind ``TokenError/Kind/configuration`` if the URL is not at one of the client's servers:
    ///   its own, and those of operations in its schema. A token is sent to no other origin.
    public nonisolated(nonsending) func authorizationHeaders(
        method: HTTP.Method,
        url: String
    ) async throws(TokenError) -> HTTP.Fields {
        let target: HTTP.URL
        do {
            target = try HTTP.URL(url)
        } catch {
            throw TokenError(.configuration, "the request URL is invalid: \(error)")
        }
        let server = try client.configuration.server(at: target.origin, override: client.options?.server)
        var request = HTTP.Request(method: method, url: target)
        let authorization = try authorization()
        let attached = try await observed { () async throws(TokenError) in
            try await authorization.attach(to: &request, options: client.options, deadline: deadline)
        }
        guard let token = attached.token else { throw missingToken }
        guard request.url == target else {
            throw TokenError(
                .configuration,
                "the API key of this client belongs in the query, so header fields cannot authorize the request"
            )
        }
        if let key = token.key {
            let unixTime = client.configuration.runtime.clock.unixTime()
            try server.attachProof(to: &request, of: token, key: key, unixTime: unixTime)
        }
        return request.fields
    }

    /// Stores the DPoP nonce of a response to a request of another HTTP client.
    ///
    /// - Parameters:
    ///   - fields: The fields of the response.
    ///   - url: The URL of the request, if it was not at the client's own server. Nothing is stored for a server that is
    ///     not one of the client's.
    /// - Returns: True if the fields contain a usable nonce.
    @discardableResult
    public func updateDPoPNonce(from fields: HTTP.Fields, url: String? = nil) -> Bool {
        let server: APIServer?
        if let url {
            let origin = try? HTTP.URL(url).origin
            server = origin.flatMap { try? client.configuration.server(at: $0, override: client.options?.server) }
        } else {
            server = try? self.server()
        }
        guard let server else { return false }
        let (_, _, number) = server.dpop.nextRequest()
        return server.dpop.updateNonce(from: fields, request: number) != nil
    }

    /// Looks tokens up so that events name this client.
    nonisolated(nonsending) func observed(
        _ lookup: nonisolated(nonsending) () async throws(TokenError) -> Authorization.Attached
    ) async throws(TokenError) -> Authorization.Attached {
        guard let telemetry = client.configuration.runtime.telemetry, telemetry.currentContext == nil else {
            return try await lookup()
        }
        let context = telemetry.context(ofClient: client.configuration.name)
        let result: Result<Authorization.Attached, TokenError> = await context.run {
            do throws(TokenError) { return .success(try await lookup()) } catch { return .failure(error) }
        }
        return try result.get()
    }

    private func server() throws(TokenError) -> APIServer {
        try client.configuration.server(client.options?.server)
    }

    func authorization() throws(TokenError) -> Authorization {
        guard let requirement = client.configuration.definition.tokenRequirement else { throw missingToken }
        return client.configuration.authorization(requirement, options: client.options?.token)
    }

    var deadline: MonotonicInstant? {
        (client.options?.timeout ?? client.configuration.definition.timeout).map {
            client.configuration.runtime.clock.now().advanced(by: $0)
        }
    }

    /// The error if no request failed, but there is no token.
    private var missingToken: TokenError {
        guard client.configuration.definition.tokenRequirement == nil else {
            return TokenError(.notSignedIn, "no user is signed in")
        }
        return TokenError(.configuration, "\(client.configuration.name) has no security scheme with access tokens")
    }
}
