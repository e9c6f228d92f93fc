/// How an API wants its callers to be authorized, as a schema declares it: one entry under `auth`.
@_spi(Generated)
public struct SecurityScheme: Sendable {
    enum Kind: Sendable {
        case clientCredentials(ClientCredentialsScheme)
        case user(UserScheme)
        case tokenExchange(ClientCredentialsScheme)
        case token
        case bearer
        case basic
        case apiKey(APIKeyPlace)
    }

    enum APIKeyPlace: Sendable {
        case header(HTTP.FieldName)
        case query(String)
    }

    /// What the program asks for with credentials of its own, for itself or on behalf of somebody.
    struct ClientCredentialsScheme: Sendable {
        let server: AuthorizationServer?
        let authentication: ClientAuthentication
        let resources: [String]
        let audience: String?
        let parameters: [String: String]
        let dpop: DPoPAlgorithm?
    }

    /// What a user's session is asked for; it knows issuer, client and key itself.
    struct UserScheme: Sendable {
        /// Where its users sign in; nil where the server that is called says so, or nobody does.
        let issuer: String?
        let resources: [String]
        let parameters: [String: String]
        let tokenPerScopes: Bool
    }

    let kind: Kind

    /// Whether its tokens let the program act for somebody else.
    ///
    /// Then nothing takes its place when it fails: the call would be made as somebody else.
    var actsForUser: Bool {
        switch kind {
        case .user, .tokenExchange: true
        case .clientCredentials, .token, .bearer, .basic, .apiKey: false
        }
    }

    var hasTokens: Bool {
        switch kind {
        case .clientCredentials, .user, .tokenExchange, .token: true
        case .bearer, .basic, .apiKey: false
        }
    }

    private static func server(_ issuer: String?, _ tokenEndpoint: String?) -> AuthorizationServer? {
        tokenEndpoint.map(AuthorizationServer.tokenEndpoint) ?? issuer.map(AuthorizationServer.issuer)
    }

    /// Tokens by the client credentials grant (RFC 6749 section 4.4).
    public static func clientCredentials(
        issuer: String? = nil,
        tokenEndpoint: String? = nil,
        clientAuthentication: ClientAuthentication = .clientSecretBasic,
        resources: [String] = [],
        audience: String? = nil,
        parameters: [String: String] = [:],
        dpop: DPoPAlgorithm? = nil
    ) -> SecurityScheme {
        SecurityScheme(
            kind: .clientCredentials(
                ClientCredentialsScheme(
                    server: server(issuer, tokenEndpoint),
                    authentication: clientAuthentication,
                    resources: resources,
                    audience: audience,
                    parameters: parameters,
                    dpop: dpop
                )
            )
        )
    }

    /// Tokens of a signed-in user: by the authorization code or the device flow, which only sign-in tells apart.
    public static func user(
        issuer: String? = nil,
        resources: [String] = [],
        parameters: [String: String] = [:],
        tokenPerScopes: Bool = false
    ) -> SecurityScheme {
        SecurityScheme(
            kind: .user(
                UserScheme(
                    issuer: issuer,
                    resources: resources,
                    parameters: parameters,
                    tokenPerScopes: tokenPerScopes
                )
            )
        )
    }

    /// Tokens on behalf of somebody whose token is exchanged for them (RFC 8693).
    public static func tokenExchange(
        issuer: String? = nil,
        tokenEndpoint: String? = nil,
        clientAuthentication: ClientAuthentication = .clientSecretBasic,
        resources: [String] = [],
        audience: String? = nil,
        parameters: [String: String] = [:],
        dpop: DPoPAlgorithm? = nil
    ) -> SecurityScheme {
        SecurityScheme(
            kind: .tokenExchange(
                ClientCredentialsScheme(
                    server: server(issuer, tokenEndpoint),
                    authentication: clientAuthentication,
                    resources: resources,
                    audience: audience,
                    parameters: parameters,
                    dpop: dpop
                )
            )
        )
    }

    /// Tokens from a ``TokenSource`` of the program's.
    public static func token() -> SecurityScheme { SecurityScheme(kind: .token) }

    /// One bearer token that the program brings (RFC 6750).
    public static func bearer() -> SecurityScheme { SecurityScheme(kind: .bearer) }

    /// A user name and a password (RFC 7617).
    public static func basic() -> SecurityScheme { SecurityScheme(kind: .basic) }

    /// A key in a header field.
    public static func apiKey(header name: HTTP.FieldName) -> SecurityScheme {
        SecurityScheme(kind: .apiKey(.header(name)))
    }

    /// A key in the query.
    public static func apiKey(query name: String) -> SecurityScheme {
        SecurityScheme(kind: .apiKey(.query(name)))
    }
}

/// What one or more operations need of the declared schemes: alternatives, each a combination of schemes.
@_spi(Generated)
public struct SecurityRequirement: Sendable {
    struct Use: Sendable {
        let scheme: Int
        let scopes: [String]
    }

    /// In order of preference; an empty combination needs nothing.
    let alternatives: [[Use]]

    /// No authorization.
    public static let none = SecurityRequirement(alternatives: [[]])

    /// A scheme, by its place in the definition.
    public static func scheme(_ index: Int, scopes: [String] = []) -> SecurityRequirement {
        SecurityRequirement(alternatives: [[Use(scheme: index, scopes: scopes)]])
    }

    /// All of these at once.
    public static func all(_ requirements: [SecurityRequirement]) -> SecurityRequirement {
        requirements.reduce(none) { combined, next in
            SecurityRequirement(
                alternatives: combined.alternatives.flatMap { left in next.alternatives.map { left + $0 } }
            )
        }
    }

    /// The first of these that can be met.
    public static func any(_ requirements: [SecurityRequirement]) -> SecurityRequirement {
        SecurityRequirement(alternatives: requirements.flatMap(\.alternatives))
    }
}

/// What the program brings for one scheme.
@_spi(Generated)
public enum SchemeCredentials: Sendable {
    case clientCredentials(ClientCredentials)
    /// A session; nil: nobody is signed in.
    case user((any TokenSource)?)
    /// What the program authenticates with, and where the tokens of those on whose behalf it calls come from.
    case tokenExchange(ClientCredentials, subject: any TokenSource)
    case token(any TokenSource)
    case bearer(Secret)
    case basic(BasicCredentials)
    case apiKey(Secret)
}
