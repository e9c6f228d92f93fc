/// The telemetry of a call as a whole: a span, and the event at its end.
struct CallSpan {
    private let telemetry: TelemetryFanOut
    private let operation: OperationMetadata
    private let server: HTTP.Origin
    private let start: MonotonicInstant
    private let context: TelemetryContext

    init(_ telemetry: TelemetryFanOut, _ operation: OperationMetadata, at server: HTTP.Origin) {
        self.telemetry = telemetry
        self.operation = operation
        self.server = server
        start = telemetry.clock.now()
        var attributes = TelemetryFanOut.attributes(of: operation.method, at: server)
        attributes["countersign.client"] = .string(operation.client)
        attributes["countersign.operation"] = .string(operation.description)
        attributes["url.template"] = operation.pathTemplate.map { .string($0) }
        let name = operation.pathTemplate.map { "\(operation.method) \($0)" } ?? operation.method.rawValue
        context = telemetry.startSpan(
            SpanDescription(.call, name: name, attributes: attributes),
            client: operation.client,
            operation: operation
        )
    }

    /// Runs the call with its span as the current one, and records its end.
    nonisolated(nonsending) func run(
        _ call: nonisolated(nonsending) () async throws(CallError<Never>) -> HTTP.Response
    ) async throws(CallError<Never>) -> HTTP.Response {
        let result: Result<HTTP.Response, CallError<Never>> = await context.run {
            do throws(CallError<Never>) {
                let response = try await call()
                end(status: response.status, error: nil)
                return .success(response)
            } catch {
                end(status: error.status, error: error.kind)
                return .failure(error)
            }
        }
        return try result.get()
    }

    private func end(status: HTTP.Status?, error kind: CallErrorKind?) {
        let duration = telemetry.clock.now() - start
        let reason = kind?.description ?? "\((status?.rawValue ?? 0) / 100)xx"
        telemetry.record(.callEnded, reason, of: operation, at: server, status: status, duration: duration)
        let error = kind?.description ?? status.flatMap { $0.rawValue >= 400 ? String($0.rawValue) : nil }
        context.end(status: status, error: error)
    }
}
