/// An event that a runtime reports to its ``Telemetry``, such as a fetched token or a finished call.
///
/// It never holds a secret; see ``Telemetry``.
///
/// Tests of a ``Telemetry`` create events themselves:
///
/// ```swift
/// let failure = RuntimeEvent(.tokenFetchFailed, reason: "rejected", clientID: "worker", status: 401)
/// ```
public struct RuntimeEvent: Sendable, Hashable {
    /// The kind of an event.
    ///
    /// New kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CaseIterable, CustomStringConvertible {
        fileprivate enum Code: String, CaseIterable {
            case tokenUsed, tokenLookup, renewalStarted, tokenFetched, tokenFetchFailed, tokenRejected
            case requestResent, requestRetried, callEnded, undecodableResponse
            case signedIn, signedOut, sessionEnded, storeFailed
            case shutdown, shortShutdownTimeout
        }

        fileprivate let code: Code

        /// A call was sent with a token; the reason is the type of the token, `Bearer` or `DPoP`.
        public static let tokenUsed = Kind(code: .tokenUsed)
        /// A token was looked up in the cache.
        ///
        /// The reason is `hit`, `joined` (the caller waits for a running token request), `fetched` (the caller started a
        /// token request), `failed` (no token, and the backoff after the last failure has not ended) or `source` (the
        /// token comes from a ``TokenSource`` without a ``TokenSource/tokenIdentity``).
        public static let tokenLookup = Kind(code: .tokenLookup)
        /// A renewal started in the background; the reason is `expiring` or `rejected` (an API rejected the token).
        public static let renewalStarted = Kind(code: .renewalStarted)
        /// The authorization server, or a ``TokenSource``, issued a token; the reason is `success`.
        public static let tokenFetched = Kind(code: .tokenFetched)
        /// A token request failed; the reason is the name of the ``TokenError/Kind``.
        public static let tokenFetchFailed = Kind(code: .tokenFetchFailed)
        /// An API rejected a token; the reason is the status, `401`.
        public static let tokenRejected = Kind(code: .tokenRejected)
        /// A request is resent.
        ///
        /// The reason is `nonce` (the server requires a new DPoP nonce), `clock` (the server's clock differs), `token`
        /// (the API rejected the token) or `connection` (the server had closed a kept connection). An event without an
        /// ``RuntimeEvent/operation`` is about a token request, and has its own counter.
        public static let requestResent = Kind(code: .requestResent)
        /// A call is retried after a transient failure (see ``RetryPolicy``), or a token request (see
        /// ``RenewalPolicy/maximumAttempts``).
        ///
        /// The reason is `status`, with the ``RuntimeEvent/status`` of the failed attempt, or `transport` if no response
        /// arrived. The ``RuntimeEvent/duration`` is the delay before the retry. An event without an
        /// ``RuntimeEvent/operation`` is about a token request, and has its own counter.
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
        /// A session ended without a sign-out.
        ///
        /// The reason is the error of the refresh, usually `invalid_grant`, `lost-rotation` (a response with a new refresh
        /// token was lost), or `lifetime`.
        public static let sessionEnded = Kind(code: .sessionEnded)
        /// A token store failed, and the program continued without it.
        ///
        /// The reason is the operation: `load`, `save`, `remove` or `lease`.
        public static let storeFailed = Kind(code: .storeFailed)
        /// A shutdown ended; the reason is `finished`, or `unfinished` if work was still under way.
        ///
        /// ``ShutdownResult/unfinishedWork`` names the work.
        public static let shutdown = Kind(code: .shutdown)
        /// A shutdown waits for a shorter time than a refresh may take, so it can lose one.
        ///
        /// A refresh may take as long as a token request, and 20 seconds for the metadata and the keys of the issuer.
        ///
        /// The reason is `tokenRequestTimeout`. Raise ``CountersignRuntime/Configuration/shutdownTimeout``, or lower
        /// ``CountersignRuntime/Configuration/tokenRequestTimeout``.
        public static let shortShutdownTimeout = Kind(code: .shortShutdownTimeout)

        /// All kinds of this version.
        public static var allCases: [Kind] { Code.allCases.map(Kind.init) }

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
    /// The name of the API client, such as `CatalogAPI`; nil if the event is not about one.
    ///
    /// Clients share tokens: for a token request, it is the client whose call started it.
    public let client: String?
    /// The operation that was called; nil if the event is not about a call.
    public let operation: OperationMetadata?
    /// The client identifier at the authorization server, of an event about tokens or sessions.
    ///
    /// It is public: browsers and logs of authorization servers contain it (RFC 6749 section 2.2).
    public let clientID: String?
    /// The issuer, of an event about tokens or sessions; nil if a token endpoint is configured instead.
    public let issuer: String?
    /// The server that the request was sent to; for tokens, the authorization server.
    public let server: HTTP.Origin?
    /// The status of the server's response; nil if there was none.
    public let status: HTTP.Status?
    /// The duration of a call or a token request that ended, or the delay before a retry.
    public let duration: Duration?

