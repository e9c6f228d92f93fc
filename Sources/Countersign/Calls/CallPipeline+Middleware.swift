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
        let span = CallSpan(telemetry, operation, at: server.origin)
        do throws(CallError<Never>) {
            let response = try await chain.send(request)
            span.end(status: response.status, error: nil)
            return response
        } catch {
            span.end(status: error.status, error: error.kind)
            throw error
        }
    }
}
