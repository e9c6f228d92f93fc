/// Runs code of the program, and waits for its result until `deadline` or until the calling task is cancelled.
///
/// The code is then cancelled. If it ignores the cancellation, it continues to run, but no caller waits for it.
nonisolated(nonsending) func within<Success: Sendable>(
    _ deadline: MonotonicInstant,
    on clock: any RuntimeClock,
    _ work: @escaping @Sendable () async -> Result<Success, TokenError>
) async -> Result<Success, TokenError> {
    let race = Race<Result<Success, TokenError>>()
    let worker = Task { race.finish(await work()) }
    let timer = Task {
        do {
            try await clock.sleep(until: deadline)
            let message = "the program's token source, customizer or assertion provider did not return in time"
            race.finish(.failure(TokenError(.timedOut, message)))
        } catch {}
    }
    defer {
        timer.cancel()
        worker.cancel()
    }
    return await withTaskCancellationHandler {
        await race.winner
    } onCancel: {
        race.finish(.failure(TokenError(.cancelled, "the waiting task was cancelled")))
    }
}

/// Keeps the first of several outcomes.
private final class Race<Outcome: Sendable>: Sendable {
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