    /// Creates an event.
    ///
    /// - Parameters:
    ///   - kind: The kind.
    ///   - reason: A short text without dynamic values.
    ///   - client: The name of the API client; that of the operation by default.
    ///   - operation: The operation of the call.
    ///   - clientID: The client identifier at the authorization server.
    ///   - issuer: The issuer or the token endpoint.
    ///   - server: The origin of the server.
    ///   - status: The status of the server's response.
    ///   - duration: The duration of what ended, or the delay before a retry.
    public init(
        _ kind: Kind,
        reason: String,
        client: String? = nil,
        operation: OperationMetadata? = nil,
        clientID: String? = nil,
        issuer: String? = nil,
        server: HTTP.Origin? = nil,
        status: HTTP.Status? = nil,
        duration: Duration? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.client = client ?? operation?.client
        self.operation = operation
        self.clientID = clientID
        self.issuer = issuer
        self.server = server
        self.status = status
        self.duration = duration
    }
}

extension RuntimeEvent {
    /// The name of the counter that this event increments, such as `countersign.calls`.
    ///
    /// <doc:WatchingCalls> lists all counters with their labels.
    public var counter: String {
        switch kind.code {
        case .tokenUsed: "countersign.token.uses"
        case .tokenLookup: "countersign.token.lookups"
        case .renewalStarted: "countersign.token.renewals"
        case .tokenFetched, .tokenFetchFailed: "countersign.token.fetches"
        case .tokenRejected: "countersign.token.rejections"
        case .requestResent: operation == nil ? "countersign.token.resends" : "countersign.resends"
        case .requestRetried: operation == nil ? "countersign.token.retries" : "countersign.retries"
        case .callEnded: "countersign.calls"
        case .undecodableResponse: "countersign.responses.undecodable"
        case .signedIn: "countersign.signins"
        case .signedOut: "countersign.signouts"
        case .sessionEnded: "countersign.sessions.ended"
        case .storeFailed: "countersign.store.failures"
        case .shutdown: "countersign.shutdowns"
        case .shortShutdownTimeout: "countersign.shutdowns.short"
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

    /// The labels of the counter and the distribution.
    ///
    /// All events of one counter have the same names of labels, as metrics libraries require. A label without a value is
    /// empty. The number of different values is bounded by the names in the schemas and in this library, and by the
    /// clients and issuers that the program configures.
    public var labels: [String: String] {
        switch kind.code {
        case .tokenLookup, .renewalStarted, .tokenFetched, .tokenFetchFailed: tokenLabels
        case .requestResent where operation == nil, .requestRetried where operation == nil: tokenLabels
        case .signedIn, .signedOut, .sessionEnded, .storeFailed:
            ["reason": reason, "client_id": clientID ?? "", "issuer": issuer ?? ""]
        case .shutdown, .shortShutdownTimeout: ["reason": reason]
        case .tokenUsed, .tokenRejected, .requestResent, .requestRetried, .callEnded, .undecodableResponse:
            [
                "reason": reason, "client": client ?? "",
                "operation": operation.map { $0.name ?? $0.method.rawValue } ?? "",
            ]
        }
    }

    private var tokenLabels: [String: String] {
        ["reason": reason, "client": client ?? "", "client_id": clientID ?? "", "issuer": issuer ?? ""]
    }

    /// The severity: a failure is a warning; a problem that the runtime solved by itself is information.
    public var level: Level {
        switch kind.code {
        case .tokenUsed, .tokenLookup: .debug
        case .renewalStarted, .tokenFetched, .requestResent, .requestRetried, .tokenRejected: .info
        case .signedIn, .signedOut, .sessionEnded: .info
        case .tokenFetchFailed, .undecodableResponse, .storeFailed: .warning
        case .shutdown: reason == "finished" ? .info : .warning
        case .shortShutdownTimeout: .warning
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
        case .shutdown: "a shutdown ended"
        case .shortShutdownTimeout: "a shutdown may end before a token request does"
        }
    }

    /// The details for a structured log.
    ///
    /// The keys are `event`, `reason`, and those of `client`, `operation`, `client_id`, `issuer`, `server`, `status` (a
    /// number) and `duration_ms` (a number) that the event has. `operation` includes the client.
    public var metadata: [String: TelemetryValue] {
        var metadata: [String: TelemetryValue] = ["event": .string(kind.description), "reason": .string(reason)]
        if let operation {
            metadata["operation"] = .string(operation.description)
        } else if let client {
            metadata["client"] = .string(client)
        }
        if let clientID { metadata["client_id"] = .string(clientID) }
        if let issuer { metadata["issuer"] = .string(issuer) }
        if let server { metadata["server"] = .string(server.description) }
        if let status { metadata["status"] = .integer(status.rawValue) }
        if let duration { metadata["duration_ms"] = .integer(Int(duration.wholeMilliseconds)) }
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
