import Countersign

// Saving in the background what the store did not accept at first (P37).
extension SessionCore {
    /// Returns the time to wait before a retry: one second, doubled with each attempt, at most one minute.
    static func backoff(attempt: Int) -> Duration {
        min(.seconds(1 << min(attempt, 6)), .seconds(60))
    }

    /// Starts a background task if there are unsaved changes.
    func saveInBackgroundIfNeeded() {
        let isNeeded = state.withLock { state in
            guard state.session.unsavedChange != nil, !state.isSavingInBackground, !state.isSignedOut else {
                return false
            }
            state.isSavingInBackground = true
            return true
        }
        // The task retains the core, which holds the only copy of the refresh token.
        guard isNeeded else { return }
        let save = work.begin(.save, session: logID)
        Task.detached { [self] in
            await saveUntilDone()
            save.end()
        }
    }

    /// Waits before a retry of a save or a removal.
    ///
    /// A shutdown ends the wait, since the process may end soon. The delays then start again at one second.
    ///
    /// - Returns: The number of the next attempt.
    nonisolated(nonsending) func waitBeforeRetry(_ attempt: Int) async -> Int {
        let deadline = clock.now().advanced(by: Self.backoff(attempt: attempt))
        guard !work.isShuttingDown else {
            // Nothing cancels this task.
            try? await clock.sleep(until: deadline)
            return attempt + 1
        }
        await work.untilShutdown { [clock] in try? await clock.sleep(until: deadline) }
        return work.isShuttingDown ? 0 : attempt + 1
    }

    private func saveUntilDone() async {
        var attempt = 0
        repeat {
            attempt = await waitBeforeRetry(attempt)
        } while await !mutex.withLock { await saveUnsavedChange() }
    }

    /// Saves the unsaved change of the session.
    ///
    /// - Returns: True if no unsaved change remains.
    private nonisolated(nonsending) func saveUnsavedChange() async -> Bool {
        var session = session
        guard session.unsavedChange != nil, !isSignedOut else { return finishSaving() }
        switch await load() {
        case .failed:
            return false
        case .notFound:
            // P38: another process has signed the user out.
            revokeInBackground(RevocableTokens(session.record))
            if signOutLocally() != nil { recordSignOut(.elsewhere) }
            return finishSaving()
        case .loaded(let stored, let version):
            guard session.update(from: stored, version: version) else {
                revokeInBackground(RevocableTokens(session.record))
                _ = signOutLocally()
                return finishSaving()
            }
        }
        if session.unsavedChange != nil {
            guard !isSignedOut, case .saved(let version) = await save(session.record, replacing: session.version)
            else { return isSignedOut ? finishSaving() : false }
            session.version = version
            session.unsavedChange = nil
        }
        if !adopt(session) { await removeStoredSession(of: [session.record.signInID]) }
        return finishSaving()
    }

    private func finishSaving() -> Bool {
        state.withLock { $0.isSavingInBackground = false }
        return true
    }
}
