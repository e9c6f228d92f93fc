/// Why there is no access token for a call.
///
/// ```swift
/// do {
///     _ = try await catalog.tokens.current()
/// } catch {
///     if error.isTransient { print("try again in", error.retryAfter ?? .seconds(1)) }
/// }
/// ```
public struct TokenError: Error, Sendable {
    /// What kind of failure it was.
    ///
    /// More kinds may come: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case unreachable, serverError, rejected, malformedResponse, metadata, configuration, timedOut, cancelled
            case expiredWhenReceived, tooManyRejections
            case sessionEnded, outcomeUnknown, missingScope, notSignedIn, storage
        }

        private let code: Code

        /// The authorization server could not be reached, or the connection broke.
        public static let unreachable = Kind(code: .unreachable)
        /// The authorization server answered with a passing failure (5xx, 429, `temporarily_unavailable`).
        public static let serverError = Kind(code: .serverError)
        /// The authorization server refused the request; see ``TokenError/oauthError``.
        public static let rejected = Kind(code: .rejected)
        /// The answer is not a token response (RFC 6749 section 5.1), or not one for the request made.
        public static let malformedResponse = Kind(code: .malformedResponse)
        /// The authorization server's metadata cannot be used (RFC 8414).
        public static let metadata = Kind(code: .metadata)
        /// The program or its schema asks for what cannot work; nothing was sent.
        public static let configuration = Kind(code: .configuration)
        /// No answer came within the time allowed.
        public static let timedOut = Kind(code: .timedOut)
        /// The waiting task was cancelled.
        public static let cancelled = Kind(code: .cancelled)
        /// The token's life was over, or nearly, when it arrived.
        public static let expiredWhenReceived = Kind(code: .expiredWhenReceived)
        /// An API refused one new token after the other; no more are asked for, for a while.
        public static let tooManyRejections = Kind(code: .tooManyRejections)

        /// The user must sign in again: the authorization server ended the session (`invalid_grant`, RFC 6749 section
        /// 5.2), or its access token's time is over and there is no refresh token; then ``TokenError/oauthError`` is
        /// nil.
        public static let sessionEnded = Kind(code: .sessionEnded)
        /// What can be spent only once was sent, and no answer came, or a gateway's time-out (504) in its place: nobody
        /// knows whether it was spent.
        public static let outcomeUnknown = Kind(code: .outcomeUnknown)
        /// The user has not granted a scope that the operation needs; nothing was sent.
        public static let missingScope = Kind(code: .missingScope)
        /// Nobody is signed in, or the user has signed out.
        public static let notSignedIn = Kind(code: .notSignedIn)
        /// A store could not be read or written, and there was no token without it.
        public static let storage = Kind(code: .storage)

        /// The kind's name: a fixed word, fit for a metric's label.
        public var description: String { code.rawValue }
    }

    public let kind: Kind

    /// The `error` of the answer (RFC 6749 section 5.2), `invalid_client` for example.
    public let oauthError: String?

    /// The `error_description` of the answer.
    ///
    /// The server chose these words: they are not part of ``description``.
    public let oauthErrorDescription: String?

    /// The status of the answer, where there was one.
    public let status: HTTP.Status?

    /// How long from the failure until the next attempt is made.
    public internal(set) var retryAfter: Duration?

    private var message: String

    package init(
        _ kind: Kind,
        _ message: String,
        oauthError: String? = nil,
        oauthErrorDescription: String? = nil,
        status: HTTP.Status? = nil,
        retryAfter: Duration? = nil
    ) {
        self.kind = kind
        self.message = message
        self.oauthError = oauthError
        self.oauthErrorDescription = oauthErrorDescription
        self.status = status
        self.retryAfter = retryAfter
    }

    /// The same failure, with whom and where it concerns: what tells one tenant's from another's in a log.
    func concerning(_ clientID: String, at url: HTTP.URL) -> TokenError {
        var named = self
        named.message = "client '\(clientID)' at \(url): \(message)"
        return named
    }

    /// The same failure, with what to look at first.
    func advising(on request: EndpointRequest) -> TokenError {
        let advice: String?
        switch oauthError {
        case "invalid_client":
            advice = """
                check the client identifier, its secret or key, and that the client is registered to authenticate by \
                \(request.authentication.rawValue)
                """
        case "invalid_request", "invalid_redirect_uri":
            advice = request.parameters.first { $0.name == "redirect_uri" }.map { parameter in
                "check that the redirect URI \(parameter.value) is registered for the client, exactly so"
            }
        default:
            advice = nil
        }
        guard let advice else { return self }
        var advising = self
        advising.message += "; \(advice)"
        return advising
    }

    /// Whether somebody has to do something first: time alone mends nothing.
    var isFinal: Bool {
        switch kind {
        case .sessionEnded, .outcomeUnknown, .missingScope, .notSignedIn, .configuration: true
        default: false
        }
    }

    /// Whether the same request may succeed later without anybody changing anything.
    public var isTransient: Bool {
        switch kind {
        case .unreachable, .serverError, .timedOut, .malformedResponse, .expiredWhenReceived, .tooManyRejections, .storage:
            true
        default: false
        }
    }
}

extension TokenError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var debugDescription: String { description }

    /// Without ``oauthErrorDescription``: a server may repeat there what it was sent.
    public var customMirror: Mirror { Mirror(self, children: ["kind": kind, "message": message]) }

    public var description: String {
        var text = "no access token (\(kind)): \(message)"
        if let oauthError, Self.isCode(oauthError) { text += " [\(oauthError)]" }
        if oauthErrorDescription != nil { text += ", whose error_description is in oauthErrorDescription" }
        if let status { text += " (status \(status.rawValue))" }
        if let retryAfter { text += "; next attempt in \(retryAfter.wholeMilliseconds) ms" }
        return text
    }

    /// Whether an error code is written as all that are registered are: then no token or secret passes for it.
    package static func isCode(_ text: String) -> Bool {
        text.utf8.count <= 40 && text.utf8.allSatisfy { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || $0 == 0x5F }
    }
}
