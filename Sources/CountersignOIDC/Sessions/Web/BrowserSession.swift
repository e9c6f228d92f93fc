/// A signed-in user's session in one browser, for the duration of a request.
///
/// It contains the secret of the session cookie. Do not keep it longer than the request; keep the ``session`` instead.
public struct BrowserSession: Sendable {
    /// The user's session.
    public let session: UserSession

    /// The value of a `Set-Cookie` field for the response; nil if the browser's cookie need not be renewed yet.
    public let setCookie: String?

    let secret: String

    /// The CSRF token that protects the session's forms.
    ///
    /// Put it into a hidden field of each form, and check it with ``isValid(csrfToken:)``. Pages of other sites cannot
    /// know it. It is the same for all forms of the session, and reveals nothing about the cookie.
    /// ``BrowserSessions/signOut(cookies:csrfToken:revoking:state:)`` requires it.
    public var csrfToken: String { CSRFToken.make(for: secret) }

    /// Returns true if a form returned the ``csrfToken``, comparing in constant time.
    ///
    /// - Parameter csrfToken: The token from the form. Nil is not valid.
    public func isValid(csrfToken: String?) -> Bool {
        CSRFToken.isValid(csrfToken, for: secret)
    }
}

extension BrowserSession: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "BrowserSession(\(session.state))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["session": session]) }
}
