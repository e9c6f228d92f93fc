public import CountersignHTTP

/// A transport that answers what a test wrote down, and keeps what it was asked.
///
/// ```swift
/// let transport = ScriptedTransport(
///     .response(.json(#"{"id": "it_1"}"#)),
///     .failure(.connect)
/// )
/// ```
///
/// Each request takes the next answer. A request for which none is left fails with reason
/// `refused` and is kept in ``unexpectedRequests``: let a test end with
/// `#expect(transport.unexpectedRequests.isEmpty)` and `#expect(transport.remainingAnswers == 0)`.
public final class ScriptedTransport: HTTP.Transport {
    /// An answer of the script.
    public struct Response: Sendable {
        fileprivate var gate: AsyncGate?
        fileprivate let content: @Sendable (HTTP.Request) async -> Result<HTTP.Response, HTTP.TransportError>

        /// A response.
        public static func response(_ response: HTTP.Response) -> Response {
            Response { _ in .success(response) }
        }

        /// No response.
        public static func failure(_ error: HTTP.TransportError) -> Response {
            Response { _ in .failure(error) }
        }

        /// No response, for this reason: `.failure(.timedOut)`.
        ///
        /// Whether the server may have acted follows from it, as in ``Fault/transportError(_:message:)``.
        public static func failure(_ kind: HTTP.TransportError.Kind, message: String = "") -> Response {
            .failure(HTTP.TransportError(kind, message: message))
        }

        /// What the closure makes of the request.
        public static func computed(
            _ answer: @escaping @Sendable (HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
        ) -> Response {
            Response { request in
                do throws(HTTP.TransportError) {
                    return .success(try await answer(request))
                } catch {
                    return .failure(error)
                }
            }
        }

        /// The same answer, once the gate is open.
        public func held(by gate: AsyncGate) -> Response {
            var answer = self
            answer.gate = gate
            return answer
        }

        private init(_ content: @escaping @Sendable (HTTP.Request) async -> Result<HTTP.Response, HTTP.TransportError>) {
            self.content = content
        }
    }

    private struct State {
        var script: ArraySlice<Response>
        var otherwise: Response?
        var requests: [HTTP.Request] = []
        var unexpected: [HTTP.Request] = []
    }

    private let state: Locked<State>
    private let arrivals = Tally()

    /// A transport that gives these answers, in this order.
    public init(_ answers: Response...) {
        state = Locked(State(script: answers[...]))
    }

    /// A transport that gives the same answer to everything that the queue has none for.
    public init(otherwise answer: Response) {
        state = Locked(State(script: [], otherwise: answer))
    }

    /// Appends answers to the script.
    public func enqueue(_ answers: Response...) {
        state.withLock { $0.script += answers }
    }

    /// Every request, in the order in which they came.
    public var requests: [HTTP.Request] { state.withLock { $0.requests } }

    /// The requests for which the script had no answer.
    public var unexpectedRequests: [HTTP.Request] { state.withLock { $0.unexpected } }

    /// How many answers of the script have not been asked for.
    public var remainingAnswers: Int { state.withLock { $0.script.count } }

    /// Returns as soon as at least `count` requests have come, or the calling task is cancelled.
    public nonisolated(nonsending) func waitForRequests(_ count: Int) async {
        await arrivals.wait(for: count)
    }

    public nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response {
        if Task.isCancelled { throw .cancelled(afterSending: false) }
        let answer = state.withLock { state in
            state.requests.append(request)
            let answer = state.script.popFirst() ?? state.otherwise
            if answer == nil { state.unexpected.append(request) }
            return answer
        }
        arrivals.add(1)
        guard let answer else {
            throw HTTP.TransportError(kind: .refused,
                message: "the script has no answer for \(request.method) \(request.url)",
                requestMayHaveBeenProcessed: false
            )
        }
        do {
            try await answer.gate?.pass()
        } catch {
            throw .cancelled(afterSending: true)
        }
        let result = await answer.content(request)
        if Task.isCancelled { throw .cancelled(afterSending: true) }
        return try result.get()
    }
}

extension HTTP.TransportError {
    /// What a client knows of a failure for this reason: the server may have acted, unless no request goes out before it.
    init(_ kind: Kind, message: String) {
        let isEarly = [.nameResolution, .connect, .tls, .refused].contains(kind)
        self.init(kind: kind, message: message, requestMayHaveBeenProcessed: !isEarly)
    }

    static func cancelled(afterSending: Bool) -> HTTP.TransportError {
        HTTP.TransportError(kind: .cancelled, message: "", requestMayHaveBeenProcessed: afterSending)
    }
}
