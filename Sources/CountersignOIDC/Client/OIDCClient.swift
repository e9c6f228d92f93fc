public import Countersign

/// A client of an authorization server that signs users in (OpenID Connect Core, RFC 6749).
///
/// A client is a cheap value. Connections, keys, metadata and everything else that is shared belong to the `CountersignRuntime`.
///
/// ```swift
/// let client = OIDCClient(configuration, credentials: .secret(id: "shop", .environment("SHOP_SECRET")))
/// let request = try await client.authorizationRequest(redirectURI: "https://shop.example.com/signed-in")
/// // … keep request.transaction, send the browser to request.url; when it comes back:
/// let result = try await client.complete(transaction, callback: .query(query))
/// ```
public struct OIDCClient: Sendable {
    /// The configuration that the client was created with.
    public let configuration: SignInConfiguration
    package let credentials: ClientCredentials
    package let runtime: CountersignRuntime

    /// Creates a client.
    ///
    /// - Parameters:
    ///   - configuration: The authorization server, and the parameters of sign-ins.
    ///   - credentials: The credentials that the client authenticates with; nil for a public client with the identifier
    ///     ``SignInConfiguration/clientID``.
    ///   - runtime: The runtime that provides connections, keys, metadata and time.
    public init(
        _ configuration: SignInConfiguration,
        credentials: ClientCredentials? = nil,
        runtime: CountersignRuntime = .shared
    ) {
        self.configuration = configuration
        self.credentials = credentials ?? .publicClient(id: configuration.clientID ?? "")
        self.runtime = runtime
    }

    /// Returns the issuer: the credentials' issuer if they name one, else the configuration's.
    package func issuer() throws(TokenError) -> String {
        switch credentials.server {
        case .issuer(let issuer): return issuer.name
        case nil: return configuration.issuer
        case .tokenEndpoint:
            throw TokenError(
                .configuration,
                "signing users in requires an issuer, but the credentials name a token endpoint"
            )
        }
    }

    /// The client and the issuer, for events.
    var tokenSubject: TokenSubject? {
        (try? issuer()).map { TokenSubject(clientID: credentials.clientID, at: .issuer(TrustedIssuer($0))) }
    }

    /// Reports an event about sessions to the telemetry.
    func record(_ kind: RuntimeEvent.Kind, _ reason: String) {
        runtime.record(kind, reason, about: tokenSubject)
    }

    /// Returns the issuer, and what this client accepts in its metadata.
    private func trustedIssuer() throws(TokenError) -> TrustedIssuer {
        var issuer = TrustedIssuer(try issuer(), endpointOrigins: configuration.endpointOrigins)
        if case .issuer(let own) = credentials.server { issuer = own }
        issuer.pattern = configuration.issuerPattern?.text
        return issuer
    }

    /// Returns the metadata of the issuer, from the cache if possible.
    ///
    /// - Parameter endpoint: The endpoint that is needed.
    package nonisolated(nonsending) func serverMetadata(
        naming endpoint: TokenEndpointRequest.Endpoint = .token
    ) async throws(TokenError) -> AuthorizationServerMetadata {
        try await runtime.metadata(of: trustedIssuer(), naming: endpoint)
    }

    /// Returns the client identifier.
    package func clientID() throws(TokenError) -> String {
        guard !credentials.clientID.isEmpty else {
            throw TokenError(.configuration, "the client identifier is missing; pass credentials or set clientID")
        }
        return credentials.clientID
    }

    /// Returns the key that this client's tokens are bound to, or nil for bearer tokens.
    package func dpopKey() throws(TokenError) -> DPoPKey? {
        guard let algorithm = configuration.dpop else { return nil }
        return try runtime.dpopKey(algorithm, of: credentials)
    }

    /// Returns a request to an endpoint of the authorization server, with this client's authentication.
    ///
    /// Requests to the token endpoint and pushed authorization requests carry a DPoP proof; the latter bind the code to
    /// the key (RFC 9449 section 10.1). The other endpoints issue nothing that could be bound.
    ///
    /// - Parameter isOneTimeGrant: True for a request that spends a one-time grant.
    package func request(
        _ endpoint: TokenEndpointRequest.Endpoint,
        _ parameters: [(name: String, value: String)],
        isOneTimeGrant: Bool
    ) throws(TokenError) -> TokenEndpointRequest {
        _ = try clientID()
        return TokenEndpointRequest(
            endpoint,
            at: .issuer(try trustedIssuer()),
            authentication: configuration.clientAuthentication,
            credentials: credentials,
            parameters: parameters,
            dpopKey: [.token, .pushedAuthorization].contains(endpoint) ? try dpopKey() : nil,
            isOneTimeGrant: isOneTimeGrant
        )
    }
}
