public import Countersign
import CountersignHTTP

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A clock that moves only when a test advances it.
///
/// Use it for the runtime and the fake servers; then an hour passes in one line, and every run is the same:
///
/// ```swift
/// let clock = VirtualClock()
/// // … something that sleeps on the clock, in a task …
/// await clock.waitForSleepers(1)          // it sleeps now
/// clock.advance(by: .seconds(3600))       // and wakes up
/// ```
///
/// Sleepers wake in the order of their deadlines; those with the same deadline wake in the order in which they went to
/// sleep. A woken task continues concurrently with the test. Synchronize with it by ``advanceToSleeper(due:)``,
/// ``waitForSleepers(_:)``, an ``AsyncGate``, or its result.
public final class VirtualClock: RuntimeClock {
    private struct Sleeper {
        var id: Int
        var deadline: MonotonicInstant
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        var now = MonotonicInstant(nanoseconds: 0)
        /// The difference between the calendar time since 1970 and `now`.
        var calendarOffset: Duration
        var sleepers: [Sleeper] = []
        var lastID = 0

        /// Removes and returns the sleeper with the earliest deadline, unless that is after `limit`.
        mutating func takeSleeper(dueBy limit: MonotonicInstant) -> Sleeper? {
            let next = sleepers.indices.min {
                (sleepers[$0].deadline, sleepers[$0].id) < (sleepers[$1].deadline, sleepers[$1].id)
            }
            guard let next, sleepers[next].deadline <= limit else { return nil }
            return sleepers.remove(at: next)
        }
    }

    private let state: Locked<State>
    private let sleeping = AsyncCounter()
    /// The number of tasks that ever went to sleep.
    private let arrivals = AsyncCounter()

    /// Creates a clock that stands still.
    ///
    /// - Parameter date: The date and time that the clock starts at; by default 15 June 2025, 15:06:40 UTC.
    public init(date: Date = Date(timeIntervalSince1970: 1_750_000_000)) {
        state = Locked(State(calendarOffset: date.unixTime))
    }

    // MARK: RuntimeClock

    public func now() -> MonotonicInstant {
        state.withLock { $0.now }
    }

    public func date() -> Date {
        Date(unixTime: state.withLock { $0.calendarOffset + .nanoseconds($0.now.nanoseconds) })
    }

    public nonisolated(nonsending) func sleep(until deadline: MonotonicInstant) async throws(CancellationError) {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let hasWoken = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Bool, Never>) in
                let result = state.withLock { state -> Bool? in
                    // A cancellation before this line found no sleeper, but has set the flag.
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

    /// Advances the clock and wakes each sleeper at its own deadline.
    ///
    /// The calendar time advances too. A negative duration counts as zero.
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

    /// Jumps forward, as if the machine had been suspended: sleepers with a deadline in between wake at the end.
    ///
    /// The calendar time advances too. A negative duration counts as zero.
    public func jump(by duration: Duration) {
        state.withLock { $0.now = $0.now.advanced(by: max(.zero, duration)) }
        advance(by: .zero)
    }

    /// Advances the clock to the earliest deadline of a sleeper.
    ///
    /// - Returns: false if no task sleeps; the clock does not move then.
    @discardableResult
    public func advanceToNextDeadline() -> Bool {
        guard let deadline = nextDeadline else { return false }
        advance(by: deadline - now())
        return true
    }

    /// Waits until a task sleeps with a deadline in this range, relative to now, and advances the clock to that deadline.
    ///
    /// Use it to pass one sleep among others. The timeout of a request in flight sleeps on the clock too, and
    /// ``waitForSleepers(_:)`` cannot tell it from the wait before a retry.
    ///
    /// ```swift
    /// api.inject(.status(429, fields: ["Retry-After": "20"]))
    /// async let item = catalog.getItem(id: "it_1")
    /// // The Retry-After of the server, and up to half a second more.
    /// await clock.advanceToSleeper(due: .seconds(20)...(.milliseconds(20_500)))
    /// print(try await item.name)
    /// ```
    ///
    /// - Parameter range: A range in which no timeout ends.
    /// - Returns: The time by which the clock advanced; zero if the calling task was cancelled first.
    @discardableResult
    public nonisolated(nonsending) func advanceToSleeper(due range: ClosedRange<Duration>) async -> Duration {
        let start = now()
        let deadlines = start.advanced(by: range.lowerBound)...start.advanced(by: range.upperBound)
        while !Task.isCancelled {
            // Read before the deadlines are checked: a sleeper that arrives after the check ends the wait.
            let known = arrivals.value
            if let deadline = state.withLock({ $0.sleepers.map(\.deadline).filter(deadlines.contains).min() }) {
                advance(by: deadline - now())
                return deadline - start
            }
            await arrivals.wait(for: known + 1)
        }
        return .zero
    }

    /// Sets the date and time of the machine, as an administrator or a time server would; sleepers are not affected.
    public func setWallClock(to date: Date) {
        state.withLock { $0.calendarOffset = date.unixTime - .nanoseconds($0.now.nanoseconds) }
    }

    // MARK: Observing

    /// The number of sleeping tasks.
    public var sleepers: Int { sleeping.value }

    /// The earliest deadline of a sleeper; nil if no task sleeps.
    public var nextDeadline: MonotonicInstant? {
        state.withLock { $0.sleepers.map(\.deadline).min() }
    }

    /// Returns as soon as at least `count` tasks sleep, or the calling task is cancelled.
    ///
    /// Each timeout of a request or call in flight counts as one sleeper. To wait for a specific sleep, use
    /// ``advanceToSleeper(due:)``.
    public nonisolated(nonsending) func waitForSleepers(_ count: Int) async {
        await sleeping.wait(for: count)
    }
}
