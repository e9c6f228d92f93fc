/// The common interface of the errors of all clients, independent of the problem types of their schemas.
///
/// Use it where one place handles the errors of several clients, for example in the error middleware of a web service:
///
/// ```swift
/// do {
///     return try await handler(request)
/// } catch let error as any CallErrorProtocol {
///     logger.error("\(error)", metadata: ["operation": "\(error.operation)", "kind": "\(error.kind)"])
///     return error.kind == .timedOut ? .gatewayTimeout : .badGateway
/// }
/// ```
///
/// ``CallError`` is the only type that conforms to it.
public protocol CallErrorProtocol: Error, Sendable, CustomStringConvertible {
    /// The kind of the failure.
    var kind: CallErrorKind { get }

    /// The reason of the failure, without operation, server and status. It contains no secrets.
    var message: String { get }

    /// The operation that was called. Its description is `CatalogAPI.getItem`.
    var operation: OperationMetadata { get }

    /// The response, if one was received.
    ///
    /// Its body and its fields may contain data that must not be logged.
    var response: HTTP.Response? { get }

    /// The reason why no access token was obtained, before the first attempt or after the API had rejected one.
    var tokenError: TokenError? { get }

    /// The reason why no response was received.
    var transportError: HTTP.TransportError? { get }

    /// The error that a ``CallMiddleware`` has thrown.
    ///
    /// The description of the call error names only its type.
    var middlewareError: (any Error)? { get }
}

extension CallErrorProtocol {
    /// The status of the response, if one was received.
    public var status: HTTP.Status? { response?.status }

    /// The demands of the API on the user's sign-in (RFC 9470), if that is why it rejected the call.
    public var stepUpChallenge: StepUpChallenge? { response.flatMap(StepUpChallenge.init) }

    /// True if the API may have acted on the call although it failed.
    public var requestMayHaveBeenProcessed: Bool {
        response != nil || transportError?.requestMayHaveBeenProcessed == true
    }
}
