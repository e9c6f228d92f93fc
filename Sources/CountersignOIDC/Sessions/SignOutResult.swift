public import Countersign

/// The result of a sign-out.
///
/// In this process, no call uses a token of the session any more. ``storeError`` and ``revocation`` indicate whether the
/// session has also ended in the store and at the authorization server.
public struct SignOutResult: Sendable {
    /// The result of revoking the session's tokens.
    public internal(set) var revocation = RevocationResult.notRequested

    /// The error that prevented the session's removal from its store; nil if it was removed.
    ///
    /// The removal is retried while the program runs; ``UserSession/shutdown(within:)`` retries it at once, and waits for
    /// it. If the program ends before it succeeds, the user is signed in again at the next start. A command-line program
    /// should report that to its user and exit with a failure.
    public internal(set) var storeError: TokenStoreError?

    /// The URL at which the browser signs out of the authorization server (OpenID Connect RP-Initiated Logout); nil if
    /// the server has no such endpoint.
    ///
    /// The URL contains the ID token as a hint. Send the browser there, but do not print or log it.
    public internal(set) var endSessionURL: String?

    /// The ID token for the end session URL.
    var idToken: String?
}

extension SignOutResult: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignOutResult(\(revocation))" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["revocation": revocation]) }
}
