public import Countersign
public import CountersignCrypto

/// The authorization server, the client and the parameters of sign-ins.
///
/// A generated client whose schema has a scheme for users provides one with the schema's values. Set what differs
/// between programs on a copy:
///
/// ```swift
/// var signIn = NotesAPI.userSignIn
/// signIn.redirectURI = "https://notes.example.com/callback"
/// signIn.postLogoutRedirectURI = "https://notes.example.com/"
/// ```
public struct SignInConfiguration: Sendable, Hashable {
    /// The use of pushed authorization requests, which do not pass through the browser (RFC 9126).
    public enum PushedAuthorizationRequests: Sendable, Hashable {
        /// Requests are pushed if the metadata names an endpoint for it.
        case whenOffered
        /// Requests are always pushed. A server without the endpoint is an error.
        case always
        /// Requests are never pushed. A server that requires it is an error.
        case never
    }

    /// The way in which the response reaches the redirect URI (OAuth 2.0 Multiple Response Type Encoding Practices
    /// section 2.1, OAuth 2.0 Form Post Response Mode).
    public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
        /// The query of the redirect URI.
        case query
        /// The body of a POST to the redirect URI.
        case formPost = "form_post"
        /// The fragment of the redirect URI, which only scripts in the page can read.
        case fragment
    }

    /// The policy for a refresh token that was sent and whose response was lost.
    public enum RefreshRetry: Sendable, Hashable {
        /// The refresh token is sent again after a backoff, with a new proof, until the server responds.
        ///
        /// If the first request did not arrive, the session continues. If it did, the server has rotated the refresh
        /// token and rejects the old one. The session then ends, as it would have without another attempt.
        ///
        /// A process that finds a pending refresh whose process was stopped sends the refresh token when that refresh is
        /// older than the runtime's `tokenRequestTimeout` and the lease (60 seconds) together: the
        /// other process may only have paused.
        case untilResponse
        /// The refresh token is not sent again, unless the program calls ``UserSession/retryRefresh()``.
        ///
        /// The error says that the outcome is unknown.
        case never
    }

    /// The issuer, exactly as its metadata names it.
    ///
    /// Endpoints and capabilities are discovered from it (OpenID Connect Discovery, RFC 8414).
    public var issuer: String
    /// The origins (`https://host`) at which ``issuer`` has endpoints besides its own origin.
    ///
    /// Endpoints at any other origin are rejected, since the client would send its secret and the user's tokens there.
    /// They do not apply to an issuer of the credentials (`ClientCredentials.issuer(_:endpointOrigins:)`).
    public var endpointOrigins: Set<String>
    /// The pattern of the issuers of a multi-tenant server; nil for a server with one issuer.
    public var issuerPattern: IssuerPattern?
    /// The issuer passed to the initializer: a schema's issuer, even if ``issuer`` was changed for a deployment.
    package let declaredIssuer: String
    /// The client identifier; nil if the credentials contain it.
    public var clientID: String?
    /// The client authentication method at the token endpoint; nil to derive it from the credentials and the server's
    /// metadata.
    ///
    /// The default is `client_secret_basic` for a secret, `private_key_jwt` for a key and `none` for a public client, or
    /// another method for these credentials if the metadata lists only that
    /// (`token_endpoint_auth_methods_supported`). Revocation and introspection use the methods that the metadata lists for
    /// them.
    public var clientAuthentication: ClientAuthentication?
    /// The scopes to request: `openid` for an ID token, and usually `offline_access` for a refresh token.
    public var scopes: [String]
    /// The resource indicators of the APIs that the tokens are for (RFC 8707).
    public var resources: [String]
    /// The algorithm of the DPoP key that the tokens are bound to (RFC 9449); nil for bearer tokens.
    public var dpop: DPoPAlgorithm?
    /// Additional parameters of the authorization request and of token requests.
    public var parameters: [String: String]
    /// The `audience` parameter of the authorization request, which some vendors' servers require.
    public var audience: String?

    /// The URI that the browser returns to, exactly as it is registered; not needed for the device flow.
    ///
    /// If a program uses several issuers and not all of them send `iss` in the callback (RFC 9207), give each issuer its
    /// own redirect URI and complete sign-ins with ``AuthorizationCallback/url(_:)``. Otherwise a hostile issuer could
    /// receive another issuer's code (RFC 9700 section 4.4.2).
    public var redirectURI: String?
    /// The URI that the browser returns to after a sign-out at the server (OpenID Connect RP-Initiated Logout section 3).
    public var postLogoutRedirectURI: String?
    /// The use of pushed authorization requests.
    public var pushedAuthorizationRequests = PushedAuthorizationRequests.whenOffered
    /// The way in which the response reaches the redirect URI.
    public var responseMode = ResponseMode.query
    /// The maximum time since the user last authenticated, in whole seconds (`max_age`).
    public var maxAge: Duration?
    /// The prompts that the server must show, for example `login` or `consent` (`prompt`).
    ///
    /// Many servers return a refresh token for the scope `offline_access` only with `consent` (OpenID Connect Core section
    /// 11). The device flow does not use it.
    public var prompt: [String]
    /// The requested authentication context classes in order of preference (`acr_values`).
    public var acrValues: [String] = []
    /// Requires that the `acr` of the ID token is one of ``acrValues``; others are rejected.
    public var requiresACR = false
    /// The signature algorithms accepted for ID tokens and logout tokens (`id_token_signed_response_alg`).
    ///
    /// An algorithm that the server's metadata does not list is rejected even if it is in this set. `none` and algorithms
    /// with a shared secret are never accepted.
    public var idTokenAlgorithms = Set(SignatureAlgorithm.allCases)
    /// The lifetime of a logout token without `exp`, counted from its `iat`; nil rejects such a token.
    ///
    /// OpenID Connect Back-Channel Logout section 2.4 requires `exp`, but some servers omit it. Two minutes is the
    /// lifetime that the specification recommends. The accepted clock difference is added.
    public var logoutTokenLifetime: Duration?
    /// Adds the claims of the userinfo endpoint to those of the ID token at sign-in.
    public var loadsUserInfo = false
    /// The policy for a refresh token whose response was lost.
    public var refreshRetry = RefreshRetry.untilResponse

    /// Creates a configuration with the values that a schema declares; the other properties have defaults.
    ///
    /// - Parameters:
    ///   - issuer: The issuer, exactly as its metadata names it.
    ///   - clientID: The client identifier; nil if the credentials contain it.
    ///   - clientAuthentication: The client authentication method; nil to derive it from the credentials and the
    ///     server's metadata.
    ///   - scopes: The scopes to request.
    ///   - resources: The resource indicators of the APIs that the tokens are for (RFC 8707).
    ///   - dpop: The algorithm of the DPoP key that the tokens are bound to; nil for bearer tokens.
    ///   - parameters: Additional parameters of the authorization request and of token requests.
    ///   - audience: The `audience` parameter of the authorization request.
    ///   - prompt: The prompts that the server must show.
    ///   - endpointOrigins: The origins at which the issuer has endpoints besides its own origin.
    public init(
        issuer: String,
        clientID: String? = nil,
        clientAuthentication: ClientAuthentication? = nil,
        scopes: [String] = [],
        resources: [String] = [],
        dpop: DPoPAlgorithm? = nil,
        parameters: [String: String] = [:],
        audience: String? = nil,
        prompt: [String] = [],
        endpointOrigins: Set<String> = []
    ) {
        self.issuer = issuer
        self.endpointOrigins = endpointOrigins
        declaredIssuer = issuer
        self.clientID = clientID
        self.clientAuthentication = clientAuthentication
        self.scopes = scopes
        self.resources = resources
        self.dpop = dpop
        self.parameters = parameters
        self.audience = audience
        self.prompt = prompt
    }
}
