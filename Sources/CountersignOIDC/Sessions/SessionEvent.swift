/// Something that happened to a user's session.
///
/// It never holds a secret, nor anything about the user, and can be logged as it is:
///
/// ```swift
/// configuration.sessions.onEvent = { event in print(event.session, event.kind, event.reason) }
/// ```
public struct SessionEvent: Sendable, Hashable {
    /// What happened.
    ///
    /// More kinds may come: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case refreshed, claimsChanged, scopesNarrowed, outcomeUnknown, leaseLost, storeFailed, ended, signedOut
        }

        private let code: Code

        /// The session has new tokens, by a request of this process.
        public static let refreshed = Kind(code: .refreshed)
        /// What is known of the user has changed: see ``UserSession/claims``.
        public static let claimsChanged = Kind(code: .claimsChanged)
        /// The authorization server took scopes back: see ``UserSession/grantedScopes``.
        public static let scopesNarrowed = Kind(code: .scopesNarrowed)
        /// A refresh token was sent and no answer came: see ``UserSession/retryRefresh()``.
        public static let outcomeUnknown = Kind(code: .outcomeUnknown)
        /// The process paused while it refreshed, and its lease went to another: two may have refreshed at once.
        public static let leaseLost = Kind(code: .leaseLost)
        /// The store failed, and the session goes on without it; the reason says at what.
        public static let storeFailed = Kind(code: .storeFailed)
        /// The authorization server ended the session; the reason is its error code.
        public static let ended = Kind(code: .ended)
        /// The user signed out, here or elsewhere.
        public static let signedOut = Kind(code: .signedOut)

        /// The kind's name: a fixed word.
        public var description: String { code.rawValue }
    }

    /// Whose event it is: the session's ``UserSession/fingerprint``.
    public let session: String
    public let kind: Kind
    /// What is special about it: one of a few fixed words; empty for most.
    public let reason: String

    init(of session: String, _ kind: Kind, _ reason: String = "") {
        self.session = session
        self.kind = kind
        self.reason = reason
    }
}
