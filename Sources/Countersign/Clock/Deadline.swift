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
