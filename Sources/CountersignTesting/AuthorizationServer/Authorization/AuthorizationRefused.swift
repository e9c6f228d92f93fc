public import CountersignHTTP

/// The authorization endpoint has answered to the user and not to the client: a client or redirect URI that it does not
/// know, a request that it cannot read, a fault that a test has injected.
public struct AuthorizationRefused: Error, Sendable, Hashable, CustomStringConvertible {
    /// The status of the page that the user sees.
    public let status: HTTP.Status
    /// The error's code, such as `invalid_request`; nil for a fault without one.
    public let code: String?
    /// What is wrong.
    public let description: String

    init(status: HTTP.Status = 400, code: String? = "invalid_request", _ description: String) {
        self.status = status
        self.code = code
        self.description = description
    }
}

/// Why an authorization request is refused, and whom it may be told to.
struct AuthorizationRefusal: Error {
    var refusal: OAuthRefusal
    /// Nil while the redirect URI is not known to be the client's: then only the user is told.
    var target: AuthorizationTarget?
}

/// Where an answer goes.
struct AuthorizationTarget: Sendable {
    var redirectURI: String
    var responseMode: AuthorizationResponse.ResponseMode
    var state: String?
}
