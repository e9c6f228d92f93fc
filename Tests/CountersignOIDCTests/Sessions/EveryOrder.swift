import Countersign
import CountersignTesting

/// Two tasks that share a store, in every order of their steps that makes a difference.
///
/// A step is one operation of the store. Two steps that are next to each other and concern different entries, or only
/// read, may change places without anybody noticing: of the orders that come out of each other so, one is tried (by
/// sleep sets: Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996).
final class EveryOrder: Sendable {
    /// What a task is about to do to the store.
    struct Step: Sendable {
        var name: String
        var isWrite: Bool

        func concerns(_ other: Step) -> Bool { name == other.name && (isWrite || other.isWrite) }
    }

    private struct Waiter {
        var step: Step
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var finished: Set<Int> = []
        var driver: CheckedContinuation<Void, Never>?

        var areAllWaiting: Bool { waiters.count + finished.count == 2 }
    }

    /// Which of the two tasks this is; nil for others, whose steps are not held up.
    @TaskLocal static var task: Int?

    private let state = Locked(State())

    // MARK: In the tasks

    func step(_ name: String, isWrite: Bool) async {
        guard let task = Self.task else { return }
        await withCheckedContinuation { continuation in
            let waiter = Waiter(step: Step(name: name, isWrite: isWrite), continuation: continuation)
            change { $0.waiters[task] = waiter }
        }
    }

    private func change(_ change: (inout State) -> Void) {
        let driver = state.withLock { state in
            change(&state)
            return state.areAllWaiting ? state.driver.take() : nil
        }
        driver?.resume()
    }

    // MARK: Driving them

    /// What is still to be tried: a beginning, and the tasks that need not be the next to go on after it.
    private struct Plan {
        var choices: [Int]
        var sleeping: Set<Int>
    }

    /// Tries all orders.
    ///
    /// - Parameter run: Makes two tasks anew, which share a store that tells of its steps, and what is to be checked when
    ///   both are done.
    /// - Returns: How many orders there were.
    static func explore(
        _ run: (EveryOrder) async throws -> (
            tasks: [@Sendable () async -> Void], check: (_ order: String) async throws -> Void
        )
    ) async throws -> Int {
        var plans = [Plan(choices: [], sleeping: [])]
        var count = 0
        while let plan = plans.popLast() {
            let order = EveryOrder()
            let (tasks, check) = try await run(order)
            let trail = await withTaskGroup(of: Void.self) { group in
                for (index, task) in tasks.enumerated() {
                    group.addTask {
                        await $task.withValue(index) { await task() }
                        order.change { $0.finished.insert(index) }
                    }
                }
                return await order.drive(plan, &plans)
            }
            guard let trail else { continue }
            count += 1
            try await check(trail)
        }
        return count
    }

    /// - Returns: The steps in their order; nil when it amounts to another that is tried as well.
    private func drive(_ plan: Plan, _ plans: inout [Plan]) async -> String? {
        var choices: [Int] = []
        var sleeping = plan.sleeping
        var trail: String? = ""
        while true {
            await untilAllWait()
            let steps = state.withLock { $0.waiters.mapValues(\.step) }
            guard !steps.isEmpty else { return trail }
            let choice: Int
            if choices.count < plan.choices.count {
                choice = plan.choices[choices.count]
            } else {
                let awake = steps.keys.filter { !sleeping.contains($0) }.sorted()
                if awake.isEmpty { trail = nil }
                choice = awake.first ?? steps.keys.sorted()[0]
                // Who was the next to go on in an order that was tried sleeps until a step of the other concerns its own.
                let mayChangePlaces = steps.count == 2 && steps[0].map { $0.concerns(steps[1] ?? $0) } == false
                for other in awake.dropFirst() {
                    plans.append(
                        Plan(choices: choices + [other], sleeping: mayChangePlaces ? sleeping.union([choice]) : [])
                    )
                }
                if !mayChangePlaces { sleeping = [] }
            }
            choices.append(choice)
            trail?.append("\(choice == 0 ? "a" : "b"):\(steps[choice]?.name.prefix(10) ?? "") ")
            state.withLock { $0.waiters.removeValue(forKey: choice) }?.continuation.resume()
        }
    }

    private func untilAllWait() async {
        await withCheckedContinuation { continuation in
            let isNow = state.withLock { state in
                if !state.areAllWaiting { state.driver = continuation }
                return state.areAllWaiting
            }
            if isNow { continuation.resume() }
        }
    }
}

/// A store that tells of each operation before it does it.
struct SteppedStore: TokenStore {
    let store: any TokenStore
    let step: @Sendable (_ name: String, _ isWrite: Bool) async -> Void

    func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        await step(name, false)
        return try await store.load(name)
    }

    func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Duration?
    ) async throws(TokenStoreError) -> StoreVersion {
        await step(name, true)
        return try await store.save(contents, as: name, replacing: version, until: expiry)
    }

    func remove(_ name: String, version: StoreVersion?) async throws(TokenStoreError) {
        await step(name, true)
        try await store.remove(name, version: version)
    }

    func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost patience: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try await store.lease(name, for: duration, waitingAtMost: patience)
    }
}
