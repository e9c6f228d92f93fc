import CountersignHTTP

/// The work under way that a shutdown waits for: that of a runtime, of the sessions of a web back end, or of one
/// session.
///
/// Trackers form a tree. The work of a session is also the work of its web back end and of its runtime, and a shutdown
/// of one of these is also a shutdown of the session.
package final class WorkTracker: Sendable {
    /// Work that has begun, until ``end()``.
    package final class Work: Sendable {
        let description: UnfinishedWork
        private let tracker: WorkTracker

        fileprivate init(_ description: UnfinishedWork, in tracker: WorkTracker) {
            self.description = description
            self.tracker = tracker
        }

        package func end() { tracker.remove(self) }
    }

    /// A function that ends a wait when a shutdown begins.
    ///
    /// It may be called more than once.
    final class Interruption: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    private let parent: WorkTracker?
    let clock: any RuntimeClock
    let telemetry: TelemetryFanOut?
    let tokenRequestTimeout: Duration
    let shutdownTimeout: Duration
    let state = Locked(WorkTrackerState<Race<Bool>>())

    /// Creates the tracker of a runtime.
    init(_ configuration: CountersignRuntime.Configuration, telemetry: TelemetryFanOut?) {
        parent = nil
        clock = configuration.clock
        self.telemetry = telemetry
        tokenRequestTimeout = configuration.tokenRequestTimeout
        shutdownTimeout = configuration.shutdownTimeout
    }

    /// Creates a tracker whose work is also that of `parent`.
    package init(in parent: WorkTracker) {
        self.parent = parent
        clock = parent.clock
        telemetry = parent.telemetry
        tokenRequestTimeout = parent.tokenRequestTimeout
        shutdownTimeout = parent.shutdownTimeout
    }

    // MARK: Work

    /// Indicates whether a shutdown has begun.
    package var isShuttingDown: Bool {
        state.withLock { $0.isShuttingDown } || parent?.isShuttingDown == true
    }

    /// Begins work that a shutdown waits for, even if the shutdown has begun.
    ///
    /// It is for work that must be done, such as a sign-out, or that completes other work.
    ///
    /// - Parameter session: The log ID of the session; nil if the work belongs to no single session.
    package func begin(_ kind: UnfinishedWork.Kind, session: String? = nil) -> Work {
        let work = Work(UnfinishedWork(kind: kind, session: session), in: self)
        _ = add(work, evenDuringShutdown: true)
        return work
    }

    /// Begins work that a shutdown waits for, unless a shutdown has begun.
    package func beginUnlessShuttingDown(_ kind: UnfinishedWork.Kind, session: String? = nil) -> Work? {
        let work = Work(UnfinishedWork(kind: kind, session: session), in: self)
        return add(work, evenDuringShutdown: false) ? work : nil
    }

    /// Runs a token request that belongs to no session, unless a shutdown has begun.
    nonisolated(nonsending) func renewing<Token>(
        _ request: nonisolated(nonsending) () async -> Result<Token, TokenError>
    ) async -> Result<Token, TokenError> {
        guard let work = beginUnlessShuttingDown(.renewal) else { return .failure(.shutDown) }
        defer { work.end() }
        return await request()
    }

    private func add(_ work: Work, evenDuringShutdown: Bool) -> Bool {
        guard state.withLock({ $0.add(work, evenDuringShutdown: evenDuringShutdown) }) else { return false }
        guard let parent, !parent.add(work, evenDuringShutdown: evenDuringShutdown) else { return true }
        remove(work)
        return false
    }

    private func remove(_ work: Work) {
        for waiter in state.withLock({ $0.remove(work) }) { waiter.finish(true) }
        parent?.remove(work)
    }

    // MARK: Waits

    /// Runs a wait that a shutdown ends: its task is cancelled when a shutdown begins, or at once if one has begun.
    package nonisolated(nonsending) func untilShutdown<Success: Sendable>(
        _ wait: @escaping @Sendable () async -> Success
    ) async -> Success {
        let task = Task { await wait() }
        let interruption = Interruption { task.cancel() }
        add(interruption)
        defer { remove(interruption) }
        return await withTaskCancellationHandler {
            await task.value
        } onCancel: {
            task.cancel()
        }
    }

    func add(_ interruption: Interruption) {
        if !state.withLock({ $0.add(interruption) }) { interruption.run() }
        parent?.add(interruption)
    }

    func remove(_ interruption: Interruption) {
        state.withLock { $0.remove(interruption) }
        parent?.remove(interruption)
    }
}

extension TokenError {
    package static let shutDown = TokenError(
        .shutDown,
        "a token is required, and no token request begins after the shutdown; let another process make the call"
    )
}
