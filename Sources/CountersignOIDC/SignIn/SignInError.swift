public import Countersign

/// Why a user is not signed in, or why a request about signed-in users failed.
///
/// ```swift
/// do {
///     let result = try await client.complete(transaction, callback: .query(query))
///     print("welcome", result.claims.subject)
/// } catch {
///     if error.kind == .denied { print("you chose not to sign in") } else { print(error) }
/// }
/// ```
///
/// Its description holds no secret and nothing that a stranger chose.
public struct SignInError: Error, Sendable {
    /// What kind of failure it was.
    ///
    /// More kinds may come: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case returnTo, malformedCallback, stateMismatch, expired, alreadyUsed, issuerMismatch, denied
            case token, idToken, logoutToken, userInfo, metadata, configuration, cancelled
        }

        private let code: Code

        /// The address to return to after the sign-in is not a path of this site.
        ///
        /// Whoever made the link to the sign-in chose it: the program is not to blame, nor is anything sent.
        public static let returnTo = Kind(code: .returnTo)
        /// What came back from the browser is not an answer of an authorization server.
        public static let malformedCallback = Kind(code: .malformedCallback)
        /// The answer belongs to another request, or to another browser.
        public static let stateMismatch = Kind(code: .stateMismatch)
        /// The answer came too late: ten minutes after the request, or when the device code was no longer good.
        public static let expired = Kind(code: .expired)
        /// The request was answered before.
        public static let alreadyUsed = Kind(code: .alreadyUsed)
        /// Another authorization server answered than the one that was asked, or nobody can say which (RFC 9207).
        public static let issuerMismatch = Kind(code: .issuerMismatch)
        /// The authorization server, or the user, said no.
        ///
        /// ``SignInError/oauthError`` says why. It is nil when the server has signed the user out again before the session
        /// was there.
        public static let denied = Kind(code: .denied)
        /// An endpoint of the authorization server refused or failed; see ``SignInError/tokenError``.
        public static let token = Kind(code: .token)
        /// The ID token was refused; see ``SignInError/idTokenError``.
        public static let idToken = Kind(code: .idToken)
        /// The logout token was refused; see ``SignInError/idTokenError``.
        public static let logoutToken = Kind(code: .logoutToken)
        /// The userinfo endpoint failed, or its answer is not about this user.
        public static let userInfo = Kind(code: .userInfo)
        /// The authorization server's metadata or keys cannot be had or used.
        public static let metadata = Kind(code: .metadata)
        /// The program asks for what cannot work.
        public static let configuration = Kind(code: .configuration)
        /// The task was cancelled.
        public static let cancelled = Kind(code: .cancelled)

        /// The kind's name: a fixed word, fit for a metric's label.
        public var description: String { code.rawValue }
    }

    public let kind: Kind

    /// Why an endpoint, the metadata or the keys could not be used.
    public let tokenError: TokenError?

    /// Why an ID token or logout token was refused.
    public let idTokenError: IDTokenError?

    /// The `error` of the answer (RFC 6749 section 4.1.2.1), `access_denied` for example.
    public let oauthError: String?

    /// The `error_description` of the answer.
    ///
    /// Whoever sent the browser here chose these words: they are not part of ``description``.
    public let oauthErrorDescription: String?

    /// Whether the same may succeed later without anybody changing anything.
    ///
    /// A code is sent once only: when ``OIDCClient/complete(_:callback:)`` fails so, the user starts over.
    public let isTransient: Bool

    private let message: String

    package init(
        _ kind: Kind,
        _ message: String,
        token: TokenError? = nil,
        idToken: IDTokenError? = nil,
        oauthError: String? = nil,
        oauthErrorDescription: String? = nil,
        isTransient: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.tokenError = token
        self.idTokenError = idToken
        self.oauthError = oauthError ?? token?.oauthError
        self.oauthErrorDescription = oauthErrorDescription ?? token?.oauthErrorDescription
        self.isTransient = isTransient || token?.isTransient == true
    }

    /// A failure of the back channel.
    package init(_ error: TokenError) {
        let kind: Kind =
            switch error.kind {
            case .configuration: .configuration
            case .metadata: .metadata
            case .cancelled: .cancelled
            default: .token
            }
        self.init(kind, "the authorization server was of no help", token: error)
    }

    /// A refused ID token, or logout token.
    package init(_ error: IDTokenError, _ kind: Kind = .idToken) {
        self.init(kind, "the token was refused", idToken: error)
    }

}

extension SignInError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var debugDescription: String { description }

    /// Without ``oauthErrorDescription``.
    public var customMirror: Mirror { Mirror(self, children: ["error": description]) }

    public var description: String {
        var text = isOfSignIn ? "not signed in (\(kind)): \(message)" : "request failed (\(kind)): \(message)"
        if let tokenError { text += "; \(tokenError)" }
        if let idTokenError { text += "; \(idTokenError)" }
        if tokenError == nil, let oauthError, TokenError.isCode(oauthError) { text += " [\(oauthError)]" }
        if tokenError == nil, oauthErrorDescription != nil {
            text += ", whose error_description is in oauthErrorDescription"
        }
        return text
    }

    /// Whether nothing but a sign-in fails so: introspection, a sign-out and the like may fail in all other ways.
    private var isOfSignIn: Bool {
        switch kind {
        case .returnTo, .malformedCallback, .expired, .alreadyUsed, .issuerMismatch, .denied: true
        default: false
        }
    }
}
