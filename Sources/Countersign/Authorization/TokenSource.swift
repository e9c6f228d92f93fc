/// A source of access tokens that the program provides, for the `token` scheme of a schema.
///
/// Use it if the tokens come from elsewhere, such as the metadata service of a platform, a gateway or another library. For
/// tokens by the client credentials grant, use `clientCredentials`, which caches and renews them.
///
/// A source is asked before each call, so it caches its tokens itself:
///
/// ```swift
/// struct Workload: TokenSource {
///     let metadataService: MetadataService
///
///     func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
///         let fresh = request.rejectedToken != nil || request.forceRenewal
///         return try AccessToken(await metadataService.token(skippingCache: fresh))
///     }
/// }
/// ```
public protocol TokenSource: Sendable {
    /// Returns the token for a call.
    ///
    /// - Throws: Any error. The call then fails with a ``TokenError``, and nothing is sent. A ``TokenError`` reaches the
    ///   caller as it is.
    nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken
}

/// A token is its own source, for example the token of an incoming request for which other requests are made.
///
/// ```swift
/// let orders = OrdersAPI(credentials: credentials, subject: try AccessToken(bearerToken))
/// ```
extension AccessToken: TokenSource {
    public nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async -> AccessToken { self }
}

/// The properties of a call for which a ``TokenSource`` provides the token.
public struct TokenSourceRequest: Sendable {
    /// The scopes that the operation needs.
    public let scopes: [String]
    /// The resource indicators of the scheme, or of the call's options (RFC 8707).
    public let resources: [String]
    /// The token that the API has rejected with 401; nil for the first attempt of a call.
    ///
    /// If the source returns another token, the call is sent again.
    public let rejectedToken: AccessToken?
    /// True if the caller requires a new token (``CallOption/forceTokenRenewal``).
    public let forceRenewal: Bool
}
