public import Countersign

extension BrowserSessions {
    /// Waits until its task is cancelled, then shuts the sessions down within the runtime's
    /// `CountersignRuntime.Configuration.shutdownTimeout`.
    ///
    /// It has the form of a service's main function; see `CountersignRuntime.run()`. A program that runs its runtime
    /// does not need it.
    public nonisolated(nonsending) func run() async {
        await work.run()
    }

    /// Shuts the sessions of this back end down: the work under way finishes, and no other begins.
    ///
    /// Call it when the server has stopped: a process that ends during a refresh loses the new refresh token, and the
    /// user is signed out. It is the same as `CountersignRuntime.shutdown(within:)`, except that other sessions and
    /// clients of the runtime continue to work. A shutdown of the runtime includes these sessions.
    ///
    /// - Refreshes, saves, sign-ins, sign-outs and revocations under way finish. A refresh that waits for the lease of
    ///   its session does not begin.
    /// - Calls continue while the user's access token is valid, and then fail with `TokenError.Kind.shutDown`.
    /// - ``finishSignIn(callback:cookies:)`` throws an error whose `tokenError` has this kind. It uses nothing up:
    ///   another process can complete the sign-in when the browser sends the request again.
    /// - Sign-outs still work, and the shutdown waits for them.
    ///
    /// - Important: If `timeout` is shorter than the runtime's `tokenRequestTimeout` and 20 seconds for the metadata and
    ///   the keys of the issuer, a refresh under way may be lost. The telemetry then receives
    ///   `RuntimeEvent.Kind.shortShutdownTimeout`.
    ///
    /// - Parameter timeout: The longest wait; nil for the runtime's `shutdownTimeout`. Zero does not wait.
    /// - Returns: The work that has not finished, with the ``UserSession/logID`` of each session.
    @discardableResult
    public nonisolated(nonsending) func shutdown(within timeout: Duration? = nil) async -> ShutdownResult {
        await work.shutdown(within: timeout)
    }
}
