/// A signed-in user at one browser, as a request of that browser found it.
///
/// It holds the browser's secret: keep it for the request, and the ``session`` for what comes later.
public struct BrowserSession: Sendable {
    /// The user.
    public let session: UserSession

    /// The value of a `Set-Cookie` field to answer with; nil where the browser's cookie is good for long enough.
    public let setCookie: String?

    let secret: String

    /// What a form that changes something must bring back
    /// (``BrowserSessions/signOut(cookies:csrfToken:revoking:state:)``), in a hidden field for example: a foreign page
    /// cannot know it.
    ///
    /// It is the same for all forms of the session, and says nothing about the cookie.
    public var csrfToken: String { CSRFToken.make(for: secret) }

    /// Whether a form has brought back the ``csrfToken``: in constant time.
    ///
    /// - Parameter csrfToken: What the form brought; nil, where it brought nothing, is not valid.
    public func isValid(csrfToken: String?) -> Bool {
        CSRFToken.isValid(csrfToken, for: secret)
    }
}

extension BrowserSession: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "BrowserSession(\(session.state))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["session": session]) }
}
