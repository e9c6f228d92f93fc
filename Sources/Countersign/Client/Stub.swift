/// The closures of a generated client that answers its calls itself.
@_spi(Generated)
public final class StubAnswers<Stub: Sendable>: Sendable {
    public let stub: Stub

    public init(_ stub: Stub) {
        self.stub = stub
    }
}

@_spi(Generated) extension APIClient {
    /// The closure that answers an operation.
    ///
    /// - Throws: ``CallErrorKind/notStubbed`` where there is none.
    public func stubbed<Success, Problem, Answer>(
        _ operation: APIOperation<Success, Problem>,
        _ answer: Answer?
    ) throws(CallError<Problem>) -> Answer {
        options?.recorder?.record(ResponseHead(status: 200))
        if let answer { return answer }
        let failure = CallFailure(
            .notStubbed,
            in: "\(core.name).\(operation.name)",
            "the stub has no closure for this operation"
        )
        UnstubbedCalls.report(failure.description)
        throw CallError(failure)
    }
}

@_spi(Generated) extension Pages {
    /// Pages that a closure gives, all at once.
    public func stubbed<Answer: Sendable>(
        _ answer: Answer?,
        _ call: @escaping @Sendable (Answer) async throws(CallError<Problem>) -> [Output]
    ) -> Pages {
        var pages = self
        pages.stub = { [client, operation = request.operation] () async throws(CallError<Problem>) in
            try await call(client.stubbed(operation, answer))
        }
        return pages
    }
}

extension CallError {
    /// A declared error, for stubs to throw.
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
        self.init(
            CallFailure(.problem, in: "stub", "the stub answered with an error", response: response),
            problem: problem
        )
    }

    /// A failure without a declared error, for stubs to throw.
    ///
    /// - Parameters:
    ///   - kind: What went wrong.
    ///   - status: The status of the response, where one is meant to have come.
    public init(kind: CallErrorKind, status: HTTP.Status? = nil) {
        let response = status.map { HTTP.Response(status: $0) }
        self.init(CallFailure(kind, in: "stub", "the stub says so", response: response))
    }
}

/// The calls of stubs that have no closure for them.
@_spi(Testing)
public enum UnstubbedCalls {
    private static let handler = Locked<(@Sendable (String) -> Void)?>(nil)

    /// Has a closure called with a description of every such call from now on, in the task that made it.
    public static func setHandler(_ handler: (@Sendable (String) -> Void)?) {
        self.handler.withLock { $0 = handler }
    }

    static func report(_ description: String) {
        handler.withLock { $0 }?(description)
    }
}
