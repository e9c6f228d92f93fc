/// An authorization request: the URL for the browser, and the transaction that completes the sign-in.
public struct AuthorizationRequest: Sendable {
    /// The URL to send the user's browser to.
    ///
    /// Send it right away: a pushed authorization request typically expires after a minute (RFC 9126 section 2.2).
    public let url: String
    /// The state to keep until the browser returns, and to pass to ``OIDCClient/complete(_:callback:)`` then.
    public let transaction: SignInTransaction
}

extension AuthorizationRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "AuthorizationRequest(\(transaction))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["transaction": transaction]) }
}
