/// A user's way to the authorization server: where the browser goes, and what is remembered of it meanwhile.
public struct AuthorizationRequest: Sendable {
    /// Where the user's browser is sent, at once: a pushed request is good for a minute or so (RFC 9126 section 2.2).
    public let url: String
    /// What to complete the sign-in with, when the browser comes back.
    public let transaction: SignInTransaction
}

extension AuthorizationRequest: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "AuthorizationRequest(\(transaction))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["transaction": transaction]) }
}
