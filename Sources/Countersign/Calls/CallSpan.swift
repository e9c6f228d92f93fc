/// The telemetry of a call as a whole: a span, and the event at its end.
struct CallSpan {
    private let telemetry: TelemetryFanOut
    private let operation: OperationMetadata
    private let server: HTTP.Origin
    private let start: MonotonicInstant
    private let spans: [any TelemetrySpan]

    init(_ telemetry: TelemetryFanOut, _ operation: OperationMetadata, at server: HTTP.Origin) {
        self.telemetry = telemetry
        self.operation = operation
        self.server = server
        start = telemetry.clock.now()
        var attributes = [
            "http.request.method": operation.method.rawValue,
            "server.address": server.host,
            "server.port": String(server.port),
            "countersign.operation": operation.description,
        ]
        attributes["url.template"] = operation.pathTemplate
        let name = operation.pathTemplate.map { "\(operation.method) \($0)" } ?? operation.method.rawValue
        spans = telemetry.startSpan(name, attributes: attributes)
    }

    func end(status: HTTP.Status?, error kind: CallErrorKind?) {
        let duration = telemetry.clock.now() - start
        let reason = kind?.description ?? "\((status?.rawValue ?? 0) / 100)xx"
        telemetry.record(.callEnded, reason, of: operation, at: server, status: status, duration: duration)
        let attributes = status.map { ["http.response.status_code": String($0.rawValue)] } ?? [:]
        let error = kind?.description ?? status.flatMap { $0.rawValue >= 400 ? String($0.rawValue) : nil }
        for span in spans { span.end(attributes: attributes, error: error) }
    }
}
