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
    /// The method of client authentication at the token endpoint.
    public var clientAuthentication: ClientAuthentication
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
        clientAuthentication: ClientAuthentication = .clientSecretBasic,
        resources: [String] = [],
        audience: String? = nil,
        parameters: [String: String] = [:],
        dpop: DPoPAlgorithm? = nil
    ) {
        self.issuer = issuer
        self.tokenEndpoint = tokenEndpoint
        self.clientAuthentication = clientAuthentication
        self.resources = resources
        self.audience = audience
        self.parameters = parameters
        self.dpop = dpop
    }

    /// The authorization server, if the configuration names one.
    var server: AuthorizationServer? {
        tokenEndpoint.map(AuthorizationServer.tokenEndpoint) ?? issuer.map(AuthorizationServer.issuer)
    }
}

extension OAuthConfiguration: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "OAuthConfiguration(\(tokenEndpoint == nil ? "issuer" : "token endpoint"))" }
    public var debugDescription: String { description }
    /// The resources only: URLs may contain user information, and the values of parameters may be secrets.
    public var customMirror: Mirror { Mirror(self, children: ["resources": resources]) }
}
