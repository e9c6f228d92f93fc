/// The state that the lock of a ``WorkTracker`` guards: the work under way, and the callers that wait for its end.
///
/// It is a pure value. The owner resumes waiters and runs interruptions after it has released the lock.
struct WorkTrackerState<Waiter: Sendable>: Sendable {
    /// True from the start of the first shutdown.
    private(set) var isShuttingDown = false
    /// True once a shutdown has found no work under way.
    private var hasFinished = false
    private var work: [ObjectIdentifier: WorkTracker.Work] = [:]
    private var interruptions: [ObjectIdentifier: WorkTracker.Interruption] = [:]
    private var waiters: [ObjectIdentifier: Waiter] = [:]

    /// Adds work.
    ///
    /// - Parameter evenDuringShutdown: False for work that must not begin during a shutdown.
    /// - Returns: False if the work must not begin.
    mutating func add(_ new: WorkTracker.Work, evenDuringShutdown: Bool) -> Bool {
        guard evenDuringShutdown || !isShuttingDown else { return false }
        work[ObjectIdentifier(new)] = new
        return true
    }

    /// Removes work that has ended.
    ///
    /// - Returns: The waiters to resume.
    mutating func remove(_ ended: WorkTracker.Work) -> [Waiter] {
        guard work.removeValue(forKey: ObjectIdentifier(ended)) != nil, work.isEmpty else { return [] }
        defer { waiters = [:] }
        return Array(waiters.values)
    }

    /// Adds an interruption.
    ///
    /// - Returns: False if a shutdown has begun, so that the owner runs it at once.
    mutating func add(_ new: WorkTracker.Interruption) -> Bool {
        interruptions[ObjectIdentifier(new)] = new
        return !isShuttingDown
    }

    mutating func remove(_ interruption: WorkTracker.Interruption) {
        interruptions[ObjectIdentifier(interruption)] = nil
    }

    /// Begins a shutdown, unless one has begun.
    ///
    /// - Returns: The interruptions to run.
    mutating func beginShutdown() -> [WorkTracker.Interruption] {
        guard !isShuttingDown else { return [] }
        isShuttingDown = true
        return Array(interruptions.values)
    }

    /// Adds a waiter, which is resumed when no work is under way.
    ///
    /// - Returns: False if no work is under way.
    mutating func add(_ waiter: Waiter, id: ObjectIdentifier) -> Bool {
        guard !work.isEmpty else { return false }
        waiters[id] = waiter
        return true
    }

    mutating func removeWaiter(_ id: ObjectIdentifier) {
        waiters[id] = nil
    }

    /// Ends a shutdown.
    ///
    /// - Returns: The work under way, and true if this is the first shutdown that ends without any.
    mutating func endShutdown() -> (unfinished: [UnfinishedWork], isFirstToFinish: Bool) {
        // A sign-out of a browser can be under way in several places.
        let ofSessions = Set(work.values.map(\.description).filter { $0.session != nil })
        let others = work.values.map(\.description).filter { $0.session == nil }
        let unfinished = (ofSessions + others).sorted { $0.description < $1.description }
        defer { hasFinished = hasFinished || unfinished.isEmpty }
        return (unfinished, unfinished.isEmpty && !hasFinished)
    }
}
