import CountersignHTTP

/// Documents that authorization servers publish, by a name: each fetched once for all who need it, kept for a while,
/// failures for a short one.
///
/// A document that was good goes on being used when it cannot be fetched again for now: a server whose discovery is
/// down may well issue tokens.
final class DocumentCache<Document: Sendable>: Sendable {
    typealias Outcome = Result<Document, TokenError>

    private struct Entry {
        /// The newest document, which a passing failure leaves in its place.
        var document: Document?
        /// What callers get, and until when.
        var result: Outcome?
        var until = MonotonicInstant(nanoseconds: .min)
        var fetchedAt = MonotonicInstant(nanoseconds: .min)
        var isFetching = false
        var flight = SingleFlight<CheckedContinuation<Outcome, Never>>()

        /// What a caller gets without a fetch.
        func answer(at now: MonotonicInstant, noOlderThan age: Duration?) -> Outcome? {
            guard let result, now < until else { return nil }
            if let age, fetchedAt.advanced(by: age) <= now { return nil }
            return result
        }
    }

    private enum Step {
        case resume(Outcome), fetch, wait
    }

    private let entries = Locked<[String: Entry]>([:])
    private let clock: any RuntimeClock
    private let load: @Sendable (String) async throws(TokenError) -> Document

    init(clock: any RuntimeClock, load: @escaping @Sendable (String) async throws(TokenError) -> Document) {
        self.clock = clock
        self.load = load
    }

    /// The document of a name, fetched if it is not known.
    ///
    /// - Parameter age: A document that was fetched longer ago than this is fetched again.
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
                // In place: a copy would take all the waiters along.
                return { (entry: inout Entry) -> Step in
                    if let result = entry.answer(at: now, noOlderThan: age) { return .resume(result) }
                    entry.flight.wait(continuation)
                    if entry.isFetching { return .wait }
                    entry.isFetching = true
                    return .fetch
                }(&entries[name, default: Entry()])
            }
            switch step {
            case .resume(let result): continuation.resume(returning: result)
            case .wait: break
            case .fetch: Task.detached { [self] in await fetch(name) }
            }
        }
        #if COUNTERSIGN_TSAN
        // ThreadSanitizer does not see that who was resumed before it waited comes after who resumed it.
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
