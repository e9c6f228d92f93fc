/// The authorization server of an API, and the requests for the tokens of that API.
///
/// ```swift
/// let oauth = OAuthConfiguration(
///     issuer: "https://login.example.com",
///     resources: ["https://api.example.com/catalog"],
///     dpop: .es256
/// )
/// ```
public struct OAuthConfiguration: Sendable, Hashable {
    /// The issuer, whose metadata names its token endpoint (RFC 8414).
    public var issuer: String?
    /// The token endpoint of an authorization server without metadata.
    ///
    /// It takes precedence over ``issuer``.
    public var tokenEndpoint: String?
    /// The origins (`https://host`) at which ``issuer`` has endpoints besides its own origin.
    ///
    /// A token endpoint at any other origin is rejected, since the client would send its secret there.
    public var endpointOrigins: Set<String>
    /// The method of client authentication at the token endpoint; nil to derive it from the credentials and the server's
    /// metadata.
    ///
    /// The default is `client_secret_basic` for a secret, `private_key_jwt` for a key and `none` for a public client, or
    /// another method for these credentials if the metadata lists only that
    /// (`token_endpoint_auth_methods_supported`).
    public var clientAuthentication: ClientAuthentication?
    /// The resource indicators of the APIs that the tokens are for (RFC 8707).
    public var resources: [String]
    /// The `audience` parameter of token requests, which the servers of some vendors require.
    public var audience: String?
    /// Further parameters of token requests.
    public var parameters: [String: String]
    /// The algorithm of the key that tokens are bound to and calls are signed with (RFC 9449); nil for bearer tokens.
    public var dpop: DPoPAlgorithm?

    public init(
        issuer: String? = nil,
        tokenEndpoint: String? = nil,
        clientAuthentication: ClientAuthentication? = nil,
        resources: [String] = [],
        audience: String? = nil,
        parameters: [String: String] = [:],
        dpop: DPoPAlgorithm? = nil,
        endpointOrigins: Set<String> = []
    ) {
        self.issuer = issuer
        self.tokenEndpoint = tokenEndpoint
        self.clientAuthentication = clientAuthentication
        self.resources = resources
        self.audience = audience
        self.parameters = parameters
        self.dpop = dpop
        self.endpointOrigins = endpointOrigins
    }

    /// Returns the authorization server.
    ///
    /// - Parameter fallback: The issuer if the configuration names neither an issuer nor a token endpoint.
    func server(or fallback: String?) -> AuthorizationServer? {
        if let tokenEndpoint { return .tokenEndpoint(tokenEndpoint) }
        return (issuer ?? fallback).map { .issuer(TrustedIssuer($0, endpointOrigins: endpointOrigins)) }
    }
}

extension OAuthConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "OAuthConfiguration(\(tokenEndpoint == nil ? "issuer" : "token endpoint"))" }
    public var debugDescription: String { description }
    /// The resources only: URLs may contain user information, and the values of parameters may be secrets.
    public var customMirror: Mirror { Mirror(self, children: ["resources": resources]) }
}
