/// What the process tells its caller; documented in the help.
enum ExitCode: Int32 {
    case success = 0
    /// A schema has an error.
    case invalidSchema = 1
    /// The command line is wrong, or a file cannot be read or written.
    case failure = 2
}
