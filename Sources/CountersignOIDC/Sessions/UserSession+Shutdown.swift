public import Countersign

extension UserSession {
    /// Waits until its task is cancelled, then shuts the session down within the runtime's
    /// `CountersignRuntime.Configuration.shutdownTimeout`.
    ///
    /// It has the form of a service's main function; see `CountersignRuntime.run()`.
    public nonisolated(nonsending) func run() async {
        await core.work.run()
    }

    /// Shuts the session down: the work under way finishes, and no other begins.
    ///
    /// It is for a program with a session of its own, such as a command-line tool, that ends while other parts of the
    /// runtime continue. The user remains signed in, and the next process continues the session. See
    /// `CountersignRuntime.shutdown(within:)`, which includes all sessions.
    ///
    /// Calls continue while the access token is valid, and then fail with `TokenError.Kind.shutDown`.
    ///
    /// - Important: If `timeout` is shorter than the runtime's `tokenRequestTimeout` and 20 seconds for the metadata and
    ///   the keys of the issuer, a refresh under way may be lost. The telemetry then receives
    ///   `RuntimeEvent.Kind.shortShutdownTimeout`.
    ///
    /// - Parameter timeout: The longest wait; nil for the runtime's `shutdownTimeout`. Zero does not wait.
    /// - Returns: The work that has not finished.
    @discardableResult
    public nonisolated(nonsending) func shutdown(within timeout: Duration? = nil) async -> ShutdownResult {
        await core.work.shutdown(within: timeout)
    }
}
