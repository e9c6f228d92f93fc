/// What the process tells its caller; documented in the help.
enum ExitCode: Int32 {
    case success = 0
    /// A schema has an error.
    case invalidSchema = 1
    /// The command line is wrong, or a file cannot be read or written.
    case failure = 2
    /// Nobody is signed in, or not any more.
    case notSignedIn = 3
    /// The authorization server, or the user, refused.
    case refused = 4
    /// A server could not be reached, or failed: the same may work later.
    case unavailable = 5
}
