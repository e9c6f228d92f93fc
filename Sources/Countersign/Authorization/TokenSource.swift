/// A source of access tokens that the program provides: a grant of its own.
///
/// Use it if the tokens come from elsewhere, such as the metadata service of a platform, a gateway, or an endpoint that is
/// not an OAuth token endpoint. For tokens by the client credentials grant, use `clientCredentials`.
///
/// A source requests a token and returns it with its expiry. With a ``tokenIdentity``, the runtime does the rest, as for
/// its built-in grants: it caches the token, shares one request among concurrent callers, renews the token in the
/// background before it expires and once after a 401, backs off after failures, and reports events.
///
/// ```swift
/// struct Workload: TokenSource {
///     let account: String
///     let metadataService: MetadataService
///
///     var tokenIdentity: String? { account }
///
///     func accessToken(for request: TokenSourceRequest) async throws -> AccessToken {
///         let token = try await metadataService.requestToken(for: account)
///         return try AccessToken(token.value, expiresAt: token.expiry)
///     }
/// }
/// ```
public protocol TokenSource: Sendable {
    /// The identity of the source's tokens in the cache of a runtime.
    ///
    /// It must contain everything that can change the token, except for the type of the source and the properties of the
    /// ``TokenSourceRequest``: the account, the user, the key. Sources of one type with equal identities share tokens. It
    /// must not change, since a client reads it once. The cache keeps only a digest of it.
    ///
    /// Nil, the default, is for a source that caches its tokens itself. It is asked before each call. A source whose tokens
    /// depend on the task that makes the call, such as the user of an incoming request, must return nil.
    var tokenIdentity: String? { get }

    /// Returns a token.
    ///
    /// A source with a ``TokenSource/tokenIdentity`` is asked when the runtime needs a new token. It must return within
    /// ``CountersignRuntime/Configuration/tokenRequestTimeout``. A source without one is asked before each call.
    ///
    /// - Throws: Any error. The call then fails with a ``TokenError``, and nothing is sent. A ``TokenError`` reaches the
    ///   caller as it is, and its ``TokenError/isTransient`` determines whether the runtime tries again soon. Any other
    ///   error counts as transient.
    nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async throws -> AccessToken
}

extension TokenSource {
    public var tokenIdentity: String? { nil }
}

/// A token is its own source, for example the token of an incoming request for which other requests are made.
///
/// ```swift
/// let orders = OrdersAPI(credentials: credentials, subject: try AccessToken(bearerToken))
/// ```
extension AccessToken: TokenSource {
    public nonisolated(nonsending) func accessToken(for request: TokenSourceRequest) async -> AccessToken { self }
}

/// The properties of the token that a ``TokenSource`` is asked for.
public struct TokenSourceRequest: Sendable {
    /// The scopes that the operation needs.
    public let scopes: [String]
    /// The resource indicators of the scheme, or of the call's options (RFC 8707).
    public let resources: [String]
    /// The token that the API has rejected with 401; nil for the first attempt of a call.
    ///
    /// If the source returns another token, the call is sent again. For a source with a ``TokenSource/tokenIdentity`` it is
    /// always nil.
    public let rejectedToken: AccessToken?
    /// True if the token that the source returned last must not be returned again.
    ///
    /// The caller requires a new token (``CallOption/forceTokenRenewal``). For a source with a
    /// ``TokenSource/tokenIdentity`` it is true from the second request on: the last token is about to expire, or an API
    /// has rejected it.
    public let forceRenewal: Bool
}
