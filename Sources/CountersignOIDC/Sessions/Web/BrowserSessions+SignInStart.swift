extension BrowserSessions {
    /// A started sign-in: the contents of the response to the browser.
    public struct SignInStart: Sendable {
        /// The URL of the authorization server to redirect the browser to.
        public let url: String
        /// The value of a `Set-Cookie` field.
        public let setCookie: String
    }
}

extension BrowserSessions.SignInStart: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignInStart" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
