/// A security scheme of an API, as a schema declares it: one entry under `auth`.
@_spi(Generated)
public struct SecurityScheme: Sendable {
    enum Kind: Sendable {
        case clientCredentials(OAuthConfiguration)
        case user(UserScheme)
        case tokenExchange(OAuthConfiguration)
        case token
        case bearer
        case basic
        case apiKey(APIKeyPlace)
    }

    enum APIKeyPlace: Sendable {
        case header(HTTP.FieldName)
        case query(String)
    }

    /// The parameters of a scheme for signed-in users.
    ///
    /// The user's session determines the issuer, the client and the DPoP key.
    struct UserScheme: Sendable {
        /// The issuer at which the users sign in; nil if the called server determines it, or the schema names none.
        let issuer: String?
        let resources: [String]
        let parameters: [String: String]
        let tokenPerScopes: Bool
    }

    let kind: Kind

    /// True if its tokens act for a user.
    ///
    /// If such a token cannot be obtained, no other scheme replaces it: the call would act for somebody else.
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

    /// Tokens by the client credentials grant (RFC 6749 section 4.4).
    public static func clientCredentials(_ oauth: OAuthConfiguration) -> SecurityScheme {
        SecurityScheme(kind: .clientCredentials(oauth))
    }

    /// Tokens of a signed-in user, by the authorization code grant or the device grant.
    public static func user(
        issuer: String? = nil,
        resources: [String] = [],
        parameters: [String: String] = [:],
        tokenPerScopes: Bool = false
    ) -> SecurityScheme {
        let user = UserScheme(
            issuer: issuer,
            resources: resources,
            parameters: parameters,
            tokenPerScopes: tokenPerScopes
        )
        return SecurityScheme(kind: .user(user))
    }

    /// Tokens on behalf of a subject, whose token is exchanged for them (RFC 8693).
    public static func tokenExchange(_ oauth: OAuthConfiguration) -> SecurityScheme {
        SecurityScheme(kind: .tokenExchange(oauth))
    }

    /// Tokens from a ``TokenSource`` of the program.
    public static func token() -> SecurityScheme { SecurityScheme(kind: .token) }

    /// A bearer token of the program (RFC 6750).
    public static func bearer() -> SecurityScheme { SecurityScheme(kind: .bearer) }

    /// A user name and a password (RFC 7617).
    public static func basic() -> SecurityScheme { SecurityScheme(kind: .basic) }

    /// An API key in a header field.
    public static func apiKey(header name: HTTP.FieldName) -> SecurityScheme {
        SecurityScheme(kind: .apiKey(.header(name)))
    }

    /// An API key in the query.
    public static func apiKey(query name: String) -> SecurityScheme {
        SecurityScheme(kind: .apiKey(.query(name)))
    }
}
