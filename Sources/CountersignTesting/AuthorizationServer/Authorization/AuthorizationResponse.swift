import CountersignHTTP

/// A response of the authorization endpoint to the client, through the user's browser (RFC 6749 sections 4.1.2 and 4.1.2.1).
///
/// The description does not contain the code.
public struct AuthorizationResponse: Sendable, Hashable, CustomStringConvertible {
    /// The ways of returning the parameters to the client.
    public enum ResponseMode: String, Sendable, Hashable, CaseIterable {
        /// In the query of the redirect URI.
        case query
        /// In the fragment of the redirect URI.
        case fragment
        /// In a form that the browser posts to the redirect URI (OAuth 2.0 Form Post Response Mode).
        case formPost = "form_post"
    }

    /// The redirect URI, without the parameters.
    public let redirectURI: String
    /// The response mode.
    public let responseMode: ResponseMode
    /// `code` or `error`, with `state` and `iss`.
    public let parameters: FormParameters

    /// The authorization code; nil for an error response.
    public var code: String? { parameters["code"] }

    /// The error code, such as `access_denied`.
    public var error: String? { parameters["error"] }

    /// The URL that the browser opens, with the parameters unless they are in a form.
    public var url: String {
        switch responseMode {
        case .query: redirectURI + (redirectURI.contains("?") ? "&" : "?") + parameters.encoded
        case .fragment: redirectURI + "#" + parameters.encoded
        case .formPost: redirectURI
        }
    }

    /// The form that the browser posts, as `application/x-www-form-urlencoded`; nil for the other modes.
    public var form: String? {
        responseMode == .formPost ? parameters.encoded : nil
    }

    /// The redirect URI and the parameters that are not secret.
    public var description: String { "\(redirectURI) (\(responseMode.rawValue)) \(parameters)" }

    /// The redirect, or the page that posts the form.
    var httpResponse: HTTP.Response {
        switch responseMode {
        case .query, .fragment:
            HTTP.Response(status: 303, fields: ["Location": url, "Cache-Control": "no-store"])
        case .formPost:
            Page.formPost(to: redirectURI, parameters: parameters)
        }
    }
}
