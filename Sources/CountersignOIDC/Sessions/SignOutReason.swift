/// The reason of a sign-out, as telemetry reports it (`RuntimeEvent.Kind.signedOut`).
enum SignOutReason: String, Sendable {
    /// The program signed the user out.
    case user
    /// The authorization server sent a logout token.
    case backChannel = "back-channel"
    /// Another process signed the user out, or the session expired.
    case elsewhere
    /// The same browser signed in again.
    case replaced
    /// The user had too many sessions.
    case capacity
}
