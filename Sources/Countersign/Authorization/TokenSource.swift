/// Where a program's own access tokens come from: what the `token` scheme of a schema asks for.
///
/// Use it when tokens are made elsewhere (a platform's metadata service, a gateway, another library). For tokens by
/// client credentials there is `clientCredentials`, which caches and renews them.
///
/// A source is asked before every call, so it keeps its tokens itself:
///
/// ```swift
/// struct Workload: TokenSource {
///     let metadataService: MetadataService
///
///     func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
///         let fresh = request.refused != nil || request.renew
///         return try AccessToken(await metadataService.token(skippingCache: fresh))
///     }
/// }
/// ```
public protocol TokenSource: Sendable {
    /// The token for a call.
    ///
    /// - Throws: Anything; the call fails with a ``TokenError`` and nothing is sent. An error that is a ``TokenError``
    ///   itself reaches the caller as it is.
    nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken
}

/// A token at hand is a source of itself: for the one that came with a request, on whose behalf others are made.
///
/// ```swift
/// let orders = OrdersAPI(credentials: credentials, subject: try AccessToken(bearerToken))
/// ```
extension AccessToken: TokenSource {
    public nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async -> AccessToken { self }
}

/// What a ``TokenSource`` is told of the call.
public struct TokenSourceRequest: Sendable {
    /// The scopes that the operation needs.
    public let scopes: [String]
    /// The resources that the call's options name (RFC 8707).
    public let resources: [String]
    /// The token that the API has just refused with 401.
    ///
    /// When the source returns another, the call is sent once more.
    public let refused: AccessToken?
    /// Whether the caller asked for a new token.
    public let renew: Bool
}
