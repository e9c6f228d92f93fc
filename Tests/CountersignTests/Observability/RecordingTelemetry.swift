import CountersignTesting

@_spi(Testing) @testable @_spi(Generated) import Countersign

/// Keeps all that it is told.
final class RecordingTelemetry: Telemetry {
    struct Span: Sendable, Hashable {
        let name: String
        var attributes: [String: String]
        var error: String?
        /// How often it was ended.
        var ends = 0
    }

    private struct Handle: TelemetrySpan {
        let owner: RecordingTelemetry
        let index: Int

        func end(attributes: [String: String], error: String?) {
            owner.kept.withLock { kept in
                kept.spans[index].attributes.merge(attributes) { $1 }
                kept.spans[index].error = error
                kept.spans[index].ends += 1
            }
        }
    }

    fileprivate struct Kept {
        var events: [RuntimeEvent] = []
        var spans: [Span] = []
    }

    fileprivate let kept = Locked(Kept())

    var events: [RuntimeEvent] { kept.withLock { $0.events } }
    var spans: [Span] { kept.withLock { $0.spans } }

    /// The events so far as `kind reason`, and how many of each there were.
    var counts: [String: Int] {
        events.reduce(into: [:]) { $0["\($1.kind) \($1.reason)", default: 0] += 1 }
    }

    func first(_ kind: RuntimeEvent.Kind) -> RuntimeEvent? { events.first { $0.kind == kind } }

    func forget() {
        kept.withLock { $0 = Kept() }
    }

    func record(_ event: RuntimeEvent) {
        kept.withLock { $0.events.append(event) }
    }

    func startSpan(_ name: String, attributes: [String: String]) -> (any TelemetrySpan)? {
        let index = kept.withLock { kept in
            kept.spans.append(Span(name: name, attributes: attributes))
            return kept.spans.count - 1
        }
        return Handle(owner: self, index: index)
    }
}
