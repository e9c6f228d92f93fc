/// The authorization of the calls of an ``APIClient`` without a schema.
public struct APIAuthorization: Sendable {
    let scheme: SecurityScheme?
    let credentials: SchemeCredentials?
    let scopes: [String]

    /// No authorization.
    public static let none = APIAuthorization(scheme: nil, credentials: nil, scopes: [])

    /// Tokens by the client credentials grant (RFC 6749 section 4.4).
    ///
    /// - Parameters:
    ///   - credentials: The identifier of the client, and its secret or key.
    ///   - oauth: The authorization server and the parameters of token requests. The credentials can name another server,
    ///     with ``ClientCredentials/issuer(_:endpointOrigins:)`` or ``ClientCredentials/tokenEndpoint(_:)``.
    ///   - scopes: The scopes to request; the server chooses if there are none.
    public static func clientCredentials(
        _ credentials: ClientCredentials,
        _ oauth: OAuthConfiguration = OAuthConfiguration(),
        scopes: [String] = []
    ) -> APIAuthorization {
        APIAuthorization(
            scheme: .clientCredentials(oauth),
            credentials: .clientCredentials(credentials),
            scopes: scopes
        )
    }

    /// Tokens from a source of the program.
    public static func token(_ source: any TokenSource, scopes: [String] = []) -> APIAuthorization {
        APIAuthorization(scheme: .token(), credentials: .token(source), scopes: scopes)
    }

    /// One bearer token (RFC 6750).
    public static func bearer(_ token: SecretValue) -> APIAuthorization {
        APIAuthorization(scheme: .bearer(), credentials: .bearer(token), scopes: [])
    }

    /// A user name and a password (RFC 7617).
    public static func basic(_ credentials: BasicCredentials) -> APIAuthorization {
        APIAuthorization(scheme: .basic(), credentials: .basic(credentials), scopes: [])
    }

    /// A key in a header field.
    public static func apiKey(header name: HTTP.FieldName, _ key: SecretValue) -> APIAuthorization {
        APIAuthorization(scheme: .apiKey(header: name), credentials: .apiKey(key), scopes: [])
    }

    /// A key in the query.
    public static func apiKey(query name: String, _ key: SecretValue) -> APIAuthorization {
        APIAuthorization(scheme: .apiKey(query: name), credentials: .apiKey(key), scopes: [])
    }
}
