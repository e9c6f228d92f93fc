public import CountersignHTTP

/// A transport that sends scripted responses and records the requests.
///
/// ```swift
/// let transport = ScriptedTransport(
///     .response(.json(#"{"id": "it_1"}"#)),
///     .failure(.connect)
/// )
/// ```
///
/// Each request takes the next response of the script. If none is left, the request fails with an error of kind
/// `invalidRequest` and is recorded in ``unexpectedRequests``. End a test with
/// `#expect(transport.unexpectedRequests.isEmpty)` and `#expect(transport.remainingResponses == 0)`.
public final class ScriptedTransport: HTTP.Transport {
    /// A response of the script, or a failure.
    public struct Response: Sendable {
        fileprivate var gate: AsyncGate?
        fileprivate let content: @Sendable (HTTP.Request) async -> Result<HTTP.Response, HTTP.TransportError>

        /// Responds with this response.
        public static func response(_ response: HTTP.Response) -> Response {
            Response { _ in .success(response) }
        }

        /// Fails with a transport error.
        public static func failure(_ error: HTTP.TransportError) -> Response {
            Response { _ in .failure(error) }
        }

        /// Fails with a transport error of this kind, as in `.failure(.timedOut)`.
        ///
        /// The kind determines `requestMayHaveBeenProcessed`, as in ``Fault/transportError(_:message:)``.
        public static func failure(_ kind: HTTP.TransportError.Kind, message: String = "") -> Response {
            .failure(HTTP.TransportError(kind, message: message))
        }

        /// Responds with the result of a closure.
        public static func computed(
            _ respond: @escaping @Sendable (HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
        ) -> Response {
            Response { request in
                do throws(HTTP.TransportError) {
                    return .success(try await respond(request))
                } catch {
                    return .failure(error)
                }
            }
        }

        /// Returns the same response, delayed until the gate is open.
        public func held(by gate: AsyncGate) -> Response {
            var held = self
            held.gate = gate
            return held
        }

        private init(_ content: @escaping @Sendable (HTTP.Request) async -> Result<HTTP.Response, HTTP.TransportError>)
        {
            self.content = content
        }
    }

    private struct State {
        var script: ArraySlice<Response>
        var fallback: Response?
        var requests: [HTTP.Request] = []
        var unexpected: [HTTP.Request] = []
    }

    private let state: Locked<State>
    private let arrivals = AsyncCounter()

    /// Creates a transport with a script of responses, in order.
    public init(_ responses: Response...) {
        state = Locked(State(script: responses[...]))
    }

    /// Creates a transport that responds to every request in the same way, except for responses that are enqueued later.
    public init(otherwise response: Response) {
        state = Locked(State(script: [], fallback: response))
    }

    /// Appends responses to the script.
    public func enqueue(_ responses: Response...) {
        state.withLock { $0.script += responses }
    }

    /// All requests, in the order in which they arrived.
    public var requests: [HTTP.Request] { state.withLock { $0.requests } }

    /// The requests for which the script had no response.
    public var unexpectedRequests: [HTTP.Request] { state.withLock { $0.unexpected } }

    /// The number of responses of the script that were not used yet.
    public var remainingResponses: Int { state.withLock { $0.script.count } }

    /// Returns as soon as at least `count` requests have arrived, or the calling task is cancelled.
    public nonisolated(nonsending) func waitForRequests(_ count: Int) async {
        await arrivals.wait(for: count)
    }

    public nonisolated(nonsending) func send(_ request: HTTP.Request) async throws(HTTP.TransportError) -> HTTP.Response
    {
        if Task.isCancelled { throw .cancelled(afterSending: false) }
        let response = state.withLock { state in
            state.requests.append(request)
            let response = state.script.popFirst() ?? state.fallback
            if response == nil { state.unexpected.append(request) }
            return response
        }
        arrivals.add(1)
        guard let response else {
            throw HTTP.TransportError(
                kind: .invalidRequest,
                message: "the script has no response for \(request.method) \(request.url)",
                requestMayHaveBeenProcessed: false
            )
        }
        do {
            try await response.gate?.pass()
        } catch {
            throw .cancelled(afterSending: true)
        }
        let result = await response.content(request)
        if Task.isCancelled { throw .cancelled(afterSending: true) }
        return try result.get()
    }
}

extension HTTP.TransportError {
    /// Creates an error whose kind determines whether the server may have processed the request.
    init(_ kind: Kind, message: String) {
        let isEarly = [.nameResolution, .connect, .tls, .invalidRequest].contains(kind)
        self.init(kind: kind, message: message, requestMayHaveBeenProcessed: !isEarly)
    }

    static func cancelled(afterSending: Bool) -> HTTP.TransportError {
        HTTP.TransportError(kind: .cancelled, message: "", requestMayHaveBeenProcessed: afterSending)
    }
}
