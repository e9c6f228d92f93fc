extension BrowserSessions {
    /// A started sign-in: the contents of the response to the browser.
    public struct SignInStart: Sendable {
        /// The URL of the authorization server to redirect the browser to.
        public let url: String
        /// The values of `Set-Cookie` fields, one field for each.
        ///
        /// The first one is the cookie of this sign-in. The others remove cookies of old sign-ins.
        public let setCookies: [String]
    }
}

extension BrowserSessions.SignInStart: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignInStart" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
