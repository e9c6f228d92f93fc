import CountersignHTTP

extension WorkTracker {
    /// Ends all waits, lets no renewal begin from now on, and waits for the work under way.
    ///
    /// - Parameter timeout: The longest wait; nil for that of the runtime's configuration.
    package nonisolated(nonsending) func shutdown(within timeout: Duration?) async -> ShutdownResult {
        let timeout = timeout ?? shutdownTimeout
        reportShortTimeout(timeout)
        return await finish(within: timeout)
    }

    /// Waits until the task is cancelled or a shutdown begins elsewhere, then shuts down.
    package nonisolated(nonsending) func run() async {
        reportShortTimeout(shutdownTimeout)
        let end = Race<Void>()
        let interruption = Interruption { end.finish(()) }
        add(interruption)
        await withTaskCancellationHandler {
            await end.winner
        } onCancel: {
            end.finish(())
        }
        remove(interruption)
        // In a task of its own, since a cancelled task does not wait for the work.
        _ = await Task { await finish(within: shutdownTimeout) }.value
    }

    /// Reports a timeout in which a refresh may not end.
    ///
    /// Besides the token request, a refresh can fetch the metadata and the keys of the issuer.
    private func reportShortTimeout(_ timeout: Duration) {
        guard timeout < tokenRequestTimeout + PublishedDocuments.timeout * 2 else { return }
        telemetry?.record(RuntimeEvent(.shortShutdownTimeout, reason: "tokenRequestTimeout"))
    }

    private nonisolated(nonsending) func finish(within timeout: Duration) async -> ShutdownResult {
        let start = clock.now()
        for interruption in state.withLock({ $0.beginShutdown() }) { interruption.run() }
        if timeout > .zero {
            let deadline = start.advanced(by: timeout)
            // Work that ends can leave other work behind, such as a sign-out that has begun meanwhile.
            while await waitForWork(until: deadline) {}
        }
        let (unfinished, isFirstToFinish) = state.withLock { $0.endShutdown() }
        if isFirstToFinish || !unfinished.isEmpty {
            let reason = unfinished.isEmpty ? "finished" : "unfinished"
            telemetry?.record(RuntimeEvent(.shutdown, reason: reason, duration: clock.now() - start))
        }
        return ShutdownResult(unfinishedWork: unfinished)
    }

    /// Waits until no work is under way.
    ///
    /// - Returns: False if no work was under way, the deadline passed, or the calling task was cancelled.
    private nonisolated(nonsending) func waitForWork(until deadline: MonotonicInstant) async -> Bool {
        let waiter = Race<Bool>()
        let id = ObjectIdentifier(waiter)
        guard state.withLock({ $0.add(waiter, id: id) }) else { return false }
        let timer = Task { [clock] in
            try? await clock.sleep(until: deadline)
            waiter.finish(false)
        }
        defer {
            timer.cancel()
            state.withLock { $0.removeWaiter(id) }
        }
        return await withTaskCancellationHandler {
            await waiter.winner
        } onCancel: {
            waiter.finish(false)
        }
    }
}
