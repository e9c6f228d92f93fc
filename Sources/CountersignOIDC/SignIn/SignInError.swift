public import Countersign

/// An error of a sign-in, or of another request about signed-in users.
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
/// The description contains no secret, and no text that a user or a server chose.
public struct SignInError: Error, Sendable {
    /// The kind of a ``SignInError``.
    ///
    /// More kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case invalidReturnTo, malformedCallback, stateMismatch, expired, alreadyUsed, issuerMismatch, denied
            case tokenError, invalidIDToken, invalidLogoutToken, userInfo, metadata, configuration, cancelled
        }

        private let code: Code

        /// The path to return to after the sign-in is not a path of this site.
        ///
        /// The link to the sign-in contained it. Nothing was sent.
        public static let invalidReturnTo = Kind(code: .invalidReturnTo)
        /// The callback is not a response of an authorization server.
        public static let malformedCallback = Kind(code: .malformedCallback)
        /// The callback belongs to another authorization request, or to another browser.
        public static let stateMismatch = Kind(code: .stateMismatch)
        /// The callback came more than ten minutes after the authorization request, or the device code expired.
        public static let expired = Kind(code: .expired)
        /// A callback was already received for the authorization request.
        public static let alreadyUsed = Kind(code: .alreadyUsed)
        /// The callback came from another issuer than the expected one, or does not say from which (RFC 9207).
        public static let issuerMismatch = Kind(code: .issuerMismatch)
        /// The user or the authorization server denied the request.
        ///
        /// ``SignInError/oauthError`` says why. It is nil if the server signed the user out again before the session was
        /// stored.
        public static let denied = Kind(code: .denied)
        /// A request to the authorization server, or an operation of the session store, failed; see
        /// ``SignInError/tokenError``.
        public static let tokenError = Kind(code: .tokenError)
        /// The ID token was rejected; see ``SignInError/idTokenError``.
        public static let invalidIDToken = Kind(code: .invalidIDToken)
        /// The logout token was rejected; see ``SignInError/idTokenError``.
        public static let invalidLogoutToken = Kind(code: .invalidLogoutToken)
        /// The userinfo request failed, or its response is about another user.
        public static let userInfo = Kind(code: .userInfo)
        /// The authorization server's metadata or keys are unavailable or invalid.
        public static let metadata = Kind(code: .metadata)
        /// The program's configuration or arguments are invalid.
        public static let configuration = Kind(code: .configuration)
        /// The task was cancelled.
        public static let cancelled = Kind(code: .cancelled)

        /// The kind's name: a fixed word, suitable for a metric label.
        public var description: String { code.rawValue }
    }

    /// The kind of the error.
    public let kind: Kind

    /// A description of the failure, without its cause.
    public let message: String

    /// The failure of a request to the authorization server or of the session store.
    public let tokenError: TokenError?

    /// The reason why an ID token or a logout token was rejected.
    public let idTokenError: IDTokenError?

    /// The `error` of the response (RFC 6749 sections 4.1.2.1 and 5.2), for example `access_denied`.
    public let oauthError: String?

    /// The `error_description` of the response.
    ///
    /// The text comes from the server or the browser and is not part of ``description``.
    public let oauthErrorDescription: String?

    /// The status of the response; nil if there was no response.
    public let status: HTTP.Status?

    /// Indicates whether the same operation may succeed later without a change.
    ///
    /// A code is sent only once: after a transient failure of ``OIDCClient/complete(_:callback:)``, start a new sign-in.
    public let isTransient: Bool

    package init(
        _ kind: Kind,
        _ message: String,
        tokenError: TokenError? = nil,
        idTokenError: IDTokenError? = nil,
        oauthError: String? = nil,
        oauthErrorDescription: String? = nil,
        status: HTTP.Status? = nil,
        isTransient: Bool = false
    ) {
        self.kind = kind
        self.message = message
        self.tokenError = tokenError
        self.idTokenError = idTokenError
        self.oauthError = oauthError ?? tokenError?.oauthError
        self.oauthErrorDescription = oauthErrorDescription ?? tokenError?.oauthErrorDescription
        self.status = status ?? tokenError?.status
        self.isTransient = isTransient || tokenError?.isTransient == true
    }

    /// Creates an error from the failure of a request to the authorization server.
    package init(_ error: TokenError) {
        let kind: Kind =
            switch error.kind {
            case .configuration: .configuration
            case .metadata: .metadata
            case .cancelled: .cancelled
            default: .tokenError
            }
        let message =
            switch kind {
            case .configuration: "nothing was sent"
            case .cancelled: "the task was cancelled"
            default: "the request to the authorization server failed"
            }
        self.init(kind, message, tokenError: error)
    }

    /// Creates an error for a rejected ID token or logout token.
    package init(_ error: IDTokenError, _ kind: Kind = .invalidIDToken) {
        let token = kind == .invalidLogoutToken ? "logout token" : "ID token"
        self.init(kind, "the \(token) was rejected", idTokenError: error)
    }
}

extension SignInError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var debugDescription: String { description }

    /// A mirror without ``oauthErrorDescription``.
    public var customMirror: Mirror { Mirror(self, children: ["error": description]) }

    public var description: String {
        var text = "\(isAboutSignIn ? "sign-in" : "request") failed (\(kind)): \(message)"
        if let tokenError { text += "; \(tokenError)" }
        if let idTokenError { text += "; \(idTokenError)" }
        if tokenError == nil {
            if let oauthError, TokenError.isCode(oauthError) { text += " [\(oauthError)]" }
            if let status { text += " (status \(status.rawValue))" }
            if oauthErrorDescription != nil { text += "; see oauthErrorDescription for the error_description" }
        }
        return text
    }

    /// True for the kinds that only sign-ins have; the others can also come from introspection, sign-out and the like.
    private var isAboutSignIn: Bool {
        switch kind {
        case .invalidReturnTo, .malformedCallback, .expired, .alreadyUsed, .issuerMismatch, .denied: true
        default: false
        }
    }
}

/// Runs an operation that sends requests to the authorization server, and turns its errors into ``SignInError``.
nonisolated(nonsending) func mappingTokenErrors<Success>(
    _ operation: () async throws(TokenError) -> Success
) async throws(SignInError) -> Success {
    do {
        return try await operation()
    } catch {
        if Task.isCancelled { throw SignInError(.cancelled, "the task was cancelled", tokenError: error) }
        throw SignInError(error)
    }
}
