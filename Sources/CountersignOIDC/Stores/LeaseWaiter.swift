import Countersign
import CountersignHTTP

/// A caller that waits for a lease until it gets it, times out or is cancelled, whichever happens first.
final class LeaseWaiter<Lease: Sendable>: Sendable {
    private enum State {
        case waiting(CheckedContinuation<Result<Lease, TokenStoreError>, Never>?)
        case finished(Result<Lease, TokenStoreError>)
    }

    private let state = Locked(State.waiting(nil))

    /// Ends the wait.
    ///
    /// - Returns: True for the first call. After false, the caller must give the lease to another waiter.
    @discardableResult
    func finish(_ result: Result<Lease, TokenStoreError>) -> Bool {
        let (isFirst, continuation) = state.withLock { state in
            guard case .waiting(let continuation) = state else {
                return (false, nil as CheckedContinuation<Result<Lease, TokenStoreError>, Never>?)
            }
            state = .finished(result)
            return (true, continuation)
        }
        continuation?.resume(returning: result)
        return isFirst
    }

    /// Waits for the result.
    ///
    /// Call it once.
    ///
    /// - Parameter isCancellable: False to keep waiting when the task is cancelled.
    nonisolated(nonsending) func result(
        by deadline: MonotonicInstant,
        on clock: any RuntimeClock,
        isCancellable: Bool = true
    ) async -> Result<Lease, TokenStoreError> {
        let timer = Task {
            do {
                try await clock.sleep(until: deadline)
                finish(.failure(.leaseUnavailable))
            } catch {}
        }
        defer { timer.cancel() }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let result: Result<Lease, TokenStoreError>? = state.withLock { state in
                    if case .finished(let result) = state { return result }
                    state = .waiting(continuation)
                    return nil
                }
                if let result { continuation.resume(returning: result) }
            }
        } onCancel: {
            if isCancellable { finish(.failure(.cancelled)) }
        }
    }
}
