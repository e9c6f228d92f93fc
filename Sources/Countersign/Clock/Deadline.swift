/// Runs what the program has lent us, and waits for it no longer than until `deadline`, nor beyond our cancellation.
///
/// The work is then cancelled, and left to itself if it does not heed that: nobody who waits for a token depends on it.
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
            race.finish(
                .failure(TokenError(.timedOut, "the program's own source of tokens or assertions took too long"))
            )
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

/// Keeps what comes first.
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

    /// Asked for once.
    var winner: Outcome {
        get async {
            await withCheckedContinuation { continuation in
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
