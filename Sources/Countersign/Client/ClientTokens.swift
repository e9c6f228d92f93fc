/// The access tokens behind a client, for when a program must see or drop one itself.
///
/// ```swift
/// let token = try await catalog.tokens.current()
/// print(token.scopes ?? [], token.lifetime ?? .zero)      // the token itself prints as <redacted>
/// catalog.tokens.invalidate()                                 // the next call asks for a new one
/// ```
public struct ClientTokens: Sendable {
    let client: APIClient

    /// The token that the next call would carry, requested if need be.
    ///
    /// A client with several schemes answers for the first that has tokens. The options of the client value count.
    ///
    /// - Throws: ``TokenError``; of kind ``TokenError/Kind/notSignedIn`` when the token would be a user's and nobody is
    ///   signed in.
    public nonisolated(nonsending) func current() async throws(TokenError) -> AccessToken {
        if !client.hasOptions, let token = client.core.cachedToken() { return token }
        return try await requested()
    }

    private nonisolated(nonsending) func requested() async throws(TokenError) -> AccessToken {
        _ = try server()
        let attached = try await authorization().tokens(options: client.options, deadline: deadline)
        guard let token = attached.token else { throw absence }
        return token
    }

    /// Forgets the tokens that calls through this client value would carry; the next call asks for new ones.
    ///
    /// They are not revoked. Of tokens by exchange, those for the last subject are forgotten.
    public func invalidate() {
        for slot in client.core.slots(options: client.options?.token) { slot.remove() }
    }

    /// The header fields that authorize a request which another HTTP client will send: `Authorization`, and `DPoP` where
    /// the token is bound to a key.
    ///
    /// A proof is good for one request with this method and URL. Give the response's fields to
    /// ``updateDPoPNonce(from:url:)``: servers that hand out nonces refuse proofs without the newest.
    ///
    /// - Throws: ``TokenError``; of kind ``TokenError/Kind/configuration`` when the URL is at none of the client's
    ///   servers, which are its own and those that its schema gives operations: a token leaves for no other origin.
    public nonisolated(nonsending) func authorizationHeaders(
        method: HTTP.Method,
        url: String
    ) async throws(TokenError) -> HTTP.Fields {
        let target: HTTP.URL
        do {
            target = try HTTP.URL(url)
        } catch {
            throw TokenError(.configuration, "the request's URL is none: \(error)")
        }
        let server = try client.core.server(of: target.origin, insteadOfOwn: client.options?.server)
        var request = HTTP.Request(method: method, url: target)
        let attached = try await authorization().attach(to: &request, options: client.options, deadline: deadline)
        guard let token = attached.token else { throw absence }
        guard request.url == target else {
            throw TokenError(.configuration, "an API key of this client goes into the query, which no field can carry")
        }
        if let key = token.key {
            try client.core.attachProof(key, token, to: &request, from: server)
        }
        return request.fields
    }

    /// Learns the nonce of a response to a request that another HTTP client sent.
    ///
    /// - Parameters:
    ///   - fields: The fields of the response.
    ///   - url: The URL of the request, if it was not at the client's own server; at no server of the client, nothing is
    ///     learnt.
    public func updateDPoPNonce(from fields: HTTP.Fields, url: String? = nil) {
        let server: ClientCore.Server?
        if let url {
            let origin = try? HTTP.URL(url).origin
            server = origin.flatMap { try? client.core.server(of: $0, insteadOfOwn: client.options?.server) }
        } else {
            server = try? self.server()
        }
        guard let server else { return }
        let (_, _, number) = server.dpop.nextProof()
        server.dpop.learnNonce(from: fields, request: number)
    }

    private func server() throws(TokenError) -> ClientCore.Server {
        try client.core.server(client.options?.server)
    }

    private func authorization() throws(TokenError) -> Authorization {
        guard let requirement = client.core.definition.tokenRequirement else { throw absence }
        return client.core.authorization(requirement, options: client.options?.token)
    }

    private var deadline: MonotonicInstant? {
        (client.options?.timeout ?? client.core.definition.timeout).map {
            client.core.runtime.configuration.clock.now().advanced(by: $0)
        }
    }

    /// Why there is no token where nothing went wrong.
    private var absence: TokenError {
        guard client.core.definition.tokenRequirement == nil else {
            return TokenError(.notSignedIn, "nobody is signed in")
        }
        return TokenError(.configuration, "\(client.core.name) has no scheme with access tokens")
    }
}
