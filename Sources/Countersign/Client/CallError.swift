/// What a call throws: one type for each client, whose `Problem` is the error body that its schema declares.
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
/// Its description says what happened and where; bodies, tokens and header values are never part of it, but
/// for the media type of a body that could not be read.
public struct CallError<Problem: Sendable>: Error, Sendable {
    public typealias Kind = CallErrorKind

    let failure: CallFailure

    /// The declared error body, where one came: ``kind`` is then ``CallErrorKind/problem``.
    public let problem: Problem?

    init(_ failure: CallFailure, problem: Problem? = nil) {
        self.failure = failure
        self.problem = problem
    }

    /// What kind of failure it was.
    public var kind: CallErrorKind { failure.kind }

    /// The client and the operation: `CatalogAPI.getItem`.
    public var operation: String { failure.operation }

    /// The response, where one came.
    ///
    /// Its body may hold what must not be logged.
    public var response: HTTP.Response? { failure.response }

    /// The status of the response, where one came.
    public var status: HTTP.Status? { failure.response?.status }

    /// Why no access token could be had: the reason of a call that was not made, or of a 401 that could not be answered.
    public var tokenError: TokenError? { failure.token }

    /// Why the response did not arrive.
    public var transportError: HTTP.TransportError? { failure.transport }

    /// What the API wants of the user's sign-in before it answers (RFC 9470), where that is why it refused.
    public var stepUpChallenge: StepUpChallenge? { failure.response.flatMap(StepUpChallenge.init) }

    /// What a ``CallMiddleware`` of the program threw.
    ///
    /// It is not part of ``description``, which names its type alone.
    public var middlewareError: (any Error)? { failure.middleware }

    /// Whether the API may have acted on the call although it failed.
    public var requestMayHaveBeenProcessed: Bool {
        failure.response != nil || failure.transport?.requestMayHaveBeenProcessed == true
    }
}

extension CallError: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { failure.description }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["kind": kind, "operation": operation]) }
}

/// What kind of failure a ``CallError`` is.
///
/// More kinds may come: end every `switch` with a `default`.
public struct CallErrorKind: Hashable, Sendable, CustomStringConvertible {
    private enum Code: String {
        case problem, unexpectedStatus, insufficientUserAuthentication, undecodableResponse, noToken, transport,
            timedOut
        case cancelled, invalidRequest, cursorLoop, foreignLink, notStubbed, middleware
    }

    private let code: Code

    /// The API answered with an error that the schema declares.
    public static let problem = CallErrorKind(code: .problem)
    /// The API answered with a status that the schema does not declare, or declares as an error with nothing in it.
    ///
    /// Redirects are not followed and end here.
    public static let unexpectedStatus = CallErrorKind(code: .unexpectedStatus)
    /// The API wants the user to have signed in otherwise, or lately (RFC 9470), and sent no error that the schema
    /// declares; see ``CallError/stepUpChallenge``.
    public static let insufficientUserAuthentication = CallErrorKind(code: .insufficientUserAuthentication)
    /// The API answered with a body that is not what the schema declares.
    public static let undecodableResponse = CallErrorKind(code: .undecodableResponse)
    /// No access token could be had: nothing was sent to the API.
    public static let noToken = CallErrorKind(code: .noToken)
    /// The request could not be sent, or the connection broke before the answer was complete.
    public static let transport = CallErrorKind(code: .transport)
    /// The call's time was up.
    public static let timedOut = CallErrorKind(code: .timedOut)
    /// The task was cancelled.
    public static let cancelled = CallErrorKind(code: .cancelled)
    /// The arguments, or the client's configuration, make no request that may be sent.
    public static let invalidRequest = CallErrorKind(code: .invalidRequest)
    /// A server gave a cursor that it had given before: following it would never end.
    public static let cursorLoop = CallErrorKind(code: .cursorLoop)

    /// The link to the next page leads to another origin: nothing was sent there.
    public static let foreignLink = CallErrorKind(code: .foreignLink)
    /// The client is a stub that has no answer for the operation.
    public static let notStubbed = CallErrorKind(code: .notStubbed)

    /// A middleware of the program's ended the call; see ``CallError/middlewareError``.
    public static let middleware = CallErrorKind(code: .middleware)

    /// The kind's name: a fixed word, fit for a metric's label.
    public var description: String { code.rawValue }
}

/// What a ``CallError`` is made of, whatever its problem type.
struct CallFailure: Error {
    // One object, so that the error stays a word wide on the path of calls that succeed.
    private final class Storage: Sendable {
        let kind: CallErrorKind
        let operation: String
        let reason: String
        let response: HTTP.Response?
        let token: TokenError?
        let transport: HTTP.TransportError?
        let middleware: (any Error)?

        init(
            _ kind: CallErrorKind,
            _ operation: String,
            _ reason: String,
            _ response: HTTP.Response?,
            _ token: TokenError?,
            _ transport: HTTP.TransportError?,
            _ middleware: (any Error)?
        ) {
            self.kind = kind
            self.operation = operation
            self.reason = reason
            self.response = response
            self.token = token
            self.transport = transport
            self.middleware = middleware
        }
    }

    private let storage: Storage

    init(
        _ kind: CallErrorKind,
        in operation: String,
        _ reason: String,
        response: HTTP.Response? = nil,
        token: TokenError? = nil,
        transport: HTTP.TransportError? = nil,
        middleware: (any Error)? = nil
    ) {
        storage = Storage(kind, operation, reason, response, token, transport, middleware)
    }

    var kind: CallErrorKind { storage.kind }
    var operation: String { storage.operation }
    var response: HTTP.Response? { storage.response }
    var token: TokenError? { storage.token }
    var transport: HTTP.TransportError? { storage.transport }
    var middleware: (any Error)? { storage.middleware }

    var description: String {
        var text = "\(storage.operation) failed (\(storage.kind)): \(storage.reason)"
        if let status = storage.response?.status { text += " (status \(status.rawValue))" }
        if let token = storage.token { text += "; \(token)" }
        return text
    }
}

extension CallFailure {
    /// No token: what the caller of an API sees of it.
    init(_ error: TokenError, in operation: String) {
        switch error.kind {
        case .cancelled: self.init(.cancelled, in: operation, "the task was cancelled while it waited for a token")
        case .timedOut: self.init(.timedOut, in: operation, "no token came in time; nothing was sent", token: error)
        case .configuration: self.init(.invalidRequest, in: operation, "nothing was sent", token: error)
        default: self.init(.noToken, in: operation, "nothing was sent", token: error)
        }
    }

    /// No response.
    init(_ error: HTTP.TransportError, in operation: String) {
        switch error.kind {
        case .cancelled: self.init(.cancelled, in: operation, "the task was cancelled", transport: error)
        case .timedOut: self.init(.timedOut, in: operation, "the API did not answer in time", transport: error)
        case .refused: self.init(.invalidRequest, in: operation, error.description, transport: error)
        default: self.init(.transport, in: operation, error.description, transport: error)
        }
    }
}
