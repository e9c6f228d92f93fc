import CountersignHTTP

/// Lets one at a time through, in the order in which they came.
///
/// Only tasks that nobody cancels come here: a slot's fetches, and what a session does on its own.
final class AsyncMutex: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Locked(State())

    /// Does `work` when all who came before are done.
    nonisolated(nonsending) func turn<Success>(_ work: nonisolated(nonsending) () async -> Success) async -> Success {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        let result = await work()
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard !state.waiting.isEmpty else {
                state.isTaken = false
                return nil
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
        return result
    }
}
