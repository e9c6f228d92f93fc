/// An error that explains why no access token is available.
///
/// ```swift
/// do {
///     _ = try await catalog.tokens.current()
/// } catch {
///     if error.isTransient { print("try again in", error.retryAfter ?? .seconds(1)) }
/// }
/// ```
public struct TokenError: Error, Sendable, Hashable {
    /// The kind of a token error.
    ///
    /// New kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case unreachable, serverError, rejected, malformedResponse, wrongTokenType, metadata, configuration
            case timedOut, cancelled
            case expiredWhenReceived, tooManyRejections
            case sessionEnded, outcomeUnknown, missingScope, notSignedIn, storage, shutDown
        }

        private let code: Code

        /// The authorization server could not be reached, or the connection broke.
        public static let unreachable = Kind(code: .unreachable)
        /// The authorization server reported a transient failure (5xx, 429, `temporarily_unavailable`).
        public static let serverError = Kind(code: .serverError)
        /// The authorization server rejected the request; see ``TokenError/oauthError``.
        public static let rejected = Kind(code: .rejected)
        /// The response is not a token response (RFC 6749 section 5.1), or does not match the request.
        public static let malformedResponse = Kind(code: .malformedResponse)
        /// The token has another type than the requested one, such as `Bearer` instead of `DPoP`, and is not used.
        ///
        /// Check whether the authorization server supports DPoP for this client (RFC 9449).
        public static let wrongTokenType = Kind(code: .wrongTokenType)
        /// The authorization server's metadata is missing or invalid (RFC 8414).
        public static let metadata = Kind(code: .metadata)
        /// The configuration or the schema is invalid; nothing was sent.
        public static let configuration = Kind(code: .configuration)
        /// No response arrived within the timeout.
        public static let timedOut = Kind(code: .timedOut)
        /// The waiting task was cancelled.
        public static let cancelled = Kind(code: .cancelled)
        /// The token had expired when its response arrived.
        public static let expiredWhenReceived = Kind(code: .expiredWhenReceived)
        /// An API rejected several new tokens in a row.
        ///
        /// No further token is requested for up to 30 seconds.
        public static let tooManyRejections = Kind(code: .tooManyRejections)

        /// The session has ended and the user must sign in again.
        ///
        /// The authorization server rejected the refresh token, usually with `invalid_grant` (RFC 6749 section 5.2). Or
        /// the access token has expired and there is no refresh token; then ``TokenError/oauthError`` is nil.
        public static let sessionEnded = Kind(code: .sessionEnded)
        /// A one-time grant was sent and no response arrived, or only a gateway's timeout (504).
        ///
        /// It is unknown whether the authorization server has used the grant. An authorization code must not be sent again.
        /// A user session sends its refresh token again later, and the error is transient, unless the program has turned
        /// that off.
        public static let outcomeUnknown = Kind(code: .outcomeUnknown)
        /// The operation requires a scope that was requested at sign-in and not granted; nothing was sent.
        public static let missingScope = Kind(code: .missingScope)
        /// No user is signed in, or the user has signed out.
        public static let notSignedIn = Kind(code: .notSignedIn)
        /// A token store failed, and no token is available without it.
        public static let storage = Kind(code: .storage)
        /// The runtime or the session has been shut down, and no token is available without a new request.
        ///
        /// See ``CountersignRuntime/shutdown(within:)``.
        public static let shutDown = Kind(code: .shutDown)

        /// The name of the kind: a fixed word, suitable as a metric label.
        public var description: String { code.rawValue }

        /// True if errors of this kind are transient, unless the error says otherwise.
        fileprivate var isUsuallyTransient: Bool {
            switch code {
            case .unreachable, .serverError, .timedOut, .malformedResponse, .expiredWhenReceived, .tooManyRejections,
                .storage:
                true
            default: false
            }
        }
    }

    /// The kind of the error.
    public let kind: Kind

    /// The cause of the error, and how to fix it.
    ///
    /// It contains no secret, and no text of the server.
    public private(set) var message: String

    /// The status of the response; nil if there was none.
    public let status: HTTP.Status?

    /// The `error` of the response (RFC 6749 section 5.2), for example `invalid_client`.
    public let oauthError: String?

    /// The `error_description` of the response.
    ///
    /// The server chooses this text, so it is not part of ``description``.
    public let oauthErrorDescription: String?

    /// The new refresh token of a response whose access token cannot be used; otherwise nil.
    ///
    /// The server may have revoked the refresh token that was sent. Sessions store the new one. A program that keeps
    /// tokens itself has to store it, too. The string is not protected, and not part of the ``description``.
    public private(set) var newRefreshToken: String?

    /// The time until the next attempt; nil if an attempt makes no sense without a change.
    public internal(set) var retryAfter: Duration?

    /// Indicates whether the same request may succeed later without any change.
    public let isTransient: Bool

    /// Creates an error, in a ``TokenSource``.
    ///
    /// - Parameters:
    ///   - kind: The kind of the error.
    ///   - message: The cause, and what to do; without secrets, since programs log it.
    ///   - oauthError: The error code of the server, such as `invalid_client`.
    ///   - oauthErrorDescription: The server's text.
    ///   - status: The status of the response.
    ///   - retryAfter: The minimum time until the next attempt, such as the `Retry-After` of the response.
    ///   - isTransient: True if the same request may succeed later; nil for what is usual for the kind. After a transient
    ///     error the runtime retries with a backoff of seconds, and otherwise after ``RenewalPolicy/rejectionBackoff``.
    public init(
        _ kind: Kind,
        _ message: String,
        oauthError: String? = nil,
        oauthErrorDescription: String? = nil,
        status: HTTP.Status? = nil,
        retryAfter: Duration? = nil,
        isTransient: Bool? = nil
    ) {
        self.kind = kind
        self.message = message
        self.oauthError = oauthError
        self.oauthErrorDescription = oauthErrorDescription
        self.status = status
        self.retryAfter = retryAfter
        self.isTransient = isTransient ?? kind.isUsuallyTransient
    }

    /// Indicates whether the authorization server reported `invalid_grant` (RFC 6749 section 5.2), in upper or lower
    /// case.
    ///
    /// The refresh token, the authorization code or the device code is invalid, expired or revoked.
    public var isInvalidGrant: Bool {
        guard let oauthError else { return false }
        return oauthError.utf8.map(\.asciiLowercased).elementsEqual("invalid_grant".utf8)
    }

    /// Indicates whether a new attempt makes sense only after a change, for example a new sign-in.
    var isFinal: Bool {
        switch kind {
        case .outcomeUnknown: !isTransient
        case .sessionEnded, .missingScope, .notSignedIn, .configuration, .shutDown: true
        default: false
        }
    }

    /// Returns the error with the new refresh token of the response.
    package func carrying(newRefreshToken: String?) -> TokenError {
        var error = self
        error.newRefreshToken = newRefreshToken
        return error
    }

    /// Returns the error with the client and the URL in its message, which distinguish the tenants in a log.
    func concerning(_ clientID: String, at url: HTTP.URL) -> TokenError {
        var named = self
        named.message = "client '\(clientID)' at \(url): \(message)"
        return named
    }

    /// Returns the error with advice in its message, if its `oauthError` has a usual cause.
    func advising(on request: TokenEndpointRequest) -> TokenError {
        var advice: [String] = []
        switch oauthError {
        case "invalid_client":
            advice.append(
                """
                check the client identifier, its secret or key, and that the client is registered to authenticate by \
                \(request.resolvedAuthentication.rawValue)
                """
            )
        case "invalid_request", "invalid_redirect_uri":
            if let parameter = request.parameters.first(where: { $0.name == "redirect_uri" }) {
                advice.append(
                    "check that the redirect URI \(parameter.value) is registered for the client, character by character"
                )
            }
        default:
            break
        }
        let isAboutClient = ["invalid_client", "unauthorized_client", "invalid_request"].contains(oauthError)
        if kind == .rejected, isAboutClient || status == 401, let audienceAdvice = request.audienceAdvice {
            advice.append(audienceAdvice)
        }
        var advised = self
        for advice in advice { advised.message += "; \(advice)" }
        return advised
    }
}

extension TokenError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind, the message, the OAuth error code, the status and the time until the next attempt in one line.
    public var description: String {
        "no access token (\(kind)): \(details)"
    }

    /// The message, the OAuth error code, the status and the time until the next attempt.
    var details: String {
        var text = message
        if let oauthError, Self.isCode(oauthError) { text += " [\(oauthError)]" }
        if let status { text += " (status \(status.rawValue))" }
        if oauthErrorDescription != nil { text += "; see oauthErrorDescription for the error_description" }
        if let retryAfter { text += "; next attempt in \(retryAfter.wholeMilliseconds) ms" }
        return text
    }

    public var debugDescription: String { description }

    /// A mirror without ``oauthErrorDescription``, in which a server may repeat parts of the request.
    public var customMirror: Mirror { Mirror(self, children: ["kind": kind, "message": message]) }

    /// Indicates whether a text has the form of all registered error codes, so that it cannot be a token or a secret.
    package static func isCode(_ text: String) -> Bool {
        text.utf8.count <= 40 && text.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == 0x5F }
    }
}
