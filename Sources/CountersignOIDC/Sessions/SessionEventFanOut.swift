import CountersignHTTP

/// Sends the events of a session to the program's callback and to all streams.
final class SessionEventFanOut: Sendable {
    private struct State {
        var streams: [Int: AsyncStream<SessionEvent>.Continuation] = [:]
        var lastID = 0
        var isFinished = false
    }

    private let session: String
    private let onEvent: (@Sendable (SessionEvent) -> Void)?
    private let state = Locked(State())

    /// The number of events that a stream keeps for a slow reader.
    ///
    /// The oldest are dropped.
    private static let bufferSize = 100

    /// - Parameters:
    ///   - session: The session's log ID.
    ///   - onEvent: The program's callback.
    init(session: String, onEvent: (@Sendable (SessionEvent) -> Void)?) {
        self.session = session
        self.onEvent = onEvent
    }

    deinit {
        state.withLock { state in for stream in state.streams.values { stream.finish() } }
    }

    /// Returns a stream of all later events.
    func stream() -> AsyncStream<SessionEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(Self.bufferSize)) { continuation in
            let id: Int? = state.withLock { state in
                guard !state.isFinished else { return nil }
                state.lastID += 1
                state.streams[state.lastID] = continuation
                return state.lastID
            }
            guard let id else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.streams.removeValue(forKey: id) }
            }
        }
    }

    func send(_ kind: SessionEvent.Kind, reason: String = "") {
        let event = SessionEvent(session: session, kind, reason: reason)
        onEvent?(event)
        let streams = state.withLock { Array($0.streams.values) }
        for stream in streams { stream.yield(event) }
    }

    /// Sends the last event, and finishes all streams.
    func finish(with kind: SessionEvent.Kind) {
        send(kind)
        let streams = state.withLock { state in
            state.isFinished = true
            return Array(state.streams.values)
        }
        for stream in streams { stream.finish() }
    }
}
