public import Countersign
public import CountersignCrypto

/// What a client that signs users in has to say once: where, as whom, and for what.
///
/// Generated clients have one (`CatalogAPI.signIn`), so that issuer and scopes are written in the schema alone; without
/// a schema it is written by hand:
///
/// ```swift
/// var configuration = SignInConfiguration(
///     issuer: "https://login.example.com",
///     clientID: "shop",
///     scopes: ["openid", "profile", "offline_access", "catalog.read"]
/// )
/// configuration.redirectURI = "https://shop.example.com/signed-in"
/// ```
public struct SignInConfiguration: Sendable {
    /// The authorization server's issuer identifier, exactly as its metadata and its tokens have it.
    public var issuer: String
    /// The client identifier, for clients without credentials of their own.
    public var clientID: String?
    /// How the client authenticates; nil for what its credentials are usually used with.
    public var clientAuthentication: ClientAuthentication?
    /// The scopes to ask for. `openid` asks for an ID token, `offline_access` for a refresh token.
    public var scopes: [String]
    /// Resource indicators (RFC 8707).
    public var resources: [String]
    /// Binds the user's tokens to a key with this algorithm (RFC 9449); nil for bearer tokens.
    public var dpop: DPoPAlgorithm?
    /// Further parameters of the authorization request.
    public var parameters: [String: String]
    /// The `audience` parameter that some vendors' servers want.
    public var audience: String?

    /// Where the user's browser comes back to, unless a request says otherwise.
    public var redirectURI: String?
    /// Where the user's browser comes back to after signing out.
    public var postLogoutRedirectURI: String?
    /// Whether the authorization request goes past the browser (RFC 9126).
    public var pushedAuthorizationRequests = PushedAuthorizationRequests.whenOffered
    /// How the answer comes back; nil leaves it to the server, which means ``ResponseMode/query``.
    public var responseMode: ResponseMode?
    /// How long ago the user may have authenticated; nil for any time.
    public var maxAge: Duration?
    /// What the user is to be asked (`login`, `consent`, `select_account`, `none`; OpenID Connect Core section 3.1.2.1).
    public var prompt: String?
    /// The authentication contexts to ask for, the preferred one first.
    public var acrValues: [String] = []
    /// Whether an ID token without one of ``acrValues`` is refused.
    public var isACREssential = false
    /// Whether the userinfo endpoint is asked for claims at sign-in.
    public var loadsUserInfo = false
    /// The algorithms by which ID tokens and logout tokens may be signed.
    ///
    /// What the server's metadata does not list is refused all the same.
    public var idTokenAlgorithms = Set(SignatureAlgorithm.allCases)
    /// What becomes of a refresh token whose answer was lost.
    public var refreshReplay = RefreshReplay.never

    /// Whether authorization requests are pushed (RFC 9126).
    public enum PushedAuthorizationRequests: Sendable, Hashable {
        /// Where the server's metadata names an endpoint for it.
        case whenOffered
        /// Always: a server that does not offer it is a failure.
        case always
        /// Only where the server demands it.
        case never
    }

    /// How the answer of the authorization server comes back (`response_mode`).
    public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
        /// In the query of the redirect URI.
        case query
        /// In its fragment.
        case fragment
        /// In the body of a POST to it (OAuth 2.0 Form Post Response Mode).
        case formPost = "form_post"
    }

    /// Whether a refresh token that may have been spent is sent again.
    public enum RefreshReplay: Sendable, Hashable {
        /// Never: the user signs in again, unless the server says otherwise.
        case never
        /// Once, within this time after the first, for servers that take a rotated token back for a while; at most 30 s.
        case within(Duration)
    }

    public init(
        issuer: String,
        clientID: String? = nil,
        clientAuthentication: ClientAuthentication? = nil,
        scopes: [String] = ["openid"],
        resources: [String] = [],
        dpop: DPoPAlgorithm? = nil,
        parameters: [String: String] = [:],
        audience: String? = nil
    ) {
        self.issuer = issuer
        self.clientID = clientID
        self.clientAuthentication = clientAuthentication
        self.scopes = scopes
        self.resources = resources
        self.dpop = dpop
        self.parameters = parameters
        self.audience = audience
    }
}
