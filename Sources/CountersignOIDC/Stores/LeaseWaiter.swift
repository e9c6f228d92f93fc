import Countersign
import CountersignHTTP

/// One who waits for a lease until it is theirs, their patience ends or their task is cancelled: whatever comes first.
final class LeaseWaiter<Lease: Sendable>: Sendable {
    private enum State {
        case waiting(CheckedContinuation<Result<Lease, TokenStoreError>, Never>?)
        case finished(Result<Lease, TokenStoreError>)
    }

    private let state = Locked(State.waiting(nil))

    /// Ends the waiting.
    ///
    /// - Returns: Whether this was the first end; a lease that came later must go to somebody else.
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

    /// Waits; asked for once.
    ///
    /// - Parameter leavesWhenCancelled: false for who waits briefly, and with something that must not get lost.
    nonisolated(nonsending) func result(
        by deadline: MonotonicInstant,
        on clock: any RuntimeClock,
        leavesWhenCancelled: Bool = true
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
            if leavesWhenCancelled { finish(.failure(.cancelled)) }
        }
    }
}

extension TokenStoreError {
    static let leaseUnavailable = TokenStoreError(.leaseUnavailable, "somebody else holds the lease")
    static let cancelled = TokenStoreError(.cancelled, "the waiting task was cancelled")
}
