import Countersign

/// What came back from the browser: the answer of an authorization server, as yet unchecked.
///
/// ```swift
/// let fromAWebServer = AuthorizationCallback.query("code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj")
/// let fromAnApp = AuthorizationCallback.url("com.example.app:/signed-in?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj")
/// ```
///
/// Nothing is believed of it: ``OIDCClient/complete(_:callback:)`` refuses what is malformed, says something twice, or
/// belongs to another request. It prints without its contents.
public struct AuthorizationCallback: Sendable {
    private enum Source: Sendable {
        case form([UInt8])
        case url(String)
    }

    private let source: Source

    private init(_ source: Source) {
        self.source = source
    }

    /// The query of the redirect, without its question mark.
    public static func query(_ text: String) -> AuthorizationCallback {
        AuthorizationCallback(.form(Array(text.utf8)))
    }

    /// The fragment of the redirect, without its hash.
    public static func fragment(_ text: String) -> AuthorizationCallback {
        AuthorizationCallback(.form(Array(text.utf8)))
    }

    /// The body of the POST to the redirect URI (OAuth 2.0 Form Post Response Mode).
    public static func form(_ body: [UInt8]) -> AuthorizationCallback {
        AuthorizationCallback(.form(body))
    }

    /// The body of the POST to the redirect URI, as text.
    public static func form(_ body: String) -> AuthorizationCallback {
        AuthorizationCallback(.form(Array(body.utf8)))
    }

    /// The whole URL that the browser was sent to; it must be the redirect URI, with an answer attached.
    public static func url(_ text: String) -> AuthorizationCallback {
        AuthorizationCallback(.url(text))
    }

    /// The URL, where it is known.
    var url: String? {
        guard case .url(let text) = source else { return nil }
        return text
    }

    /// The `state` of the answer: what tells whose it is.
    package func state() throws(SignInError) -> String {
        guard let state = try parameters()["state"], !state.isEmpty else {
            throw SignInError(.malformedCallback, "it has no state")
        }
        return state
    }

    /// The parameters of the answer.
    ///
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/malformedCallback``, also when one stands twice (RFC 6749
    ///   section 3.1).
    func parameters() throws(SignInError) -> [String: String] {
        switch source {
        case .form(let bytes):
            return try Self.parameters(bytes[...])
        case .url(let text):
            let parts = text.utf8.split(separator: UInt8(ascii: "#"), maxSplits: 1, omittingEmptySubsequences: false)
            let query = parts[0].firstIndex(of: UInt8(ascii: "?")).map { parts[0][parts[0].index(after: $0)...] }
            let found = try query.map { (query) throws(SignInError) in try Self.parameters(query) } ?? [:]
            // The redirect URI may have a query of its own; then the answer is where the state is.
            guard found["state"] == nil, parts.count > 1 else { return found }
            return try Self.parameters(parts[1])
        }
    }

    private static func parameters(_ text: some Collection<UInt8>) throws(SignInError) -> [String: String] {
        guard let pairs = FormURLEncoded.decode(text) else {
            throw SignInError(.malformedCallback, "it is not form-encoded, or longer than 64 KiB")
        }
        var parameters: [String: String] = [:]
        for (name, value) in pairs {
            guard parameters.updateValue(value, forKey: name) == nil else {
                throw SignInError(.malformedCallback, "it has a parameter twice")
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
