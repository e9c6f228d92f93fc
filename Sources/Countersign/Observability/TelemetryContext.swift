/// The telemetry of the current task's work: its spans, and the client and the operation it belongs to.
final class TelemetryContext: Sendable {
    @TaskLocal static var current: TelemetryContext?

    let owner: TelemetryFanOut
    /// One for each telemetry of the owner, in the same order.
    let spans: [(any TelemetrySpan)?]
    /// The name of the API client.
    let client: String?
    let operation: OperationMetadata?
    private let requests = Locked(0)

    init(
        owner: TelemetryFanOut,
        spans: [(any TelemetrySpan)?],
        client: String?,
        operation: OperationMetadata? = nil
    ) {
        self.owner = owner
        self.spans = spans
        self.client = client
        self.operation = operation
    }

    /// Runs work with this context and its spans as the current ones.
    nonisolated(nonsending) func run<Value>(_ work: nonisolated(nonsending) () async -> Value) async -> Value {
        var result: Value?
        await Self.$current.withValue(self) {
            await run(in: 0) { if result == nil { result = await work() } }
        }
        if let result { return result }
        // A span that does not call its work must not prevent the call.
        return await work()
    }

    /// Runs work within the span of an index and those after it.
    private nonisolated(nonsending) func run(
        in index: Int,
        _ work: nonisolated(nonsending) () async -> Void
    ) async {
        guard index < spans.count else { return await work() }
        guard let span = spans[index] else { return await run(in: index + 1, work) }
        await span.run { await run(in: index + 1, work) }
    }

    /// Returns the number of requests of this context before the one that begins.
    func countRequest() -> Int {
        requests.withLock { count in
            defer { count += 1 }
            return count
        }
    }

    func link(to other: TelemetryContext) {
        guard owner === other.owner else { return }
        for case (let span?, let otherSpan?) in zip(spans, other.spans) { span.link(to: otherSpan) }
    }

    func end(status: HTTP.Status? = nil, error: String?) {
        let attributes: [String: TelemetryValue] =
            status.map { ["http.response.status_code": .integer($0.rawValue)] } ?? [:]
        for span in spans { span?.end(attributes: attributes, error: error) }
    }
}
