/// The remaining middleware of a call, and the pipeline that follows it.
struct MiddlewareChain: Sendable {
    private let pipeline: CallPipeline
    private let operation: OperationMetadata
    private let remaining: ArraySlice<any CallMiddleware>

    init(_ middleware: ArraySlice<any CallMiddleware>, before pipeline: CallPipeline, operation: OperationMetadata) {
        remaining = middleware
        self.pipeline = pipeline
        self.operation = operation
    }

    nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(CallError<Never>) -> HTTP.Response {
        guard let first = remaining.first else {
            try validate(request)
            return try await pipeline.send(request)
        }
        let inner = MiddlewareChain(remaining.dropFirst(), before: pipeline, operation: operation)
        do {
            return try await first.intercept(request, of: operation) {
                request throws(CallError<Never>) in
                try await inner.send(request)
            }
        } catch let error as CallError<Never> {
            throw error
        } catch is CancellationError {
            throw CallError(.cancelled, in: pipeline.call.context, "the task was cancelled")
        } catch {
            // The text of the program's error may contain anything, so the message names only its type.
            let message = "the middleware failed with \(type(of: error))"
            throw CallError(.middleware, in: pipeline.call.context, message, middlewareError: error)
        }
    }

    /// Rejects a request to which no token may be attached (P54).
    private func validate(_ request: HTTP.Request) throws(CallError<Never>) {
        let message: String
        if request.url.origin != pipeline.server.origin {
            message = "the middleware changed the server of the request"
        } else if request.method != operation.method {
            message = "the middleware changed the method of the request"
        } else if let field = request.fields.first(where: { HTTP.FieldName.reservedForRuntime.contains($0.name) }) {
            message = "the middleware set the header field \(field.name), which the runtime sets itself"
        } else if let field = request.fields.first(where: { !HTTP.Field.isValidValue($0.value) }) {
            message = "the value of the header field \(field.name) contains invalid characters"
        } else {
            return
        }
        throw CallError(.invalidRequest, in: pipeline.call.context, message)
    }
}

extension HTTP.FieldName {
    /// The fields that neither arguments nor middleware may set.
    static let reservedForRuntime: [HTTP.FieldName] = [.authorization, .dpop, .host]

    /// The fields that neither call options nor telemetry may set: also those of the body and the connection, and cookies.
    ///
    /// Schemas may not declare them either.
    static let reservedForRequests: [HTTP.FieldName] =
        reservedForRuntime + [
            .connection, .contentLength, .contentType, .cookie, "Expect", "Proxy-Authorization", "TE", "Trailer",
            .transferEncoding, "Upgrade",
        ]
}
