/// The closures of a generated client whose calls are stubbed.
@_spi(Generated)
public final class StubHandlers<Stub: Sendable>: Sendable {
    public let stub: Stub

    public init(_ stub: Stub) {
        self.stub = stub
    }
}

@_spi(Generated) extension APIClient {
    /// Returns the closure of an operation.
    ///
    /// - Throws: A ``CallError`` of kind ``CallErrorKind/notStubbed`` if there is none.
    public func stubbed<Success, Problem, Handler>(
        _ operation: APIOperation<Success, Problem>,
        _ handler: Handler?
    ) throws(CallError<Problem>) -> Handler {
        options?.recorder?.record(ResponseHead(status: 200))
        if let handler { return handler }
        let context = CallContext(operation: operation.metadata(of: configuration.name))
        let error = CallError<Problem>(.notStubbed, in: context, "the stub has no closure for this operation")
        UnstubbedCalls.report(error.description)
        throw error
    }
}

@_spi(Generated) extension Pages {
    /// Returns the pages of a closure that returns all of them at once.
    public func stubbed<Handler: Sendable>(
        _ handler: Handler?,
        _ call: @escaping @Sendable (Handler) async throws(CallError<Problem>) -> [Output]
    ) -> Pages {
        var pages = self
        pages.stub = { [client, operation = request.operation] () async throws(CallError<Problem>) in
            try await call(client.stubbed(operation, handler))
        }
        return pages
    }
}

extension CallError {
    /// Creates a declared error for the closure of a stub to throw.
    ///
    /// ```swift
    /// let catalog = CatalogAPI.stub {
    ///     $0.getItem = { id throws(CatalogAPI.Failure) in
    ///         throw CatalogAPI.Failure(problem: .init(code: .notFound), status: 404)
    ///     }
    /// }
    /// ```
    public init(problem: Problem, status: HTTP.Status) {
        let response = HTTP.Response(status: status)
        self.init(.problem, in: .stub, "the stub responded with an error", problem: problem, response: response)
    }

    /// Creates an error without a declared body for the closure of a stub to throw.
    ///
    /// - Parameters:
    ///   - kind: The kind of the failure.
    ///   - status: The status of the response; nil for a failure without a response.
    public init(kind: CallErrorKind, status: HTTP.Status? = nil) {
        let response = status.map { HTTP.Response(status: $0) }
        self.init(kind, in: .stub, "the stub failed", response: response)
    }
}

extension CallContext {
    /// The context of errors that the closures of stubs throw: they do not know their operation.
    fileprivate static let stub = CallContext(
        operation: OperationMetadata(client: "stub", name: "closure", method: .get, pathTemplate: nil)
    )
}

/// The calls of stubs that have no closure for them.
@_spi(Testing)
public enum UnstubbedCalls {
    private static let handler = Locked<(@Sendable (String) -> Void)?>(nil)

    /// Sets the closure that is called with a description of each such call, in the task of the call.
    public static func setHandler(_ handler: (@Sendable (String) -> Void)?) {
        self.handler.withLock { $0 = handler }
    }

    static func report(_ description: String) {
        handler.withLock { $0 }?(description)
    }
}
