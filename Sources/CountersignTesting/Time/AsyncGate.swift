import CountersignHTTP

/// A gate that holds responses back until a test opens it, so that the test controls the order of events.
///
/// ```swift
/// let gate = AsyncGate()
/// server.inject(.held(by: gate))
/// async let token = …                 // arrives at the gate
/// await gate.waitForArrivals(1)
/// // … the events that must happen while the request is in flight …
/// gate.open()
/// ```
public final class AsyncGate: Sendable {
    private let arrivals = AsyncCounter()
    /// At least 1 if the gate is open.
    private let opening = AsyncCounter()

    /// Creates a closed gate.
    public init() {}

    /// Lets all tasks through, those that wait and those that arrive later.
    public func open() {
        opening.add(1)
    }

    /// Waits until the gate is open.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    public nonisolated(nonsending) func pass() async throws(CancellationError) {
        arrivals.add(1)
        await opening.wait(for: 1)
        if Task.isCancelled { throw CancellationError() }
    }

    /// Returns as soon as at least `count` tasks have arrived at the gate, or the calling task is cancelled.
    public nonisolated(nonsending) func waitForArrivals(_ count: Int) async {
        await arrivals.wait(for: count)
    }
}
