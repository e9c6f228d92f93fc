/// Calls through middleware and telemetry.
extension CallPipeline {
    /// True if the call needs ``sendObserved(_:)`` instead of ``send(_:)``: there is middleware or telemetry.
    ///
    /// Callers choose between the two functions. A third one that chooses would cost each call another suspension.
    var isObserved: Bool {
        runtime.observesCalls || call.options?.middleware.isEmpty == false
    }

    /// Sends a request through middleware and telemetry.
    nonisolated(nonsending) func sendObserved(_ request: HTTP.Request) async throws(CallError<Never>) -> HTTP.Response {
        let operation = call.operation
        let middleware = runtime.configuration.middleware + (call.options?.middleware ?? [])
        let chain = MiddlewareChain(middleware[...], before: self, operation: operation)
        guard let telemetry = runtime.telemetry else { return try await chain.send(request) }
        return try await CallSpan(telemetry, operation, at: server.origin).run { () async throws(CallError<Never>) in
            try await chain.send(request)
        }
    }
}
