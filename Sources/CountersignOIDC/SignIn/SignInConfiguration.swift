public import Countersign
public import CountersignCrypto

/// How users sign in to one client, at which authorization server, and what for.
///
/// A generated client with a scheme of users has one that says what its schema says. What differs between programs is set
/// on a copy:
///
/// ```swift
/// var signIn = NotesAPI.userSignIn
/// signIn.redirectURI = "https://notes.example.com/callback"
/// signIn.postLogoutRedirectURI = "https://notes.example.com/"
/// ```
public struct SignInConfiguration: Sendable, Hashable {
    /// Whether what is asked of the user is sent to the server beforehand (RFC 9126), past the browser.
    public enum PushedAuthorizationRequests: Sendable, Hashable {
        /// Where the metadata names an endpoint for it.
        case whenOffered
        /// Always: a server without an endpoint for it is an error.
        case always
        /// Never: a server that demands it is an error.
        case never
    }

    /// How the answer comes to the redirect URI (OAuth 2.0 Multiple Response Type Encoding Practices section 2.1,
    /// OAuth 2.0 Form Post Response Mode).
    public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
        /// In the query of the redirect URI.
        case query
        /// In the body of a POST to the redirect URI.
        case formPost = "form_post"
        /// In the fragment of the redirect URI, which reaches scripts in the page alone.
        case fragment
    }

    /// Whether a refresh token whose answer was lost is sent a second time.
    ///
    /// A server that rotates refresh tokens may take the second use for a theft, and end the session.
    public enum RefreshRetry: Sendable, Hashable {
        /// Never: what became of the token is unknown, and the error says so.
        case never
        /// Within this time after the first use, for servers that tolerate it; 30 seconds at most.
        case within(Duration)
    }

    /// The issuer, as its metadata names it; everything else about the server is discovered (OpenID Connect Discovery,
    /// RFC 8414).
    public var issuer: String
    /// The issuer that this was made with: a schema's, whatever ``issuer`` has been set to for the place where it runs.
    package let declaredIssuer: String
    /// The client's identifier; nil where the credentials bring it.
    public var clientID: String?
    /// How the client authenticates; nil for what its credentials are meant for: `client_secret_basic` with a secret,
    /// `private_key_jwt` with a key, nothing for a public client.
    public var clientAuthentication: ClientAuthentication?
    /// The scopes to ask the user for; `openid` for an ID token, and mostly `offline_access` for a refresh token.
    public var scopes: [String]
    /// What the tokens are for (RFC 8707).
    public var resources: [String]
    /// Binds the tokens to a key, and signs every use of them with it (RFC 9449).
    public var dpop: DPoPAlgorithm?
    /// Further parameters of the authorization request and of token requests.
    public var parameters: [String: String]
    /// The `audience` parameter that some vendors' servers want.
    public var audience: String?

    /// Where the browser brings the answer, exactly as it is registered; a sign-in by another device needs none.
    ///
    /// Of several issuers, give each one its own and complete with ``AuthorizationCallback/url(_:)`` where not all of them
    /// say in their answers who they are (RFC 9207): one of them could otherwise be told another's code (RFC 9700 section
    /// 4.4.2).
    public var redirectURI: String?
    /// Where the browser goes after it signed out at the server (OpenID Connect RP-Initiated Logout section 3).
    public var postLogoutRedirectURI: String?
    /// Whether requests are pushed.
    public var pushedAuthorizationRequests = PushedAuthorizationRequests.whenOffered
    /// How the answer comes to the redirect URI.
    public var responseMode = ResponseMode.query
    /// How long ago the user may have authenticated, at most: `max_age`, in whole seconds.
    public var maxAge: Duration?
    /// What the server is to ask the user again: `prompt`, `login` or `consent` for example.
    public var prompt: [String] = []
    /// The authentication context classes to ask for, the preferred one first: `acr_values`.
    public var acrValues: [String] = []
    /// Whether an ID token is refused whose `acr` is none of ``acrValues``.
    public var requiresACR = false
    /// The algorithms by which ID tokens and logout tokens may be signed (`id_token_signed_response_alg`).
    ///
    /// One that the server's metadata does not list is refused all the same. `none` and shared secrets are never taken.
    public var idTokenAlgorithms = Set(SignatureAlgorithm.allCases)
    /// Whether the claims of the userinfo endpoint are fetched at sign-in, besides those of the ID token.
    public var loadsUserInfo = false
    /// Whether a refresh token whose answer was lost is sent a second time.
    public var refreshRetry = RefreshRetry.never

    /// Says what a schema says; the rest is set afterwards.
    public init(
        issuer: String,
        clientID: String? = nil,
        clientAuthentication: ClientAuthentication? = nil,
        scopes: [String] = [],
        resources: [String] = [],
        dpop: DPoPAlgorithm? = nil,
        parameters: [String: String] = [:],
        audience: String? = nil
    ) {
        self.issuer = issuer
        declaredIssuer = issuer
        self.clientID = clientID
        self.clientAuthentication = clientAuthentication
        self.scopes = scopes
        self.resources = resources
        self.dpop = dpop
        self.parameters = parameters
        self.audience = audience
    }
}
