public import CountersignHTTP

/// The error of an authorization request that the server answers with an error page, not with a redirect to the client.
///
/// The reasons are an unknown client or redirect URI, a malformed request, an unknown device code, or an injected fault
/// (RFC 6749 section 4.1.2.1).
public struct AuthorizationRejectedError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The status of the error page.
    public let status: HTTP.Status?
    /// The OAuth error code, such as `invalid_request`; nil for a fault without one.
    public let oauthError: String?
    /// The reason for the rejection.
    public let message: String

    init(status: HTTP.Status = 400, oauthError: String? = "invalid_request", _ message: String) {
        self.status = status
        self.oauthError = oauthError
        self.message = message
    }

    /// The error code and the message.
    public var description: String {
        "authorization rejected: \(message)" + (oauthError.map { " [\($0)]" } ?? "")
    }
}
