/// Work that was under way when a shutdown returned.
public struct UnfinishedWork: Sendable, Hashable {
    /// The kind of unfinished work.
    ///
    /// New kinds may be added: end every `switch` with a `default`.
    public struct Kind: Hashable, Sendable, CustomStringConvertible {
        private enum Code: String {
            case renewal, signIn, save, removal, revocation
        }

        private let code: Code

        /// A token request, or the refresh of a session and the storing of its tokens.
        ///
        /// If the process ends now, the authorization server may have replaced a refresh token whose successor is not
        /// stored. The stored session says that a refresh was started, so the next process knows that its outcome is
        /// unknown (``TokenError/Kind/outcomeUnknown``).
        public static let renewal = Kind(code: .renewal)
        /// A sign-in that is being completed or stored.
        ///
        /// If the process ends now, the user must sign in again.
        public static let signIn = Kind(code: .signIn)
        /// A save of a session that its store has not accepted yet.
        ///
        /// If the process ends now, the only copy of a refresh token may be lost.
        public static let save = Kind(code: .save)
        /// The removal of a session from its store after a sign-out.
        ///
        /// If the process ends now, the user may still be signed in at the next start.
        public static let removal = Kind(code: .removal)
        /// The revocation of the tokens of a session that has ended.
        ///
        /// If the process ends now, these tokens remain valid until they expire.
        public static let revocation = Kind(code: .revocation)

        /// The name of the kind: a fixed word.
        public var description: String { code.rawValue }
    }

    /// The kind of the work.
    public let kind: Kind

    /// The identifier of the session for logs, as in `UserSession.logID` of CountersignOIDC; nil for work that belongs
    /// to no single session, such as the token request of a client.
    public let session: String?

    package init(kind: Kind, session: String?) {
        self.kind = kind
        self.session = session
    }
}

extension UnfinishedWork: CustomStringConvertible {
    /// The kind, and the session if there is one.
    public var description: String { session.map { "\(kind) of session \($0)" } ?? "\(kind)" }
}
