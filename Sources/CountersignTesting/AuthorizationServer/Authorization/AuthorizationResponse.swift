import CountersignHTTP

/// What the authorization endpoint sends back through the user's browser (RFC 6749 sections 4.1.2 and 4.1.2.1).
///
/// It prints without the code.
public struct AuthorizationResponse: Sendable, Hashable, CustomStringConvertible {
    /// How the parameters travel.
    public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
        /// In the query of the redirect URI.
        case query
        /// Behind its `#`.
        case fragment
        /// As a form that the browser posts to it (OAuth 2.0 Form Post Response Mode).
        case formPost = "form_post"
    }

    /// Where the browser goes, without the parameters.
    public let redirectURI: String
    /// How the parameters travel.
    public let responseMode: ResponseMode
    /// `code` or `error`, with `state` and `iss`.
    public let parameters: FormParameters

    /// The authorization code; nil when the answer is an error.
    public var code: String? { parameters["code"] }

    /// The error, such as `access_denied`.
    public var error: String? { parameters["error"] }

    /// The URL that the browser opens: with the parameters, except for those of a form.
    public var url: String {
        switch responseMode {
        case .query: redirectURI + (redirectURI.contains("?") ? "&" : "?") + parameters.encoded
        case .fragment: redirectURI + "#" + parameters.encoded
        case .formPost: redirectURI
        }
    }

    /// The body that the browser posts, `application/x-www-form-urlencoded`; nil for the other modes.
    public var form: String? {
        responseMode == .formPost ? parameters.encoded : nil
    }

    /// The redirect URI and the parameters that are no secret.
    public var description: String { "\(redirectURI) (\(responseMode.rawValue)) \(parameters)" }

    /// The redirect, or the page that posts the form.
    var response: HTTP.Response {
        switch responseMode {
        case .query, .fragment:
            HTTP.Response(status: 303, fields: ["Location": url, "Cache-Control": "no-store"])
        case .formPost:
            Page.formPost(to: redirectURI, parameters: parameters)
        }
    }
}
