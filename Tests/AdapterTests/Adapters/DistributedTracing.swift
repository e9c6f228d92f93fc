import Countersign
import Tracing

struct TracingTelemetry: Telemetry {
    func record(_ event: RuntimeEvent) {}

    func startSpan(_ description: SpanDescription) -> (any TelemetrySpan)? {
        let kind: SpanKind = description.kind == .request ? .client : .internal
        let span = TracingSpan(span: InstrumentationSystem.tracer.startSpan(description.name, ofKind: kind))
        span.set(description.attributes)
        return span
    }
}

struct TracingSpan: TelemetrySpan {
    let span: any Tracing.Span

    nonisolated(nonsending) func run(_ work: nonisolated(nonsending) () async -> Void) async {
        await ServiceContext.$current.withValue(span.context) { await work() }
    }

    var requestFields: HTTP.Fields {
        var fields = HTTP.Fields()
        InstrumentationSystem.instrument.inject(span.context, into: &fields, using: FieldInjector())
        return fields
    }

    func link(to other: any TelemetrySpan) {
        guard let other = other as? TracingSpan else { return }
        span.addLink(SpanLink(context: other.span.context, attributes: [:]))
    }

    func end(attributes: [String: TelemetryValue], error: String?) {
        set(attributes)
        if let error {
            set(["error.type": .string(error)])
            span.setStatus(SpanStatus(code: .error))
        }
        span.end()
    }

    func set(_ attributes: [String: TelemetryValue]) {
        span.updateAttributes { all in
            for (name, value) in attributes {
                switch value {
                case .string(let text): all[name] = text
                case .integer(let number): all[name] = number
                }
            }
        }
    }
}

struct FieldInjector: Injector {
    func inject(_ value: String, forKey name: String, into fields: inout HTTP.Fields) {
        if let name = HTTP.FieldName(name) { fields[name] = value }
    }
}
