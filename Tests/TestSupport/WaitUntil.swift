/// Waits until a condition holds.
///
/// - Parameters:
///   - expectation: The state that is waited for, for the error text.
///   - timeout: The longest wait, on the clock of the machine. A wait without an interval continues until it has also made
///     a thousand checks: other tests can occupy all threads for minutes, and a busy machine must not fail a test.
///   - interval: The pause between two checks. Without one, the task only yields.
/// - Throws: ``WaitTimeout`` after `timeout`, `CancellationError` if the task is cancelled during a pause, and the errors of
///   the condition.
package nonisolated(nonsending) func waitUntil(
    _ expectation: String,
    timeout: Duration = .seconds(60),
    checkingEvery interval: Duration? = nil,
    _ condition: nonisolated(nonsending) () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    var checks = 0
    while !(try await condition()) {
        checks += 1
        guard ContinuousClock.now < deadline || (interval == nil && checks < 1000) else {
            throw WaitTimeout(expectation: expectation, timeout: timeout)
        }
        if let interval {
            try await Task.sleep(for: interval)
        } else {
            await Task.yield()
        }
    }
}

/// The error of a wait that took too long.
package struct WaitTimeout: Error, CustomStringConvertible {
    package var expectation: String
    package var timeout: Duration

    package var description: String { "timed out after \(timeout) waiting until \(expectation)" }
}
