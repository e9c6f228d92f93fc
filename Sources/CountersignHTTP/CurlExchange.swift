/// One request and the task that waits for its answer.
///
/// The task is resumed exactly once: by the answer, or by its cancellation, whichever comes first.
final class CurlExchange: Sendable {
    typealias Outcome = Result<Answer, HTTP.TransportError>

    /// What the loop has collected: bytes that the waiting task makes a response of.
    struct Answer: Sendable {
        var status: Int
        var head: [UInt8]
        var body: [UInt8]
    }

    private enum State: Sendable {
        /// The task does not wait yet.
        case new
        /// `isOnWire` is set just before the first byte can be sent.
        case waiting(CheckedContinuation<Outcome, Never>, isOnWire: Bool)
        case finished
    }

    let request: CurlRequest
    let maximumResponseBytes: Int
    let deadline: ContinuousClock.Instant
    private let state = Locked(State.new)

    init(_ request: consuming CurlRequest, maximumResponseBytes: Int, timeout: Duration) {
        // An instant so far away that it does not overflow is far enough.
        deadline = .now + max(.zero, min(timeout, .seconds(1_000_000_000)))

        self.request = request
        self.maximumResponseBytes = maximumResponseBytes
    }

    /// Takes the continuation of the task; `false` when the task was cancelled already and has been resumed.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let isCancelled = state.withLock { state in
            guard case .new = state else { return true }
            state = .waiting(continuation, isOnWire: false)
            return false
        }
        if isCancelled { continuation.resume(returning: .failure(.cancelled(isOnWire: false))) }
        return !isCancelled
    }

    /// Whether nobody waits any more.
    var isFinished: Bool {
        state.withLock { state in
            if case .finished = state { true } else { false }
        }
    }

    /// Notes that bytes may now be sent; `false` when nobody waits any more, and none may.
    func goOnWire() -> Bool {
        state.withLock { state in
            guard case .waiting(let continuation, _) = state else { return false }
            state = .waiting(continuation, isOnWire: true)
            return true
        }
    }

    /// Resumes the task at once; `true` when the loop may hold the request.
    func cancel() -> Bool {
        let waiting = finish()
        waiting?.continuation.resume(returning: .failure(.cancelled(isOnWire: waiting?.isOnWire ?? false)))
        return waiting != nil
    }

    /// Resumes the task, unless it has been.
    func finish(_ outcome: Outcome) {
        finish()?.continuation.resume(returning: outcome)
    }

    private func finish() -> (continuation: CheckedContinuation<Outcome, Never>, isOnWire: Bool)? {
        state.withLock { state in
            defer { state = .finished }
            guard case .waiting(let continuation, let isOnWire) = state else { return nil }
            return (continuation, isOnWire)
        }
    }
}

extension HTTP.TransportError {
    fileprivate static func cancelled(isOnWire: Bool) -> HTTP.TransportError {
        HTTP.TransportError(kind: .cancelled,
            message: "the task was cancelled",
            requestMayHaveBeenProcessed: isOnWire
        )
    }

    static func refused(_ message: String) -> HTTP.TransportError {
        HTTP.TransportError(kind: .refused, message: message, requestMayHaveBeenProcessed: false)
    }
}
