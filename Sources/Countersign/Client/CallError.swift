/// The error of a call.
///
/// Each client has its own type, whose `Problem` is the error body that its schema declares.
///
/// ```swift
/// do {
///     _ = try await catalog.createItem(name: "Saw", price: price)
/// } catch {                                   // error is CatalogAPI.Failure
///     switch error.problem?.code {
///     case .outOfStock: showOutOfStock()
///     default: throw error
///     }
/// }
/// ```
///
/// Code that serves several clients catches ``CallErrorProtocol`` instead.
///
/// The description is meant for logs. It names the operation, the server and the status, has a short excerpt of the
/// server's error message, and contains no token, key, password or proof.
public struct CallError<Problem: Sendable>: CallErrorProtocol {
    /// The kinds of call errors.
    ///
    /// The type stands outside of `CallError`, since all clients share it and a generic type has its own nested types for
    /// each parameter.
    public typealias Kind = CallErrorKind

    /// The contents, in an object: a small error type keeps calls fast that do not throw.
    ///
    /// The class is not generic. Swift 6.3 reads garbage in debug builds from an async typed throw of a generic error whose
    /// only property is an object of a generic class.
    let details: CallErrorDetails

    init(_ details: CallErrorDetails) {
        self.details = details
    }

    /// The declared error body, if one was received.
    ///
    /// The ``kind`` is then ``CallErrorKind/problem``.
    public var problem: Problem? { details.problem as? Problem }
    public var kind: CallErrorKind { details.kind }
    public var message: String { details.message }
    public var operation: OperationMetadata { details.context.operation }
    public var response: HTTP.Response? { details.response }
    public var tokenError: TokenError? { details.tokenError }
    public var transportError: HTTP.TransportError? { details.transportError }
    public var middlewareError: (any Error)? { details.middlewareError }
}

extension CallError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { details.description }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["kind": kind, "operation": operation]) }
}

extension CallError {
    init(
        _ kind: CallErrorKind,
        in context: CallContext,
        _ message: String,
        problem: Problem? = nil,
        response: HTTP.Response? = nil,
        tokenError: TokenError? = nil,
        transportError: HTTP.TransportError? = nil,
        middlewareError: (any Error)? = nil
    ) {
        details = CallErrorDetails(
            kind: kind,
            context: context,
            message: message,
            problem: problem,
            response: response,
            tokenError: tokenError,
            transportError: transportError,
            middlewareError: middlewareError
        )
    }

    /// Creates the error of a call that got no token.
    init(_ error: TokenError, in context: CallContext) {
        let (kind, message): (CallErrorKind, String) =
            switch error.kind {
            case .cancelled: (.cancelled, "the task was cancelled while it waited for a token")
            case .timedOut: (.timedOut, "no token was received in time; nothing was sent")
            case .configuration: (.invalidRequest, "nothing was sent")
            default: (.noToken, "nothing was sent")
            }
        self.init(kind, in: context, message, tokenError: error.kind == .cancelled ? nil : error)
    }

    /// Creates the error of a call that got no response.
    init(_ error: HTTP.TransportError, in context: CallContext) {
        let (kind, message): (CallErrorKind, String) =
            switch error.kind {
            case .cancelled: (.cancelled, "the task was cancelled")
            case .timedOut: (.timedOut, "the API did not respond in time")
            case .invalidRequest: (.invalidRequest, error.description)
            default: (.transport, error.description)
            }
        self.init(kind, in: context, message, transportError: error)
    }
}

/// The contents of a call error.
final class CallErrorDetails: Sendable {
    let kind: CallErrorKind
    let context: CallContext
    let message: String
    /// The declared error body, of the problem type of the error.
    let problem: (any Sendable)?
    let response: HTTP.Response?
    let tokenError: TokenError?
    let transportError: HTTP.TransportError?
    let middlewareError: (any Error)?

    init(
        kind: CallErrorKind,
        context: CallContext,
        message: String,
        problem: (any Sendable)?,
        response: HTTP.Response?,
        tokenError: TokenError?,
        transportError: HTTP.TransportError?,
        middlewareError: (any Error)?
    ) {
        self.kind = kind
        self.context = context
        self.message = message
        self.problem = problem
        self.response = response
        self.tokenError = tokenError
        self.transportError = transportError
        self.middlewareError = middlewareError
    }
}
