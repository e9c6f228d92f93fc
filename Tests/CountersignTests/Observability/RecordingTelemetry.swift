import CountersignTesting

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// A telemetry that records all events and spans.
final class RecordingTelemetry: Telemetry {
    struct Span: Sendable, Hashable {
        let name: String
        var attributes: [String: String]
        var error: String?
        /// The number of times that the span was ended.
        var ends = 0
    }

    private struct Handle: TelemetrySpan {
        let owner: RecordingTelemetry
        let index: Int

        func end(attributes: [String: String], error: String?) {
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

    var events: [RuntimeEvent] { records.withLock { $0.events } }
    var spans: [Span] { records.withLock { $0.spans } }

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

    func startSpan(_ name: String, attributes: [String: String]) -> (any TelemetrySpan)? {
        let index = records.withLock { records in
            records.spans.append(Span(name: name, attributes: attributes))
            return records.spans.count - 1
        }
        return Handle(owner: self, index: index)
    }
}
