/// The calls of generated clients.
@_spi(Generated) extension APIClient {
    /// Begins a call.
    ///
    /// The generated code adds the arguments, then calls ``send(_:)``.
    public func request<Success, Problem>(
        _ operation: APIOperation<Success, Problem>
    ) -> APIRequest<Success, Problem> {
        // An invalid server is reported when the request is sent.
        let server = try? configuration.server(options?.server ?? operation.server)
        return APIRequest(operation, basePath: server?.basePath ?? "")
    }

    /// Makes the call and decodes its response.
    public nonisolated(nonsending) func send<Success, Problem>(
        _ request: APIRequest<Success, Problem>
    ) async throws(CallError<Problem>) -> Success {
        let operation = request.operation
        let call: APICall
        let response: HTTP.Response
        do throws(CallError<Never>) {
            let server = try configuration.server(options?.server ?? operation.server, for: operation)
            call = APICall(
                operation,
                of: self,
                at: server,
                requirement: operation.requirement,
                idempotencyKey: operation.idempotencyKey,
                timeout: options?.timeout ?? operation.timeout ?? configuration.definition.timeout
            )
            if let rejection = request.draft.rejection ?? options?.rejection {
                throw CallError(.invalidRequest, in: call.context, rejection)
            }
            var http = HTTP.Request(
                method: operation.method,
                url: HTTP.URL(origin: server.origin, uncheckedTarget: request.draft.target),
                fields: request.draft.fields,
                body: request.draft.body
            )
            options?.addFields(to: &http.fields)
            let pipeline = CallPipeline(call: call)
            response = try await pipeline.isObserved ? pipeline.sendObserved(http) : pipeline.send(http)
            options?.recorder?.record(response)
        } catch {
            throw operation.error(error)
        }
        do {
            return try operation.decode(response, of: call)
        } catch {
            if error.kind == .undecodableResponse {
                let telemetry = configuration.runtime.telemetry
                telemetry?.record(.undecodableResponse, "body", of: call.operation, status: response.status)
            }
            throw error
        }
    }
}
