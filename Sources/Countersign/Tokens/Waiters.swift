/// Those who wait for the end of one piece of work that belongs to none of them.
///
/// Each can leave alone: a waiter that is cancelled, or whose time is up, goes at once and the others do not notice.
/// A waiter is whatever its owner resumes, after it has let go of its lock.
struct Waiters<Waiter: Sendable>: Sendable {
    private var next: UInt64 = 0
    private var waiting: [UInt64: Waiter] = [:]

    var isEmpty: Bool { waiting.isEmpty }

    mutating func newID() -> UInt64 {
        next += 1
        return next
    }

    mutating func register(_ id: UInt64, _ waiter: Waiter) {
        waiting[id] = waiter
    }

    /// Takes one waiter out.
    mutating func leave(_ id: UInt64) -> Waiter? {
        waiting.removeValue(forKey: id)
    }

    /// Takes all waiters out.
    mutating func releaseAll() -> [Waiter] {
        defer { waiting = [:] }
        return Array(waiting.values)
    }
}
