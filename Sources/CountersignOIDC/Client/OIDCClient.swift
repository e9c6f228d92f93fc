public import Countersign

/// A client at an authorization server that signs users in (OpenID Connect Core, RFC 6749).
///
/// It is a cheap value: everything that is shared belongs to the `Runtime`.
///
/// ```swift
/// let client = OIDCClient(configuration, credentials: .secret(id: "shop", .environment("SHOP_SECRET")))
/// let request = try await client.authorizationRequest(redirectURI: "https://shop.example.com/signed-in")
/// // … keep request.transaction, send the browser to request.url; when it comes back:
/// let result = try await client.complete(transaction, callback: .query(query))
/// ```
public struct OIDCClient: Sendable {
    public let configuration: SignInConfiguration
    package let credentials: ClientCredentials
    package let runtime: Runtime

    /// A client.
    ///
    /// - Parameters:
    ///   - configuration: What it signs users in for.
    ///   - credentials: What it authenticates with. Without any it is a public client under the configuration's
    ///     ``SignInConfiguration/clientID``.
    ///   - runtime: What it shares with others: connections, keys, metadata, time.
    public init(
        _ configuration: SignInConfiguration,
        credentials: ClientCredentials? = nil,
        runtime: Runtime = .shared
    ) {
        self.configuration = configuration
        self.credentials = credentials ?? .publicClient(id: configuration.clientID ?? "")
        self.runtime = runtime
    }

    /// The issuer: the credentials' where they name one, as for generated clients.
    package func issuer() throws(TokenError) -> String {
        switch credentials.server {
        case .issuer(let issuer): return issuer
        case nil: return configuration.issuer
        case .tokenEndpoint:
            throw TokenError(.configuration, "signing users in needs an issuer; the credentials name a token endpoint")
        }
    }

    /// The client identifier.
    package func clientID() throws(TokenError) -> String {
        guard !credentials.clientID.isEmpty else {
            throw TokenError(.configuration, "there is no client identifier; give credentials, or set clientID")
        }
        return credentials.clientID
    }

    /// The key that this client's tokens are bound to; nil for bearer tokens.
    package func dpopKey() throws(TokenError) -> DPoPKey? {
        guard let algorithm = configuration.dpop else { return nil }
        return try runtime.dpopKey(algorithm, of: credentials)
    }

    /// A request to an endpoint, with everything in it that is the same for all requests of this client.
    ///
    /// A proof is shown to the token endpoint, and to that of pushed requests, which binds the code to the key (RFC 9449
    /// section 10.1): the others issue nothing that could be bound.
    ///
    /// - Parameter mayBeRepeated: false for what spends something that can be spent once.
    package func request(
        _ endpoint: EndpointRequest.Endpoint,
        _ parameters: [(name: String, value: String)],
        mayBeRepeated: Bool
    ) throws(TokenError) -> EndpointRequest {
        _ = try clientID()
        return EndpointRequest(
            endpoint,
            at: .issuer(try issuer()),
            authentication: configuration.clientAuthentication ?? credentials.usualAuthentication,
            credentials: credentials,
            parameters: parameters,
            dpopKey: [.token, .pushedAuthorization].contains(endpoint) ? try dpopKey() : nil,
            mayBeRepeated: mayBeRepeated
        )
    }
}
