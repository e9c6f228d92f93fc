/// A transport that starts a span for each request, and adds the fields that carry the trace to the server.
struct TelemetryTransport: HTTP.Transport {
    let transport: any HTTP.Transport
    let telemetry: TelemetryFanOut

    nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        let enclosing = telemetry.currentContext
        let context = telemetry.startSpan(description(of: request, in: enclosing))
        var traced = request
        addFields(of: context, in: enclosing, to: &traced.fields)
        let result: Result<HTTP.Response, HTTP.TransportError> = await context.run {
            do throws(HTTP.TransportError) {
                return .success(try await transport.send(traced))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let response):
            let status = response.status
            context.end(status: status, error: status.rawValue >= 400 ? String(status.rawValue) : nil)
            return response
        case .failure(let error):
            context.end(error: error.kind.description)
            throw error
        }
    }

    private func description(of request: HTTP.Request, in enclosing: TelemetryContext?) -> SpanDescription {
        var attributes = TelemetryFanOut.attributes(of: request.method, at: request.url.origin)
        if let enclosing {
            attributes["url.template"] = enclosing.operation?.pathTemplate.map { .string($0) }
            attributes["countersign.client"] = enclosing.client.map { .string($0) }
            let earlier = enclosing.countRequest()
            if earlier > 0 { attributes["http.request.resend_count"] = .integer(earlier) }
        }
        return SpanDescription(.request, name: request.method.rawValue, attributes: attributes)
    }

    private func addFields(
        of context: TelemetryContext,
        in enclosing: TelemetryContext?,
        to fields: inout HTTP.Fields
    ) {
        for index in context.spans.indices {
            guard let span = context.spans[index] ?? enclosing?.spans[index] else { continue }
            // Of several telemetries, the first one that sets a field determines it.
            let new = span.requestFields.filter { field in
                !HTTP.FieldName.reservedForRequests.contains(field.name) && HTTP.Field.isValidValue(field.value)
                    && !fields.contains(field.name)
            }
            for field in new { fields.append(field) }
        }
    }
}
