import Countersign
import Framework
import FrameworkHTTP

/// A handler of the framework that calls an API: the types of both libraries in one file.
func count(_ request: Request, of notes: NotesAPI) async -> Response {
    do {
        let count = try await notes.count()
        return Response(code: count > 0 ? 200 : 204)
    } catch {
        return Response(code: error.status?.rawValue ?? 502)
    }
}

/// A transport of Countersign over a client of the framework.
struct FrameworkTransport: HTTP.Transport {
    nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        let sent = HTTPRequest(
            method: request.method == .get ? HTTPMethod.get : .post,
            fields: HTTPFields(request.fields.map(\.name.rawName))
        )
        let received = HTTPResponse(status: HTTPStatus(code: sent.fields.names.isEmpty ? 204 : 200))
        return HTTP.Response(status: HTTP.Status(received.status.code))
    }
}

/// A middleware of Countersign that adds a field.
struct Tracing: CallMiddleware {
    nonisolated(nonsending) func intercept(
        _ request: HTTP.Request,
        of operation: OperationMetadata,
        next: Next
    ) async throws -> HTTP.Response {
        var request = request
        request.fields["X-Operation"] = operation.name
        return try await next(request)
    }
}

func settings(_ secret: Secret, _ runtime: Runtime) -> String { "\(secret.label) \(runtime.workers)" }
