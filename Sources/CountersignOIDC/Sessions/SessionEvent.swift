/// An event in the life of a user's session.
///
/// Events contain neither secrets nor information about the user, and can be logged:
///
/// ```swift
/// configuration.onEvent = { event in print(event.session, event.kind, event.reason) }
/// ```
public struct SessionEvent: Sendable, Hashable {
    /// The kind of an event.
    ///
    /// New kinds can be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case refreshed, claimsChanged, scopesNarrowed, outcomeUnknown, leaseLost, storeFailed, ended, signedOut
        }

        private let code: Code

        /// This process has refreshed the session's tokens.
        public static let refreshed = Kind(code: .refreshed)
        /// The user's claims have changed: see ``UserSession/claims``.
        public static let claimsChanged = Kind(code: .claimsChanged)
        /// The authorization server has withdrawn scopes: see ``UserSession/grantedScopes``.
        public static let scopesNarrowed = Kind(code: .scopesNarrowed)
        /// A refresh token was sent and no response arrived: see ``SignInConfiguration/RefreshRetry``.
        public static let outcomeUnknown = Kind(code: .outcomeUnknown)
        /// This process was paused during a refresh and lost the lease, so another process may have refreshed at the
        /// same time.
        public static let leaseLost = Kind(code: .leaseLost)
        /// The store failed and the session continues without it.
        ///
        /// The reason names the operation: `load`, `save`, `remove` or `lease`.
        public static let storeFailed = Kind(code: .storeFailed)
        /// The authorization server ended the session.
        ///
        /// The reason is its error code, or `lost-rotation` if a refresh token was sent again after a lost response and the
        /// server had already rotated it.
        public static let ended = Kind(code: .ended)
        /// The user signed out, in this process or another one.
        public static let signedOut = Kind(code: .signedOut)

        /// The name of the kind, which does not change.
        public var description: String { code.rawValue }
    }

    /// The ``UserSession/logID`` of the session.
    public let session: String
    /// The kind of the event.
    public let kind: Kind
    /// A detail from a fixed set of words; empty for most kinds.
    public let reason: String

    init(session: String, _ kind: Kind, reason: String = "") {
        self.session = session
        self.kind = kind
        self.reason = reason
    }
}
