/// Intercepts every call of a runtime's clients.
///
/// ```swift
/// struct RequestID: CallMiddleware {
///     func intercept(
///         _ request: HTTP.Request,
///         of operation: OperationMetadata,
///         next: Next
///     ) async throws -> HTTP.Response {
///         var request = request
///         request.fields["X-Request-ID"] = IdentifierSource.next()
///         let response = try await next(request)
///         print(operation, response.status)
///         return response
///     }
/// }
///
/// var configuration = CountersignRuntime.Configuration()
/// configuration.middleware = [RequestID()]
/// ```
///
/// Middleware runs once for a call, outside of token handling and retries. Tokens and proofs are attached after it, so it
/// sees no `Authorization` and no `DPoP` field and no API key. The response is that of the last attempt; ``Telemetry``
/// reports the others.
///
/// Middleware can change fields and body, respond without calling `next` (a cache), reject the call by throwing an error
/// (a circuit breaker), or call `next` more than once. The first middleware of a runtime is the outermost.
public protocol CallMiddleware: Sendable {
    /// The rest of the pipeline: the middleware inside of this one, then the runtime.
    ///
    /// The request must keep its method and its origin, and must not have the fields `Authorization`, `DPoP` and `Host`,
    /// which the runtime sets. Otherwise `next` throws an error of kind ``CallErrorKind/invalidRequest``, and nothing is
    /// sent.
    typealias Next =
        nonisolated(nonsending) @Sendable (HTTP.Request) async throws(CallError<Never>) -> HTTP.Response

    /// Makes a call, usually by passing it to `next`.
    ///
    /// - Parameters:
    ///   - request: The request, without authorization.
    ///   - operation: The operation that is called.
    ///   - next: The rest of the pipeline.
    /// - Returns: The response for the caller.
    /// - Throws: The error of `next`, which reaches the caller as it is, or any other error. The call then fails with
    ///   ``CallErrorKind/middleware``, and ``CallError/middlewareError`` is that error.
    nonisolated(nonsending) func intercept(
        _ request: HTTP.Request,
        of operation: OperationMetadata,
        next: Next
    ) async throws -> HTTP.Response
}
