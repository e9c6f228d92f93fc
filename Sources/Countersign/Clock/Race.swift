import CountersignHTTP

/// Keeps the first of several outcomes, for example of work, its deadline and its cancellation.
final class Race<Outcome: Sendable>: Sendable {
    private enum State {
        case running(CheckedContinuation<Outcome, Never>?)
        case finished(Outcome)
    }

    private let state = Locked(State.running(nil))

    func finish(_ outcome: Outcome) {
        let waiter: CheckedContinuation<Outcome, Never>? = state.withLock { state in
            guard case .running(let waiter) = state else { return nil }
            state = .finished(outcome)
            return waiter
        }
        waiter?.resume(returning: outcome)
    }

    /// The first outcome, which one task may wait for.
    var winner: Outcome {
        get async {
            #if COUNTERSIGN_TSAN
            // As in `TokenCacheEntry`: ThreadSanitizer does not see the order of a resumption before the `await`.
            defer { state.withLock { _ in } }
            #endif
            return await withCheckedContinuation { continuation in
                let outcome: Outcome? = state.withLock { state in
                    if case .finished(let outcome) = state { return outcome }
                    state = .running(continuation)
                    return nil
                }
                if let outcome { continuation.resume(returning: outcome) }
            }
        }
    }
}
