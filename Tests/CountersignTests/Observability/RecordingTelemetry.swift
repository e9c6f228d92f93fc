import CountersignTesting

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// A telemetry that records all events and spans.
final class RecordingTelemetry: Telemetry {
    struct Span: Sendable, Hashable {
        var kind = SpanDescription.Kind.call
        let name: String
        var attributes: [String: TelemetryValue]
        var error: String?
        /// The number of times that the span was ended.
        var ends = 0
        /// The name of the span that was current when it started.
        var parent: String?
        /// The names of the spans that it is linked to.
        var links: [String] = []
    }

    /// The span that is current in a task, as in a tracer.
    @TaskLocal static var current: String?

    private struct Handle: TelemetrySpan {
        let owner: RecordingTelemetry
        let index: Int

        private var name: String { owner.allSpans[index].name }

        nonisolated(nonsending) func run(_ work: nonisolated(nonsending) () async -> Void) async {
            await RecordingTelemetry.$current.withValue(name) { await work() }
        }

        var requestFields: HTTP.Fields {
            ["Traceparent": "\(index) \(name)", "Authorization": "of the span", "Host": "of the span", "Bad": "a\nb"]
        }

        func link(to other: any TelemetrySpan) {
            let target = (other as? Handle)?.name ?? "a span of another telemetry"
            owner.records.withLock { $0.spans[index].links.append(target) }
        }

        func end(attributes: [String: TelemetryValue], error: String?) {
            owner.records.withLock { records in
                records.spans[index].attributes.merge(attributes) { $1 }
                records.spans[index].error = error
                records.spans[index].ends += 1
            }
        }
    }

    fileprivate struct Records {
        var events: [RuntimeEvent] = []
        var spans: [Span] = []
    }

    fileprivate let records = Locked(Records())
    /// False to start no spans for single requests.
    private let recordsRequests: Bool

    init(recordsRequests: Bool = true) {
        self.recordsRequests = recordsRequests
    }

    var events: [RuntimeEvent] { records.withLock { $0.events } }
    var allSpans: [Span] { records.withLock { $0.spans } }
    /// The spans of calls and token requests.
    var spans: [Span] { allSpans.filter { $0.kind != .request } }
    var requestSpans: [Span] { allSpans.filter { $0.kind == .request } }

    /// The number of events for each `kind reason`.
    var counts: [String: Int] {
        events.reduce(into: [:]) { $0["\($1.kind) \($1.reason)", default: 0] += 1 }
    }

    func first(_ kind: RuntimeEvent.Kind) -> RuntimeEvent? { events.first { $0.kind == kind } }

    func removeAll() {
        records.withLock { $0 = Records() }
    }

    func record(_ event: RuntimeEvent) {
        records.withLock { $0.events.append(event) }
    }

    func startSpan(_ description: SpanDescription) -> (any TelemetrySpan)? {
        if !recordsRequests, description.kind == .request { return nil }
        let index = records.withLock { records in
            let name = description.name
            records.spans.append(
                Span(kind: description.kind, name: name, attributes: description.attributes, parent: Self.current)
            )
            return records.spans.count - 1
        }
        return Handle(owner: self, index: index)
    }
}
