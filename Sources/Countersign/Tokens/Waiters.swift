/// Those who wait for the end of one piece of work that belongs to none of them.
///
/// Each can leave alone: a waiter that is cancelled, or whose time is up, goes at once and the others do not notice.
struct Waiters<Success: Sendable>: Sendable {
    typealias Outcome = Result<Success, TokenError>

    private var next: UInt64 = 0
    private var waiting: [UInt64: CheckedContinuation<Outcome, Never>] = [:]

    var isEmpty: Bool { waiting.isEmpty }

    mutating func newID() -> UInt64 {
        next += 1
        return next
    }

    mutating func register(_ id: UInt64, _ continuation: CheckedContinuation<Outcome, Never>) {
        waiting[id] = continuation
    }

    /// Takes one waiter out; the caller resumes it after it has let go of the lock.
    mutating func leave(_ id: UInt64) -> CheckedContinuation<Outcome, Never>? {
        waiting.removeValue(forKey: id)
    }

    /// Takes all waiters out; the caller resumes them after it has let go of the lock.
    mutating func releaseAll() -> [CheckedContinuation<Outcome, Never>] {
        defer { waiting = [:] }
        return Array(waiting.values)
    }
}
