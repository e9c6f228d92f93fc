import Countersign

/// The response that an authorization server sent through the browser to the redirect URI, not validated yet.
///
/// ```swift
/// let fromAWebServer = AuthorizationCallback.query("code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj")
/// let fromAnApp = AuthorizationCallback.url("com.example.app:/signed-in?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj")
/// ```
///
/// ``OIDCClient/complete(_:callback:)`` validates it, and rejects a callback that is malformed, has a duplicate
/// parameter, or belongs to another request. A callback prints without its contents.
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
        guard let state = try parameters()["state"], !state.isEmpty else {
            throw SignInError(.malformedCallback, "the callback has no state")
        }
        return state
    }

    /// Returns the parameters of the response.
    ///
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/malformedCallback``, also for a duplicate parameter (RFC 6749
    ///   section 3.1).
    func parameters() throws(SignInError) -> [String: String] {
        switch source {
        case .form(let bytes):
            return try Self.parameters(bytes[...])
        case .url(let text):
            let parts = text.utf8.split(separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false)
            let query = parts[0].firstIndex(of: UInt8(ascii: "?")).map { parts[0][parts[0].index(after: $0)...] }
            let inQuery = try query.map { (query) throws(SignInError) in try Self.parameters(query) } ?? [:]
            // The redirect URI may have its own query, so the response is in the part that contains the state.
            guard inQuery["state"] == nil, parts.count > 1 else { return inQuery }
            return try Self.parameters(parts[1])
        }
    }

    private static func parameters(_ text: some Collection<UInt8>) throws(SignInError) -> [String: String] {
        guard let pairs = FormURLEncoded.decode(text) else {
            throw SignInError(
                .malformedCallback,
                "the callback is not form-encoded, or exceeds 64 KiB or 100 parameters"
            )
        }
        var parameters: [String: String] = [:]
        for (name, value) in pairs {
            guard parameters.updateValue(value, forKey: name) == nil else {
                throw SignInError(.malformedCallback, "the callback has a duplicate parameter")
            }
        }
        return parameters
    }
}

extension AuthorizationCallback: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "AuthorizationCallback(<redacted>)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
