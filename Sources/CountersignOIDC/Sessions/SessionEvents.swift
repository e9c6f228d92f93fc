import CountersignHTTP

/// Those who are told what happens to a session.
final class SessionEvents: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<SessionEvent>.Continuation] = [:]
        var count = 0
        var isFinished = false
    }

    private let session: String
    private let state = Locked(State())
    private let callback: (@Sendable (SessionEvent) -> Void)?

    /// How many events a listener may be behind before it misses the oldest.
    private static let patience = 100

    /// - Parameters:
    ///   - session: The session's fingerprint.
    ///   - callback: Who is told besides.
    init(of session: String, _ callback: (@Sendable (SessionEvent) -> Void)?) {
        self.session = session
        self.callback = callback
    }

    deinit {
        state.withLock { state in for listener in state.listeners.values { listener.finish() } }
    }

    /// What happens from now on.
    func stream() -> AsyncStream<SessionEvent> {
        AsyncStream(bufferingPolicy: .bufferingNewest(Self.patience)) { continuation in
            let id: Int? = state.withLock { state in
                guard !state.isFinished else { return nil }
                state.count += 1
                state.listeners[state.count] = continuation
                return state.count
            }
            guard let id else { return continuation.finish() }
            continuation.onTermination = { [weak self] _ in
                _ = self?.state.withLock { $0.listeners.removeValue(forKey: id) }
            }
        }
    }

    func tell(_ kind: SessionEvent.Kind, _ reason: String = "") {
        let event = SessionEvent(of: session, kind, reason)
        callback?(event)
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(event) }
    }

    /// Tells of the last event that there is.
    func finish(with kind: SessionEvent.Kind) {
        tell(kind)
        let listeners = state.withLock { state in
            state.isFinished = true
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }
}
