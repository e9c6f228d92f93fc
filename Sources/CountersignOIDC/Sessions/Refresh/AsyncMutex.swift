import CountersignHTTP

/// A lock for asynchronous work: one task holds it at a time, in the order in which they asked for it.
///
/// Cancellation does not end the wait, since the work that runs under the lock must not be skipped.
final class AsyncMutex: Sendable {
    private struct State {
        var isLocked = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    /// Runs `work` after all work that was requested earlier has finished.
    nonisolated(nonsending) func withLock<Success>(
        _ work: nonisolated(nonsending) () async -> Success
    ) async -> Success {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.isLocked else {
                    state.isLocked = true
                    return true
                }
                state.waiters.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        let result = await work()
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiters.isEmpty else {
                state.isLocked = false
                return nil
            }
            return state.waiters.removeFirst()
        }
        next?.resume()
        return result
    }
}
