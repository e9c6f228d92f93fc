import Countersign
import CountersignTesting

/// Runs two tasks that share a store, in every order of their steps that can make a difference.
///
/// A step is one operation of the store. Two consecutive steps commute if they concern different entries, or if both
/// only read. Of the orders that differ only in commuting steps, one is run (sleep sets: Godefroid, Partial-Order
/// Methods for the Verification of Concurrent Systems, 1996).
final class InterleavingExplorer: Sendable {
    /// The next operation of a task on the store.
    struct Step: Sendable {
        var name: String
        var isWrite: Bool

        func conflicts(with other: Step) -> Bool { name == other.name && (isWrite || other.isWrite) }
    }

    private struct Waiter {
        var step: Step
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var finishedTasks: Set<Int> = []
        var driver: CheckedContinuation<Void, Never>?

        var areAllTasksWaiting: Bool { waiters.count + finishedTasks.count == 2 }
    }

    /// The number of the current task, 0 or 1; nil for other tasks, which are not scheduled.
    @TaskLocal static var taskNumber: Int?

    private let state = Locked(State())

    // MARK: In the tasks

    /// Waits until the explorer lets this task take its next step.
    func step(_ name: String, isWrite: Bool) async {
        guard let taskNumber = Self.taskNumber else { return }
        await withCheckedContinuation { continuation in
            let waiter = Waiter(step: Step(name: name, isWrite: isWrite), continuation: continuation)
            update { $0.waiters[taskNumber] = waiter }
        }
    }

    private func update(_ change: (inout State) -> Void) {
        let driver = state.withLock { state in
            change(&state)
            return state.areAllTasksWaiting ? state.driver.take() : nil
        }
        driver?.resume()
    }

    // MARK: Exploring

    /// An order that is still to be run: its first choices, and the tasks that need not take the next step after them.
    private struct Plan {
        var choices: [Int]
        var sleeping: Set<Int>
    }

    /// Runs all orders.
    ///
    /// - Parameter run: Creates two tasks whose store calls ``step(_:isWrite:)``, and a check for the time when both
    ///   have finished.
    /// - Returns: The number of orders.
    static func explore(
        _ run: (InterleavingExplorer) async throws -> (
            tasks: [@Sendable () async -> Void], check: (_ order: String) async throws -> Void
        )
    ) async throws -> Int {
        var plans = [Plan(choices: [], sleeping: [])]
        var count = 0
        while let plan = plans.popLast() {
            let explorer = InterleavingExplorer()
            let (tasks, check) = try await run(explorer)
            let order = await withTaskGroup(of: Void.self) { group in
                for (number, task) in tasks.enumerated() {
                    group.addTask {
                        await $taskNumber.withValue(number) { await task() }
                        explorer.update { $0.finishedTasks.insert(number) }
                    }
                }
                return await explorer.drive(plan, addingTo: &plans)
            }
            guard let order else { continue }
            count += 1
            try await check(order)
        }
        return count
    }

    /// - Returns: The steps in their order; nil if the order is equivalent to another one that is run.
    private func drive(_ plan: Plan, addingTo plans: inout [Plan]) async -> String? {
        var choices: [Int] = []
        var sleeping = plan.sleeping
        var order: String? = ""
        while true {
            await waitUntilAllTasksWait()
            let steps = state.withLock { $0.waiters.mapValues(\.step) }
            guard !steps.isEmpty else { return order }
            let choice: Int
            if choices.count < plan.choices.count {
                choice = plan.choices[choices.count]
            } else {
                let awake = steps.keys.filter { !sleeping.contains($0) }.sorted()
                if awake.isEmpty { order = nil }
                choice = awake.first ?? steps.keys.sorted()[0]
                // A task that took the next step in an order that was run sleeps until a conflicting step of the other.
                let stepsCommute = steps.count == 2 && steps[0].map { $0.conflicts(with: steps[1] ?? $0) } == false
                for other in awake.dropFirst() {
                    plans.append(
                        Plan(choices: choices + [other], sleeping: stepsCommute ? sleeping.union([choice]) : [])
                    )
                }
                if !stepsCommute { sleeping = [] }
            }
            choices.append(choice)
            order?.append("\(choice == 0 ? "a" : "b"):\(steps[choice]?.name.prefix(10) ?? "") ")
            state.withLock { $0.waiters.removeValue(forKey: choice) }?.continuation.resume()
        }
    }

    private func waitUntilAllTasksWait() async {
        await withCheckedContinuation { continuation in
            let areWaiting = state.withLock { state in
                if !state.areAllTasksWaiting { state.driver = continuation }
                return state.areAllTasksWaiting
            }
            if areWaiting { continuation.resume() }
        }
    }
}
