import CountersignHTTP

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

    private let entries = Locked<[String: Entry]>([:])
    private let clock: any RuntimeClock
    private let load: @Sendable (String) async throws(TokenError) -> Document

    init(clock: any RuntimeClock, load: @escaping @Sendable (String) async throws(TokenError) -> Document) {
        self.clock = clock
        self.load = load
    }

    /// Returns a document, fetching it if it is not cached.
    ///
    /// - Parameter age: The maximum time since the document was fetched.
    nonisolated(nonsending) func document(
        _ name: String,
        noOlderThan age: Duration? = nil
    ) async throws(TokenError) -> Document {
        let result = await withCheckedContinuation { continuation in
            let now = clock.now()
            let step: Step = entries.withLock { entries in
                if entries[name] == nil, entries.count >= 1000 {
                    entries = entries.filter { $0.value.isFetching }
                }
                // In place, since a copy would include all waiters.
                return { (entry: inout Entry) -> Step in
                    if let result = entry.cached(at: now, noOlderThan: age) { return .resume(result) }
                    entry.flight.wait(continuation)
                    if entry.isFetching { return .wait(entry.sharedFetch) }
                    entry.isFetching = true
                    entry.sharedFetch = SharedFetch()
                    return .fetch(entry.sharedFetch)
                }(&entries[name, default: Entry()])
            }
            switch step {
            case .resume(let result): continuation.resume(returning: result)
            case .wait(let sharedFetch): sharedFetch.join(TelemetryContext.current)
            case .fetch(let sharedFetch):
                sharedFetch.join(TelemetryContext.current)
                Task.detached { [self] in await sharedFetch.run { await fetch(name) } }
            }
        }
        #if COUNTERSIGN_TSAN
        // ThreadSanitizer does not see the order of a resumption that happens before the suspension.
        entries.withLock { _ in }
        #endif
        return try result.get()
    }

    private func fetch(_ name: String) async {
        let loaded: Outcome
        do throws(TokenError) {
            loaded = .success(try await load(name))
        } catch {
            loaded = .failure(error)
        }
        let now = clock.now()
        let (result, waiters) = entries.withLock { entries in
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
                    entry.until = now.advanced(by: .seconds(1))
                }
                return (entry.result ?? loaded, entry.flight.complete())
            }(&entries[name, default: Entry()])
        }
        for waiter in waiters { waiter.resume(returning: result) }
    }
}
