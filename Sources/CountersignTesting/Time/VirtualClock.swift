public import Countersign
import CountersignHTTP

/// A clock that moves only when a test tells it to.
///
/// Give it to the runtime and to the fake servers; then an hour passes in a line, and the same way each time:
///
/// ```swift
/// let clock = VirtualClock()
/// // … something that sleeps on the clock, in a task …
/// await clock.waitForSleepers(1)          // it has come to its sleep
/// clock.advance(by: .seconds(3600))       // and wakes
/// ```
///
/// Sleepers are woken in the order of their deadlines, and at one deadline in the order in which they came. What a woken
/// task does, it does at its own time: synchronise with it, by ``advanceToSleeper(due:)``,
/// ``waitForSleepers(_:)``, a ``AsyncGate``, or its result.
public final class VirtualClock: RuntimeClock {
    private struct Sleeper {
        var id: Int
        var deadline: MonotonicInstant
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now = MonotonicInstant(nanoseconds: 0)
        /// What to add to `now` for the calendar time.
        var calendarOffset: Duration
        var sleepers: [Sleeper] = []
        var lastID = 0

        /// The sleeper to be woken next, taken out, if its deadline is not after `limit`.
        mutating func takeSleeper(dueBy limit: MonotonicInstant) -> Sleeper? {
            let next = sleepers.indices.min {
                (sleepers[$0].deadline, sleepers[$0].id) < (sleepers[$1].deadline, sleepers[$1].id)
            }
            guard let next, sleepers[next].deadline <= limit else { return nil }
            return sleepers.remove(at: next)
        }
    }

    private let state: Locked<State>
    private let sleeping = Tally()
    /// How many tasks have ever come to sleep.
    private let arrivals = Tally()

    /// A clock that stands still.
    ///
    /// - Parameter unixTime: the calendar time, since 1 January 1970 UTC.
    public init(unixTime: Duration = .seconds(1_750_000_000)) {
        state = Locked(State(calendarOffset: unixTime))
    }

    // MARK: RuntimeClock

    public func now() -> MonotonicInstant {
        state.withLock { $0.now }
    }

    public func unixTime() -> Duration {
        state.withLock { $0.calendarOffset + .nanoseconds($0.now.nanoseconds) }
    }

    public nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let hasWoken = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let result = state.withLock { state -> Bool? in
                    // A cancellation before this line finds no sleeper, but has already set the flag.
                    if Task.isCancelled { return false }
                    if deadline <= state.now { return true }
                    state.sleepers.append(Sleeper(id: id, deadline: deadline, continuation: continuation))
                    return nil
                }
                if let result { return continuation.resume(returning: result) }
                sleeping.add(1)
                arrivals.add(1)
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                state.sleepers.firstIndex { $0.id == id }.map { state.sleepers.remove(at: $0) }
            }
            guard let sleeper else { return }
            sleeping.add(-1)
            sleeper.continuation.resume(returning: false)
        }
        if !hasWoken { throw CancellationError() }
    }

    // MARK: Moving time

    /// Lets time pass: each sleeper on the way is woken at its own deadline.
    ///
    /// The calendar moves along. A negative duration is taken as zero.
    public func advance(by duration: Duration) {
        let end = now().advanced(by: max(.zero, duration))
        while let sleeper = state.withLock({ state in
            let sleeper = state.takeSleeper(dueBy: end)
            state.now = max(state.now, sleeper?.deadline ?? end)
            return sleeper
        }) {
            sleeping.add(-1)
            sleeper.continuation.resume(returning: true)
        }
    }

    /// Lets time jump, as a machine sees it that was suspended: whoever should have woken meanwhile wakes at the end.
    ///
    /// The calendar moves along. A negative duration is taken as zero.
    public func jump(by duration: Duration) {
        state.withLock { $0.now = $0.now.advanced(by: max(.zero, duration)) }
        advance(by: .zero)
    }

    /// Lets time pass up to the next sleeper's deadline.
    ///
    /// - Returns: false, without moving, when nobody sleeps.
    @discardableResult
    public func advanceToNextDeadline() -> Bool {
        guard let deadline = nextDeadline else { return false }
        advance(by: deadline - now())
        return true
    }

    /// Waits until a task sleeps whose deadline lies in this range, reckoned from now, and lets time pass up to it.
    ///
    /// So a test gets past one sleep among others: a time-out sleeps on the clock, too, for as long as its request is
    /// under way, and ``waitForSleepers(_:)`` cannot tell it from the wait before a retry.
    ///
    /// ```swift
    /// api.inject(.status(429, fields: ["Retry-After": "20"]))
    /// async let item = catalog.getItem(id: "it_1")
    /// // What the server asked for, and up to half a second on top.
    /// await clock.advanceToSleeper(due: .seconds(20)...(.milliseconds(20_500)))
    /// print(try await item.name)
    /// ```
    ///
    /// - Parameter range: choose it so that no time-out ends within it.
    /// - Returns: how much time has passed; zero when the calling task was cancelled before anybody slept so.
    @discardableResult
    public nonisolated(nonsending) func advanceToSleeper(due range: ClosedRange<Duration>) async -> Duration {
        let start = now()
        let deadlines = start.advanced(by: range.lowerBound)...start.advanced(by: range.upperBound)
        while !Task.isCancelled {
            // Counted first: whoever comes after the look at the deadlines ends the wait.
            let known = arrivals.value
            if let deadline = state.withLock({ $0.sleepers.map(\.deadline).filter(deadlines.contains).min() }) {
                advance(by: deadline - now())
                return deadline - start
            }
            await arrivals.wait(for: known + 1)
        }
        return .zero
    }

    /// Sets the calendar, as an administrator or a time server does; what sleeps does not notice.
    ///
    /// - Parameter unixTime: the time since 1 January 1970 UTC.
    public func setWallClock(to unixTime: Duration) {
        state.withLock { $0.calendarOffset = unixTime - .nanoseconds($0.now.nanoseconds) }
    }

    // MARK: Watching

    /// How many tasks sleep now.
    public var sleepers: Int { sleeping.value }

    /// When the next sleeper is to wake; nil when nobody sleeps.
    public var nextDeadline: MonotonicInstant? {
        state.withLock { $0.sleepers.map(\.deadline).min() }
    }

    /// Returns as soon as at least `count` tasks sleep, or the calling task is cancelled.
    ///
    /// Each time-out of a request or a call that is under way counts as one: to wait for a certain sleep, use
    /// ``advanceToSleeper(due:)``.
    public nonisolated(nonsending) func waitForSleepers(_ count: Int) async {
        await sleeping.wait(for: count)
    }
}
