/// The events of a runtime as an asynchronous sequence, for a task that logs or displays them.
///
/// ```swift
/// let events = EventStream()
/// var configuration = CountersignRuntime.Configuration()
/// configuration.telemetry = [events]
///
/// Task {
///     for await event in events where event.level == .warning { print(event) }
/// }
/// ```
///
/// Only one task may iterate over it.
public struct EventStream: Telemetry, AsyncSequence {
    public typealias Element = RuntimeEvent
    public typealias AsyncIterator = AsyncStream<RuntimeEvent>.Iterator

    private let stream: AsyncStream<RuntimeEvent>
    private let continuation: AsyncStream<RuntimeEvent>.Continuation

    /// Creates a stream.
    ///
    /// - Parameter capacity: The number of events that are buffered for a slow reader. Beyond it, the oldest are dropped.
    public init(capacity: Int = 1000) {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Swift.max(1, capacity)))
    }

    public func record(_ event: RuntimeEvent) {
        continuation.yield(event)
    }

    /// Ends the sequence after the buffered events.
    public func finish() {
        continuation.finish()
    }

    public func makeAsyncIterator() -> AsyncIterator {
        stream.makeAsyncIterator()
    }
}
