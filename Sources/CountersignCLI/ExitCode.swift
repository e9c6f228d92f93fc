/// The exit codes of the tool, documented in its help.
enum ExitCode: Int32 {
    case success = 0
    /// A schema has an error.
    case invalidSchema = 1
    /// The command line is invalid, or a file cannot be read or written.
    case failure = 2
    /// No user is signed in, or the session has ended.
    case notSignedIn = 3
    /// The user or the authorization server rejected the request.
    case rejected = 4
    /// A server could not be reached, or failed: a retry may succeed.
    case unavailable = 5
}
