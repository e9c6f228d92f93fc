/// How an API wants its callers to be authorized, as a schema declares it: one entry under `auth`.
@_spi(Generated)
public struct SecurityScheme: Sendable {
    enum Kind: Sendable {
        case clientCredentials(ClientCredentialsScheme)
        case token
        case bearer
        case basic
        case apiKey(APIKeyPlace)
    }

    enum APIKeyPlace: Sendable {
        case header(HTTPFieldName)
        case query(String)
    }

    struct ClientCredentialsScheme: Sendable {
        let server: AuthorizationServer?
        let authentication: ClientAuthentication
        let resources: [String]
        let audience: String?
        let parameters: [String: String]
        let dpop: DPoPAlgorithm?
    }

    let kind: Kind

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
                    server: tokenEndpoint.map(AuthorizationServer.tokenEndpoint)
                        ?? issuer.map(AuthorizationServer.issuer),
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
    public static func apiKey(header name: HTTPFieldName) -> SecurityScheme {
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
    case token(any TokenSource)
    case bearer(Secret)
    case basic(BasicCredentials)
    case apiKey(Secret)
}
