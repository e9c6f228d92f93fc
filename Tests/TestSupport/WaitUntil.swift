/// Waits until a condition holds.
///
/// - Parameters:
///   - expectation: The state that is waited for, for the error text.
///   - timeout: The longest wait, on the clock of the machine. Long by default: a busy machine must not fail a test.
///   - interval: The pause between two checks. Without one, the task only yields.
/// - Throws: ``WaitTimeout`` after `timeout`, and the condition's own errors.
package nonisolated(nonsending) func waitUntil(
    _ expectation: String,
    timeout: Duration = .seconds(60),
    checkingEvery interval: Duration? = nil,
    _ condition: nonisolated(nonsending) () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + timeout
    while !(try await condition()) {
        guard ContinuousClock.now < deadline else { throw WaitTimeout(expectation: expectation, timeout: timeout) }
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
