import Countersign

/// The response that an authorization server sent through the browser to the redirect URI, not validated yet.
///
/// ```swift
/// let fromAWebServer = AuthorizationCallback.query("code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj")
/// let fromAnApp = AuthorizationCallback.url("com.example.app:/signed-in?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj")
/// ```
///
/// ``OIDCClient/complete(_:callback:)`` validates it, and rejects a callback that is malformed, repeats one of its
/// parameters, or belongs to another request. Parameters that a sign-in does not know are ignored. A callback prints
/// without its contents.
public struct AuthorizationCallback: Sendable {
    private enum Source: Sendable {
        case form([UInt8])
        case url(String)
    }

    private let source: Source

    private init(_ source: Source) {
        self.source = source
    }

    /// Creates a callback from the query of the redirect, without the question mark.
    public static func query(_ text: String) -> AuthorizationCallback {
        AuthorizationCallback(.form(Array(text.utf8)))
    }

    /// Creates a callback from the fragment of the redirect, without the `#`.
    public static func fragment(_ text: String) -> AuthorizationCallback {
        AuthorizationCallback(.form(Array(text.utf8)))
    }

    /// Creates a callback from the body of a POST to the redirect URI (OAuth 2.0 Form Post Response Mode).
    public static func form(_ body: [UInt8]) -> AuthorizationCallback {
        AuthorizationCallback(.form(body))
    }

    /// Creates a callback from the body of a POST to the redirect URI, as text.
    public static func form(_ body: String) -> AuthorizationCallback {
        AuthorizationCallback(.form(Array(body.utf8)))
    }

    /// Creates a callback from the whole URL that the browser was redirected to.
    ///
    /// The sign-in then also checks that the URL is the redirect URI of the request.
    public static func url(_ text: String) -> AuthorizationCallback {
        AuthorizationCallback(.url(text))
    }

    /// The URL of the redirect; nil if the callback was created from parameters alone.
    var url: String? {
        guard case .url(let text) = source else { return nil }
        return text
    }

    /// Returns the `state` parameter, which identifies the authorization request.
    package func state() throws(SignInError) -> String {
        let parameters = try parameters()
        guard let state = try parameters.text(.state), !state.isEmpty else {
            throw SignInError(
                .malformedCallback,
                "the callback has no state",
                oauthError: (try parameters.text(.error)).flatMap(OAuthErrorCode.init)?.text
            )
        }
        return state
    }

    /// Returns the parameters of the response that a sign-in reads.
    ///
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/malformedCallback`` if the response is too long.
    func parameters() throws(SignInError) -> CallbackParameters {
        switch source {
        case .form(let bytes):
            return try CallbackParameters(bytes[...])
        case .url(let text):
            let parts = text.utf8.split(separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false)
            let query = parts[0].firstIndex(of: UInt8(ascii: "?")).map { parts[0][parts[0].index(after: $0)...] }
            let inQuery = try CallbackParameters(query ?? parts[0].prefix(0))
            // The redirect URI may have its own query, so the response is in the part that contains the state.
            guard !inQuery.contains(.state), parts.count > 1 else { return inQuery }
            return try CallbackParameters(parts[1])
        }
    }
}

extension AuthorizationCallback: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "AuthorizationCallback(<redacted>)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
