/// The events of a runtime as a sequence: for a task of one's own that logs, alerts or shows them.
///
/// ```swift
/// let events = EventStream()
/// var configuration = Runtime.Configuration()
/// configuration.telemetry = [events]
///
/// Task {
///     for await event in events where event.level == .warning { print(event) }
/// }
/// ```
///
/// One task may read it.
public struct EventStream: Telemetry, AsyncSequence {
    public typealias Element = RuntimeEvent
    public typealias AsyncIterator = AsyncStream<RuntimeEvent>.Iterator

    private let stream: AsyncStream<RuntimeEvent>
    private let continuation: AsyncStream<RuntimeEvent>.Continuation

    /// - Parameter capacity: How many events are kept for a reader that does not keep up; the oldest go.
    public init(capacity: Int = 1000) {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Swift.max(1, capacity)))
    }

    public func record(_ event: RuntimeEvent) {
        continuation.yield(event)
    }

    /// Ends the sequence after what it holds.
    public func finish() {
        continuation.finish()
    }

    public func makeAsyncIterator() -> AsyncIterator {
        stream.makeAsyncIterator()
    }
}
