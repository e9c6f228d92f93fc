extension CountersignRuntime {
    /// Waits until its task is cancelled, then shuts the runtime down within
    /// ``CountersignRuntime/Configuration/shutdownTimeout``.
    ///
    /// It is not required for anything else: renewals do not depend on it. It has the form of a service's main
    /// function, so that a service group can shut the runtime down. It also returns after
    /// ``CountersignRuntime/shutdown(within:)`` was called elsewhere.
    ///
    /// ```swift
    /// let service = Task { await runtime.run() }
    /// // On SIGTERM, after the server has sent its last response:
    /// service.cancel()
    /// await service.value
    /// ```
    ///
    /// The telemetry receives ``RuntimeEvent/Kind/shutdown`` with the outcome. To get the unfinished work, call
    /// ``CountersignRuntime/shutdown(within:)`` afterwards, with a timeout of zero.
    public nonisolated(nonsending) func run() async {
        await work.run()
    }

    /// Shuts the runtime down: the work under way finishes, and no other begins.
    ///
    /// Call it when the program has made its last call, for example after SIGTERM and after its server has stopped.
    /// Without it, a process that ends during a refresh loses the new refresh token, and the user is signed out.
    ///
    /// - Token requests that are under way finish, and so do refreshes of sessions that hold the lease of their
    ///   session. New tokens are stored. A refresh that waits for its lease does not begin.
    /// - Saves, removals and revocations under way finish. One that waits for its next retry is retried at once.
    /// - Calls with a valid cached token continue to work. A call that needs a token request fails with a
    ///   ``TokenError`` of kind ``TokenError/Kind/shutDown``. A sign-out still works, and the shutdown waits for it.
    ///
    /// The function returns as soon as all work has finished. It returns earlier, with the unfinished work, after
    /// `timeout`, or if the calling task is cancelled. Further calls wait for the same work. A runtime cannot be
    /// started again.
    ///
    /// - Important: If `timeout` is shorter than ``CountersignRuntime/Configuration/tokenRequestTimeout`` and 20 seconds
    ///   for the metadata and the keys of the issuer, a refresh under way may be lost. The telemetry then receives
    ///   ``RuntimeEvent/Kind/shortShutdownTimeout``.
    ///
    /// - Parameter timeout: The longest wait; nil for ``CountersignRuntime/Configuration/shutdownTimeout``. Zero does
    ///   not wait.
    /// - Returns: The work that has not finished.
    @discardableResult
    public nonisolated(nonsending) func shutdown(within timeout: Duration? = nil) async -> ShutdownResult {
        await work.shutdown(within: timeout)
    }
}
