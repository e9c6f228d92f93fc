/// Sees every call of a runtime's clients, around everything that the runtime does for it.
///
/// ```swift
/// struct RequestID: CallMiddleware {
///     func intercept(_ request: HTTP.Request, of call: InterceptedCall) async throws -> HTTP.Response {
///         var request = request
///         request.fields["X-Request-ID"] = IdentifierSource.next()
///         let response = try await call.next(request)
///         print(call.operation, response.status)
///         return response
///     }
/// }
///
/// var configuration = Runtime.Configuration()
/// configuration.middleware = [RequestID()]
/// ```
///
/// It is asked once for a call. Beneath it the token is attached and the proof signed, refusals are answered and passing
/// failures retried, so it sees neither `Authorization`, `DPoP` nor an API key, and the response is the last one. What
/// happens in between, ``Telemetry`` tells.
///
/// It may do what it likes around ``InterceptedCall/next(_:)``: change fields and body, answer without it (a cache),
/// refuse by throwing (a circuit breaker), or call it again. The first of several is the outermost.
public protocol CallMiddleware: Sendable {
    /// Makes the call, usually by passing it on.
    ///
    /// - Throws: What `call.next` throws, or anything else: the call then fails with ``CallErrorKind/middleware``, and
    ///   ``CallError/middlewareError`` is that error.
    nonisolated(nonsending) func intercept(
        _ request: HTTP.Request,
        of call: InterceptedCall
    ) async throws -> HTTP.Response
}

/// A call on its way through the middleware.
public struct InterceptedCall: Sendable {
    /// Which operation it is of.
    public let operation: OperationMetadata

    let core: ClientCore
    let call: ClientCore.Call
    let server: ClientCore.Server
    let deadline: MonotonicInstant?
    /// What is still to be passed.
    let rest: ArraySlice<any CallMiddleware>

    /// Passes the call on.
    ///
    /// - Parameter request: Its method and its origin must be the call's, and the fields `Authorization`, `DPoP` and
    ///   `Host` are the runtime's to set.
    public nonisolated(nonsending) func next(_ request: HTTP.Request) async throws(CallError<Never>) -> HTTP.Response {
        do throws(CallFailure) {
            return try await send(request)
        } catch {
            throw CallError(error)
        }
    }

    nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(CallFailure) -> HTTP.Response {
        guard let first = rest.first else {
            try check(request)
            return try await core.sendAuthorized(request, for: call, from: server, until: deadline)
        }
        let inner = InterceptedCall(
            operation: operation,
            core: core,
            call: call,
            server: server,
            deadline: deadline,
            rest: rest.dropFirst()
        )
        do {
            return try await first.intercept(request, of: inner)
        } catch let error as CallError<Never> {
            throw error.failure
        } catch is CancellationError {
            throw CallFailure(.cancelled, in: operation.description, "the task was cancelled")
        } catch {
            // Its text is the program's own and may hold anything: only its type is told.
            let reason = "the middleware failed with \(type(of: error))"
            throw CallFailure(.middleware, in: operation.description, reason, middleware: error)
        }
    }

    /// Refuses what a middleware must not do to a request: a token goes with it (P54).
    private func check(_ request: HTTP.Request) throws(CallFailure) {
        let reason: String
        if request.url.origin != server.origin {
            reason = "the middleware sent the call to another server"
        } else if request.method != operation.method {
            reason = "the middleware changed the method"
        } else if let field = request.fields.first(where: { HTTP.FieldName.ofTheRuntime.contains($0.name) }) {
            reason = "the middleware set the field \(field.name), which is the runtime's"
        } else if let field = request.fields.first(where: { !HTTP.Field.isValidValue($0.value) }) {
            reason = "the value of the header \(field.name) has characters that no header may carry"
        } else {
            return
        }
        throw CallFailure(.invalidRequest, in: operation.description, reason)
    }
}

extension InterceptedCall: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "a call of \(operation)" }
    public var debugDescription: String { description }
    /// Without what it is authorized with.
    public var customMirror: Mirror { Mirror(self, children: ["operation": operation]) }
}

extension HTTP.FieldName {
    /// The fields that neither arguments nor middleware may set.
    static let ofTheRuntime: [HTTP.FieldName] = [.authorization, .dpop, .host]
}
