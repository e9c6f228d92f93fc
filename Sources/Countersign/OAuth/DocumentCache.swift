import CountersignHTTP
import CountersignJSON

/// A cache of documents that authorization servers publish, with one request for concurrent callers (single flight).
///
/// A document is cached for an hour, and a failure for a second. After a transient failure, an expired document is used for
/// another minute: a server whose discovery is down may still issue tokens.
final class DocumentCache<Document: Sendable>: Sendable {
    typealias Outcome = Result<Document, TokenError>

    private struct Entry {
        /// The newest document, which is kept after a transient failure.
        var document: Document?
        /// The result for callers, valid until `until`.
        var result: Outcome?
        var until = MonotonicInstant(nanoseconds: .min)
        var fetchedAt = MonotonicInstant(nanoseconds: .min)
        var isFetching = false
        var flight = SingleFlight<CheckedContinuation<Outcome, Never>>()
        /// The running fetch, for the spans of telemetry.
        var sharedFetch = SharedFetch()

        /// Returns the result for a caller without a fetch; nil if it has expired.
        func cached(at now: MonotonicInstant, noOlderThan age: Duration?) -> Outcome? {
            guard let result, now < until else { return nil }
            if let age, fetchedAt.advanced(by: age) <= now { return nil }
            return result
        }
    }

    private enum Step {
        case resume(Outcome)
        case fetch(SharedFetch)
        case wait(SharedFetch)
    }

    private struct State {
        var entries: [ByteKey: Entry] = [:]
        private var lastID: UInt64 = 0

        /// Returns an identifier for one waiter, which is unique among those of all entries.
        mutating func newID() -> UInt64 {
            lastID += 1
            return lastID
        }
    }

    private static var failureLifetime: Duration { .seconds(1) }

    private let state = Locked(State())
    private let clock: any RuntimeClock
    private let load: @Sendable (String) async throws(TokenError) -> Document

    init(clock: any RuntimeClock, load: @escaping @Sendable (String) async throws(TokenError) -> Document) {
        self.clock = clock
        self.load = load
    }

    /// Returns a document, fetching it if it is not cached.
    ///
    /// A caller that is cancelled leaves at once. The fetch continues for the others, and for the cache.
    ///
    /// - Parameter age: The maximum time since the document was fetched.
    nonisolated(nonsending) func document(
        _ name: String,
        noOlderThan age: Duration? = nil
    ) async throws(TokenError) -> Document {
        let key = ByteKey(name)
        let id = state.withLock { $0.newID() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = clock.now()
                let step: Step = state.withLock { state in
                    if state.entries[key] == nil, state.entries.count >= 1000 {
                        state.entries = state.entries.filter { $0.value.isFetching }
                    }
                    // In place, since a copy would include all waiters.
                    return { (entry: inout Entry) -> Step in
                        if let result = entry.cached(at: now, noOlderThan: age) { return .resume(result) }
                        // Checked under the lock: a later cancellation finds the registered waiter.
                        if Task.isCancelled { return .resume(.failure(Self.cancelled)) }
                        entry.flight.wait(continuation, id: id)
                        if entry.isFetching { return .wait(entry.sharedFetch) }
                        entry.isFetching = true
                        entry.sharedFetch = SharedFetch()
                        return .fetch(entry.sharedFetch)
                    }(&state.entries[key, default: Entry()])
                }
                switch step {
                case .resume(let result): continuation.resume(returning: result)
                case .wait(let sharedFetch): sharedFetch.join(TelemetryContext.current)
                case .fetch(let sharedFetch):
                    sharedFetch.join(TelemetryContext.current)
                    Task.detached { [self] in await sharedFetch.run { await fetch(name) } }
                }
            }
        } onCancel: {
            state.withLock { $0.entries[key]?.flight.leave(id) }?.resume(returning: .failure(Self.cancelled))
        }
        #if COUNTERSIGN_TSAN
        // ThreadSanitizer does not see the order of a resumption that happens before the suspension.
        state.withLock { _ in }
        #endif
        return try result.get()
    }

    private func fetch(_ name: String) async {
        let loaded: Outcome
        do throws(TokenError) {
            loaded = .success(try await load(name))
        } catch {
            var error = error
            // An earlier attempt would only receive the cached failure.
            if error.isTransient { error.retryAfter = max(error.retryAfter ?? .zero, Self.failureLifetime) }
            loaded = .failure(error)
        }
        let now = clock.now()
        let (result, waiters) = state.withLock { state in
            { (entry: inout Entry) in
                entry.isFetching = false
                entry.fetchedAt = now
                switch (loaded, entry.document) {
                case (.success(let document), _):
                    entry.document = document
                    entry.result = loaded
                    entry.until = now.advanced(by: .seconds(3600))
                case (.failure(let error), .some(let document)) where error.isTransient:
                    entry.result = .success(document)
                    entry.until = now.advanced(by: .seconds(60))
                case (.failure, _):
                    entry.document = nil
                    entry.result = loaded
                    entry.until = now.advanced(by: Self.failureLifetime)
                }
                return (entry.result ?? loaded, entry.flight.complete())
            }(&state.entries[ByteKey(name), default: Entry()])
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }

    private static var cancelled: TokenError { TokenError(.cancelled, "the task was cancelled") }
}
