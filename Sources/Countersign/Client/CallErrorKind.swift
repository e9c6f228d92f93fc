/// The kind of a ``CallError``: its ``CallError/Kind``, which all clients share.
///
/// Later versions may add kinds. End each `switch` with a `default`.
public struct CallErrorKind: Hashable, Sendable, CustomStringConvertible {
    private enum Code: String {
        case problem, unexpectedStatus, insufficientUserAuthentication, undecodableResponse, noToken, transport,
            timedOut
        case cancelled, invalidRequest, cursorLoop, foreignLink, notStubbed, middleware
    }

    private let code: Code

    /// The API responded with an error that the schema declares.
    public static let problem = CallErrorKind(code: .problem)
    /// The API responded with a status that the schema does not declare, or declares as an error without a body.
    ///
    /// This includes redirects, which are not followed.
    public static let unexpectedStatus = CallErrorKind(code: .unexpectedStatus)
    /// The API requires a stronger or a more recent sign-in of the user (RFC 9470), and sent no error that the schema
    /// declares.
    ///
    /// See ``CallErrorProtocol/stepUpChallenge``.
    public static let insufficientUserAuthentication = CallErrorKind(code: .insufficientUserAuthentication)
    /// The API responded with a body or a header field that does not match the schema.
    public static let undecodableResponse = CallErrorKind(code: .undecodableResponse)
    /// No access token was obtained, and nothing was sent to the API.
    ///
    /// See ``CallError/tokenError``.
    public static let noToken = CallErrorKind(code: .noToken)
    /// The connection failed, or broke before the response was complete.
    ///
    /// See ``CallError/transportError``.
    public static let transport = CallErrorKind(code: .transport)
    /// The call exceeded its timeout.
    public static let timedOut = CallErrorKind(code: .timedOut)
    /// The task was cancelled.
    public static let cancelled = CallErrorKind(code: .cancelled)
    /// The arguments or the configuration of the client are invalid, and nothing was sent.
    public static let invalidRequest = CallErrorKind(code: .invalidRequest)
    /// The server returned the same page cursor twice.
    ///
    /// Following it would never end.
    public static let cursorLoop = CallErrorKind(code: .cursorLoop)
    /// The link to the next page leads to another origin.
    ///
    /// Nothing was sent there.
    public static let foreignLink = CallErrorKind(code: .foreignLink)
    /// The client is a stub without a closure for the operation.
    public static let notStubbed = CallErrorKind(code: .notStubbed)

    /// A ``CallMiddleware`` ended the call with an error of its own.
    ///
    /// See ``CallError/middlewareError``.
    public static let middleware = CallErrorKind(code: .middleware)

    /// The name of the kind: a fixed word, suitable as a metric label.
    public var description: String { code.rawValue }
}
