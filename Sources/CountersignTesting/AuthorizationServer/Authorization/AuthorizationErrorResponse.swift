/// An error response of the authorization endpoint.
struct AuthorizationErrorResponse: Error {
    var error: OAuthErrorResponse
    /// The target of the redirect; nil shows an error page, because the redirect URI is not known to be the client's.
    var target: AuthorizationTarget?
}

/// The target of an authorization response.
struct AuthorizationTarget: Sendable {
    var redirectURI: String
    var responseMode: AuthorizationResponse.ResponseMode
    var state: String?
}
