/// An event that a runtime reports to its ``Telemetry``, such as a fetched token or a finished call.
///
/// It never holds a secret; see ``Telemetry``.
public struct RuntimeEvent: Sendable, Hashable {
    /// The kind of an event.
    ///
    /// New kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        fileprivate enum Code: String {
            case tokenUsed, tokenLookup, renewalStarted, tokenFetched, tokenFetchFailed, tokenRejected
            case requestResent, requestRetried, callEnded, undecodableResponse
            case signedIn, signedOut, sessionEnded, storeFailed
        }

        fileprivate let code: Code

        /// A call was sent with a token; the reason is the type of the token, `Bearer` or `DPoP`.
        public static let tokenUsed = Kind(code: .tokenUsed)
        /// A token was looked up in the cache.
        ///
        /// The reason is `hit`, `joined` (the caller waits for a running token request), `fetched` (the caller started a
        /// token request), `failed` (no token, and the backoff after the last failure has not ended) or `source` (the
        /// token comes from a ``TokenSource``).
        public static let tokenLookup = Kind(code: .tokenLookup)
        /// A renewal started in the background; the reason is `expiring` or `rejected` (an API rejected the token).
        public static let renewalStarted = Kind(code: .renewalStarted)
        /// The authorization server issued a token; the reason is `success`.
        public static let tokenFetched = Kind(code: .tokenFetched)
        /// A token request failed; the reason is the name of the ``TokenError/Kind``.
        public static let tokenFetchFailed = Kind(code: .tokenFetchFailed)
        /// An API rejected a token; the reason is the status, `401`.
        public static let tokenRejected = Kind(code: .tokenRejected)
        /// A request is resent.
        ///
        /// The reason is `nonce` (the server requires a new DPoP nonce), `clock` (the server's clock differs), `token`
        /// (the API rejected the token) or `connection` (the server had closed a kept connection). An event without an
        /// ``RuntimeEvent/operation`` is about a token request.
        public static let requestResent = Kind(code: .requestResent)
        /// A call is retried after a transient failure (see ``RetryPolicy``).
        ///
        /// The reason is `status`, with the ``RuntimeEvent/status`` of the failed attempt, or `transport` if no response
        /// arrived. The ``RuntimeEvent/duration`` is the delay before the retry.
        public static let requestRetried = Kind(code: .requestRetried)
        /// A call ended; the reason is the class of the response's status, such as `2xx`, or the kind of the error.
        public static let callEnded = Kind(code: .callEnded)
        /// A response did not match the schema; the reason is `body`.
        public static let undecodableResponse = Kind(code: .undecodableResponse)
        /// A user signed in; the reason is `code` (authorization code) or `device`.
        public static let signedIn = Kind(code: .signedIn)
        /// A user signed out.
        ///
        /// The reason is `user`, `back-channel` (a logout token of the authorization server), `elsewhere` (another
        /// process ended the session, or it had expired), `replaced` (the browser signed in again) or `capacity`.
        public static let signedOut = Kind(code: .signedOut)
        /// A session ended without a sign-out; the reason is `invalid_grant` or `lifetime`.
        public static let sessionEnded = Kind(code: .sessionEnded)
        /// A token store failed, and the program continued without it.
        ///
        /// The reason is the operation: `load`, `save`, `remove` or `lease`.
        public static let storeFailed = Kind(code: .storeFailed)

        /// The name of the kind: a fixed word.
        public var description: String { code.rawValue }
    }

    /// The severity of an event, in the words of most logging libraries.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case debug, info, warning
    }

    /// The kind of the event.
    public let kind: Kind
    /// The reason or the result: one of a few fixed words, which the documentation of each ``Kind`` lists.
    public let reason: String
    /// The operation that was called; nil if the event is not about a call.
    public internal(set) var operation: OperationMetadata?
    /// The server that the request was sent to.
    public internal(set) var server: HTTP.Origin?
    /// The status of the server's response; nil if there was none.
    public internal(set) var status: HTTP.Status?
    /// The duration of a call or a token request that ended, or the delay before a retry.
    public internal(set) var duration: Duration?

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension RuntimeEvent {
    /// The name of the counter that this event increments, such as `countersign.calls`.
    public var counter: String {
        switch kind.code {
        case .tokenUsed: "countersign.token.uses"
        case .tokenLookup: "countersign.token.lookups"
        case .renewalStarted: "countersign.token.renewals"
        case .tokenFetched, .tokenFetchFailed: "countersign.token.fetches"
        case .tokenRejected: "countersign.token.rejections"
        case .requestResent: "countersign.resends"
        case .requestRetried: "countersign.retries"
        case .callEnded: "countersign.calls"
        case .undecodableResponse: "countersign.responses.undecodable"
        case .signedIn, .signedOut, .sessionEnded: "countersign.sessions"
        case .storeFailed: "countersign.store.failures"
        }
    }

    /// The name of the distribution for ``duration``, such as `countersign.call.duration`; nil if there is none.
    public var timer: String? {
        switch kind.code {
        case .tokenFetched, .tokenFetchFailed: "countersign.token.fetch.duration"
        case .callEnded: "countersign.call.duration"
        default: nil
        }
    }

    /// The labels of the counter: `reason`, and for a call also `client` and `operation`.
    ///
    /// The number of different values is bounded by the names in the schemas and in this library.
    public var labels: [String: String] {
        var labels = ["reason": reason]
        if let operation {
            labels["client"] = operation.client
            labels["operation"] = operation.name ?? operation.method.rawValue
        }
        return labels
    }

    /// The severity: a failure is a warning; a problem that the runtime solved by itself is information.
    public var level: Level {
        switch kind.code {
        case .tokenUsed, .tokenLookup: .debug
        case .renewalStarted, .tokenFetched, .requestResent, .requestRetried, .tokenRejected: .info
        case .signedIn, .signedOut, .sessionEnded: .info
        case .tokenFetchFailed, .undecodableResponse, .storeFailed: .warning
        case .callEnded: reason == "cancelled" || (status?.rawValue ?? 500) < 500 ? .debug : .warning
        }
    }

    /// The message for a log, which is the same for all events of a kind.
    public var message: String {
        switch kind.code {
        case .tokenUsed: "a call was sent with a token"
        case .tokenLookup: "a token was looked up"
        case .renewalStarted: "a token is being renewed in the background"
        case .tokenFetched: "a token was issued"
        case .tokenFetchFailed: "a token request failed"
        case .tokenRejected: "an API rejected a token"
        case .requestResent: "a request is resent"
        case .requestRetried: "a request is retried"
        case .callEnded: "a call ended"
        case .undecodableResponse: "a response does not match the schema"
        case .signedIn: "a user signed in"
        case .signedOut: "a user signed out"
        case .sessionEnded: "a session ended"
        case .storeFailed: "a token store failed"
        }
    }

    /// The details for a structured log.
    ///
    /// Durations are in milliseconds.
    public var metadata: [String: String] {
        var metadata = ["event": kind.description, "reason": reason]
        if let operation { metadata["operation"] = operation.description }
        if let server { metadata["server"] = server.description }
        if let status { metadata["status"] = String(status.rawValue) }
        if let duration { metadata["duration_ms"] = String(duration.wholeMilliseconds) }
        return metadata
    }
}

extension RuntimeEvent: CustomStringConvertible {
    /// The message and the metadata as one line for a log.
    public var description: String {
        let details = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        return message + details.joined()
    }
}
