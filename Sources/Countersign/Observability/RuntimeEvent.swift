/// Something that a runtime did or met.
///
/// It never holds a secret: see ``Telemetry``.
public struct RuntimeEvent: Sendable, Hashable {
    /// What happened.
    ///
    /// More kinds may come: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        fileprivate enum Code: String {
            case tokenUsed, tokenLookup, renewalStarted, tokenFetched, tokenFetchFailed, tokenRefused
            case requestRepeated, callEnded, responseUndecodable
            case signedIn, signedOut, sessionEnded, storeFailed
        }

        fileprivate let code: Code

        /// A call got its token; ``RuntimeEvent/reason`` is the token's type.
        public static let tokenUsed = Kind(code: .tokenUsed)
        /// The cache was asked for a token; the reason is `hit`, `joined` (another caller's request was waited for),
        /// `fetched` (a request was begun), `failed` (there is none, and none is to be asked for now) or `source` (the
        /// program's own source was asked).
        public static let tokenLookup = Kind(code: .tokenLookup)
        /// A renewal began that nobody waits for; the reason is `ahead` of the expiry, or `refused`.
        public static let renewalStarted = Kind(code: .renewalStarted)
        /// The authorization server gave a token.
        public static let tokenFetched = Kind(code: .tokenFetched)
        /// The authorization server gave none; the reason is that of ``TokenError/Kind``.
        public static let tokenFetchFailed = Kind(code: .tokenFetchFailed)
        /// An API refused a token with 401.
        public static let tokenRefused = Kind(code: .tokenRefused)
        /// A request is sent again; the reason is `nonce`, `clock` (the server's differs), `token` (it was refused),
        /// `connection` (it had been closed) or `transient` (see ``RetryPolicy``).
        ///
        /// Without an ``RuntimeEvent/operation`` it is a token request.
        public static let requestRepeated = Kind(code: .requestRepeated)
        /// A call ended; the reason is the class of the answer's status, `2xx`, or that of ``CallErrorKind``.
        public static let callEnded = Kind(code: .callEnded)
        /// An answer came that is not what the schema declares.
        public static let responseUndecodable = Kind(code: .responseUndecodable)
        /// A user signed in; the reason is `code` or `device`.
        public static let signedIn = Kind(code: .signedIn)
        /// A user signed out; the reason is `user`, `back-channel` where the authorization server said so, `elsewhere`
        /// where another process did it or the session's time was over, `replaced` where the browser signed in anew, or
        /// `capacity`.
        public static let signedOut = Kind(code: .signedOut)
        /// A session came to its end otherwise; the reason is `invalid_grant`, or `lifetime`.
        public static let sessionEnded = Kind(code: .sessionEnded)
        /// A store failed, and the program went on without it; the reason says at what: `load`, `save`, `remove`,
        /// `lease`.
        public static let storeFailed = Kind(code: .storeFailed)

        /// The kind's name: a fixed word.
        public var description: String { code.rawValue }
    }

    /// How much an event matters, in the words of most logging libraries.
    public enum Level: String, Sendable, Hashable, CaseIterable {
        case debug, info, warning
    }

    public let kind: Kind
    /// What is special about it: one of a few fixed words, which the kinds list.
    public let reason: String
    /// The operation that was called; nil where it is about no call.
    public internal(set) var operation: OperationMetadata?
    /// The server that was spoken to.
    public internal(set) var server: HTTP.Origin?
    /// The status of its answer, where one came.
    public internal(set) var status: HTTP.Status?
    /// How long it took, for what ended; how long is waited before, for a request that is repeated.
    public internal(set) var duration: Duration?

    init(_ kind: Kind, _ reason: String) {
        self.kind = kind
        self.reason = reason
    }
}

extension RuntimeEvent {
    /// The counter that this event adds one to: `countersign.calls`.
    public var counter: String {
        switch kind.code {
        case .tokenUsed: "countersign.token.uses"
        case .tokenLookup: "countersign.token.lookups"
        case .renewalStarted: "countersign.token.renewals"
        case .tokenFetched, .tokenFetchFailed: "countersign.token.fetches"
        case .tokenRefused: "countersign.token.refusals"
        case .requestRepeated: "countersign.resends"
        case .callEnded: "countersign.calls"
        case .responseUndecodable: "countersign.undecodable"
        case .signedIn, .signedOut, .sessionEnded: "countersign.sessions"
        case .storeFailed: "countersign.store.failures"
        }
    }

    /// The distribution that ``duration`` belongs to, if it belongs to one.
    public var timer: String? {
        switch kind.code {
        case .tokenFetched, .tokenFetchFailed: "countersign.token.fetch.duration"
        case .callEnded: "countersign.call.duration"
        default: nil
        }
    }

    /// What tells counts of one counter apart: the client, the operation and the reason.
    ///
    /// There are only as many values as the schemas and the program have names.
    public var labels: [String: String] {
        var labels = ["reason": reason]
        if let operation {
            labels["client"] = operation.client
            labels["operation"] = operation.name ?? operation.method.rawValue
        }
        return labels
    }

    /// How much it matters: a failure is a warning, what the runtime put right by itself is information.
    public var level: Level {
        switch kind.code {
        case .tokenUsed, .tokenLookup: .debug
        case .renewalStarted, .tokenFetched, .requestRepeated, .tokenRefused: .info
        case .signedIn, .signedOut, .sessionEnded: .info
        case .tokenFetchFailed, .responseUndecodable, .storeFailed: .warning
        case .callEnded: reason == "cancelled" || (status?.rawValue ?? 500) < 500 ? .debug : .warning
        }
    }

    /// A sentence for a log: always the same for a kind.
    public var message: String {
        switch kind.code {
        case .tokenUsed: "a call has its token"
        case .tokenLookup: "a token was looked up"
        case .renewalStarted: "a token is renewed in the background"
        case .tokenFetched: "a token was issued"
        case .tokenFetchFailed: "no token was issued"
        case .tokenRefused: "an API refused a token"
        case .requestRepeated: "a request is sent again"
        case .callEnded: "a call ended"
        case .responseUndecodable: "an answer is not what the schema declares"
        case .signedIn: "a user signed in"
        case .signedOut: "a user signed out"
        case .sessionEnded: "a session ended"
        case .storeFailed: "a store failed"
        }
    }

    /// The rest of it, for a structured log; times are in milliseconds.
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
    /// A line for a log.
    public var description: String {
        let rest = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        return message + rest.joined()
    }
}
