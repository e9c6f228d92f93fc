/// A request and the task that waits for its response.
///
/// The task is resumed exactly once: by the outcome or by cancellation, whichever comes first.
final class CurlExchange: Sendable {
    typealias Outcome = Result<RawResponse, HTTP.TransportError>

    /// A response as collected by the loop; the waiting task parses its head.
    struct RawResponse: Sendable {
        var status: Int
        var head: [UInt8]
        var body: [UInt8]
    }

    private enum State: Sendable {
        /// The task is not waiting yet.
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
        // The cap keeps the addition from overflowing.
        deadline = .now + max(.zero, min(timeout, .seconds(1_000_000_000)))

        self.request = request
        self.maximumResponseBytes = maximumResponseBytes
    }

    /// Stores the continuation of the task; returns false if the task is already cancelled and was resumed.
    func wait(_ continuation: CheckedContinuation<Outcome, Never>) -> Bool {
        let isCancelled = state.withLock { state in
            guard case .new = state else { return true }
            state = .waiting(continuation, isOnWire: false)
            return false
        }
        if isCancelled { continuation.resume(returning: .failure(.cancelled(isOnWire: false))) }
        return !isCancelled
    }

    /// True once the task has been resumed.
    var isFinished: Bool {
        state.withLock { state in
            if case .finished = state { true } else { false }
        }
    }

    /// Records that bytes may be sent from now on; returns false if the task no longer waits, and nothing may be sent.
    func goOnWire() -> Bool {
        state.withLock { state in
            guard case .waiting(let continuation, _) = state else { return false }
            state = .waiting(continuation, isOnWire: true)
            return true
        }
    }

    /// Resumes the task with a cancellation error; returns true if the loop may hold the request.
    func cancel() -> Bool {
        let waiting = finish()
        waiting?.continuation.resume(returning: .failure(.cancelled(isOnWire: waiting?.isOnWire ?? false)))
        return waiting != nil
    }

    /// Resumes the task, unless that has happened already.
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
        HTTP.TransportError(
            kind: .cancelled,
            message: "the task was cancelled",
            requestMayHaveBeenProcessed: isOnWire
        )
    }

    static func invalidRequest(_ message: String) -> HTTP.TransportError {
        HTTP.TransportError(kind: .invalidRequest, message: message, requestMayHaveBeenProcessed: false)
    }
}
