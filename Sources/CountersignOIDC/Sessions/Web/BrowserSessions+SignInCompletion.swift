extension BrowserSessions {
    /// A completed sign-in: the contents of the response to the browser.
    public struct SignInCompletion: Sendable {
        /// The browser's new session.
        public let browser: BrowserSession
        /// The path of this site to redirect the browser to.
        public let returnTo: String
        /// The values of `Set-Cookie` fields, one field for each.
        ///
        /// The first one is the session cookie. The others remove the cookies of this and of old sign-ins.
        public let setCookies: [String]
    }
}

extension BrowserSessions.SignInCompletion: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignInCompletion(\(browser))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["browser": browser]) }
}
