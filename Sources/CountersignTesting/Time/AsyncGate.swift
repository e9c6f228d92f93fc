import CountersignHTTP

/// A gate at which answers wait until a test opens it: so that a test decides what happens first.
///
/// ```swift
/// let gate = AsyncGate()
/// server.inject(.held(by: gate))
/// async let token = …                 // comes to the gate
/// await gate.waitForArrivals(1)
/// // … whatever must happen while the request is under way …
/// gate.open()
/// ```
public final class AsyncGate: Sendable {
    private let arrivals = Tally()
    /// 1 when open.
    private let opening = Tally()

    /// A closed gate.
    public init() {}

    /// Lets everybody through, those who wait and those who come later.
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

    /// Returns as soon as at least `count` tasks have come to the gate, or the calling task is cancelled.
    public nonisolated(nonsending) func waitForArrivals(_ count: Int) async {
        await arrivals.wait(for: count)
    }
}
