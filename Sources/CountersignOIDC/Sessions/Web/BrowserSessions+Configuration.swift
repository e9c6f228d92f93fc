extension BrowserSessions {
    /// How a web back end keeps its users signed in.
    public struct Configuration: Sendable {
        /// How long a browser stays signed in that is not seen.
        public var idleTimeout = Duration.seconds(60 * 60)

        /// How long a browser stays signed in at most.
        public var lifetime = Duration.seconds(12 * 60 * 60)

        /// The name of the session's cookie, without the prefix `__Host-`, which it gets over https.
        ///
        /// Letters, digits, `-` and `_`.
        public var cookieName = "session"

        /// What the program wants of the sessions beyond the usual.
        public var sessions = SessionOptions()

        public init() {}
    }
}
