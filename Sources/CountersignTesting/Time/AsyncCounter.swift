import CountersignHTTP

/// A counter that tasks can wait for, such as the number of requests received.
final class AsyncCounter: Sendable {
    private struct Waiter {
        var id: Int
        var target: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var value = 0
        var waiters: [Waiter] = []
        var lastID = 0
    }

    private let state = Locked(State())

    var value: Int { state.withLock { $0.value } }

    func add(_ difference: Int) {
        let reached = state.withLock { state in
            state.value += difference
            let value = state.value
            let reached = state.waiters.filter { $0.target <= value }
            state.waiters.removeAll { $0.target <= value }
            return reached.map(\.continuation)
        }
        for continuation in reached { continuation.resume() }
    }

    /// Returns when the value is at least `target`, or the task is cancelled.
    nonisolated(nonsending) func wait(for target: Int) async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isReached = state.withLock { state in
                    // A cancellation before this line found no waiter, but has set the flag.
                    if state.value >= target || Task.isCancelled { return true }
                    state.waiters.append(Waiter(id: id, target: target, continuation: continuation))
                    return false
                }
                if isReached { continuation.resume() }
            }
        } onCancel: {
            let cancelled = state.withLock { state in
                state.waiters.firstIndex { $0.id == id }.map { state.waiters.remove(at: $0).continuation }
            }
            cancelled?.resume()
        }
    }
}
