extension BrowserSessions {
    /// A completed sign-out: the contents of the response to the browser.
    public struct BrowserSignOutResult: Sendable {
        /// The result of the sign-out.
        ///
        /// If it has an ``SignOutResult/endSessionURL``, redirect the browser to it.
        public let signOut: SignOutResult
        /// The value of a `Set-Cookie` field, which removes the session cookie.
        public let setCookie: String
    }
}

extension BrowserSessions.BrowserSignOutResult: CustomStringConvertible {
    public var description: String { "BrowserSignOutResult(\(signOut))" }
}
