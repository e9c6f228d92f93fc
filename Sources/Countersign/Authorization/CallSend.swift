extension ClientCore {
    /// Whether calls go past middleware or telemetry: with ``sendWatched(_:for:from:)``.
    ///
    /// The others have one suspension less to pay for, with ``sendAuthorized(_:for:from:until:)``.
    func watches(_ options: CallOptions?) -> Bool {
        runtime.watchesCalls || options?.middleware.isEmpty == false
    }

    /// When a call that begins now must be over.
    func deadline(_ timeout: Duration?) -> MonotonicInstant? {
        timeout.map { runtime.configuration.clock.now().advanced(by: $0) }
    }

    /// Makes a call past middleware and telemetry.
    nonisolated(nonsending) func sendWatched(
        _ request: HTTP.Request,
        for call: Call,
        from server: Server
    ) async throws(CallFailure) -> HTTP.Response {
        let deadline = deadline(call.timeout)
        let outermost = InterceptedCall(
            operation: call.operation(),
            core: self,
            call: call,
            server: server,
            deadline: deadline,
            rest: (runtime.configuration.middleware + (call.options?.middleware ?? []))[...]
        )
        guard let observers = runtime.observers else { return try await outermost.send(request) }
        let watch = CallWatch(observers, outermost.operation, server.origin)
        do throws(CallFailure) {
            let response = try await outermost.send(request)
            watch.end(status: response.status, failure: nil)
            return response
        } catch {
            watch.end(status: error.response?.status, failure: error.kind)
            throw error
        }
    }
}

/// What telemetry is told of a call as a whole.
private struct CallWatch {
    private let observers: TelemetryFanOut
    private let operation: OperationMetadata
    private let server: HTTP.Origin
    private let start: MonotonicInstant
    private let spans: [any TelemetrySpan]

    init(_ observers: TelemetryFanOut, _ operation: OperationMetadata, _ server: HTTP.Origin) {
        self.observers = observers
        self.operation = operation
        self.server = server
        start = observers.clock.now()
        var attributes = [
            "http.request.method": operation.method.rawValue,
            "server.address": server.host,
            "server.port": String(server.port),
            "countersign.operation": operation.description,
        ]
        attributes["url.template"] = operation.pathTemplate
        let name = operation.pathTemplate.map { "\(operation.method) \($0)" } ?? operation.method.rawValue
        spans = observers.startSpan(name, attributes: attributes)
    }

    func end(status: HTTP.Status?, failure: CallErrorKind?) {
        let duration = observers.clock.now() - start
        let reason = failure?.description ?? "\((status?.rawValue ?? 0) / 100)xx"
        observers.record(.callEnded, reason, of: operation, at: server, status: status, duration: duration)
        let attributes = status.map { ["http.response.status_code": String($0.rawValue)] } ?? [:]
        let error = failure?.description ?? status.flatMap { $0.rawValue >= 400 ? String($0.rawValue) : nil }
        for span in spans { span.end(attributes: attributes, error: error) }
    }
}
