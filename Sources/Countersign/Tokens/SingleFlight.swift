/// A single flight: many callers share one request, for example one token request.
///
/// The request belongs to none of the callers. Cancelling one caller, or the end of its deadline, does not affect the
/// others, and the request continues for them.
///
/// This type holds the waiting callers and counts completed fetches; it is a value without a lock. A waiter is anything
/// that the owner resumes after it has released its lock: a continuation in the runtime, a number in tests.
struct SingleFlight<Waiter: Sendable>: Sendable {
    /// The result of ``wait(_:id:after:unless:)``.
    enum Admission: Sendable, Equatable {
        /// The waiter is registered, until ``complete()`` or ``leave(_:)`` returns it.
        case waiting
        /// The fetch completed before the waiter was registered. The caller checks for its result instead.
        case alreadyCompleted
        /// The caller must not wait: it is cancelled, or its deadline has passed.
        case rejected(TokenError)
    }

    /// The number of fetches that have completed.
    ///
    /// A caller that registers late detects by it that the fetch has already completed.
    private(set) var completedFetches: UInt64 = 0
    private var lastID: UInt64 = 0
    private var waiters: [UInt64: (waiter: Waiter, deadline: MonotonicInstant?)] = [:]

    /// Indicates whether no caller waits.
    var isEmpty: Bool { waiters.isEmpty }

    /// Returns an identifier for one waiter, which ``leave(_:)`` accepts even before the waiter is registered.
    mutating func newID() -> UInt64 {
        lastID += 1
        return lastID
    }

    /// Registers a waiter for the fetch that was running when `completedFetches` was read.
    ///
    /// - Parameters:
    ///   - deadline: The time at which the caller stops waiting; nil if it has none.
    ///   - error: The reason why the caller must not wait, if there is one.
    mutating func wait(
        _ waiter: Waiter,
        id: UInt64,
        after completedFetches: UInt64,
        until deadline: MonotonicInstant? = nil,
        unless error: TokenError? = nil
    ) -> Admission {
        if let error { return .rejected(error) }
        if completedFetches != self.completedFetches { return .alreadyCompleted }
        waiters[id] = (waiter, deadline)
        return .waiting
    }

    /// Registers a waiter, which the owner has checked.
    mutating func wait(_ waiter: Waiter, id: UInt64) {
        waiters[id] = (waiter, nil)
    }

    /// Removes and returns one waiter; nil if it is not registered.
    mutating func leave(_ id: UInt64) -> Waiter? {
        waiters.removeValue(forKey: id)?.waiter
    }

    /// The latest deadline of the waiters; nil if nobody waits, or one of them has no deadline.
    var latestDeadline: MonotonicInstant? {
        var latest: MonotonicInstant?
        for (_, deadline) in waiters.values {
            guard let deadline else { return nil }
            latest = max(latest ?? deadline, deadline)
        }
        return latest
    }

    /// Removes and returns the waiters whose deadlines are not after `instant`.
    mutating func leave(notWaitingBeyond instant: MonotonicInstant) -> [Waiter] {
        let leaving = waiters.filter { ($0.value.deadline.map { $0 <= instant }) ?? false }
        for id in leaving.keys { waiters[id] = nil }
        return leaving.values.map(\.waiter)
    }

    /// Counts a completed fetch, and removes and returns all waiters.
    mutating func complete() -> [Waiter] {
        completedFetches += 1
        defer { waiters = [:] }
        return waiters.values.map(\.waiter)
    }
}
