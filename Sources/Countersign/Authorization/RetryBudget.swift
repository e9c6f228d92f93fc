import Synchronization

/// What is left of an origin's retries.
final class RetryBudget: Sendable {
    private static let price = 10

    /// In tenths of a retry.
    private let left: Atomic<Int>
    private let capacity: Int

    init(capacity: Int) {
        let (tenths, overflow) = max(0, capacity).multipliedReportingOverflow(by: Self.price)
        self.capacity = overflow ? .max : tenths
        left = Atomic(self.capacity)
    }

    /// Takes a retry out.
    ///
    /// - Returns: false when there is none.
    func take() -> Bool {
        var known = left.load(ordering: .relaxed)
        while known >= Self.price {
            let (exchanged, original) = left.compareExchange(
                expected: known,
                desired: known - Self.price,
                ordering: .relaxed
            )
            if exchanged { return true }
            known = original
        }
        return false
    }

    /// An answer came that is no passing failure.
    func refill() {
        var known = left.load(ordering: .relaxed)
        // Nearly always full: then it is only read, so that calls on several processors do not meet here.
        while known < capacity {
            let (exchanged, original) = left.compareExchange(expected: known, desired: known + 1, ordering: .relaxed)
            if exchanged { return }
            known = original
        }
    }
}

/// The budgets of the origins that are called.
final class RetryBudgets: Sendable {
    private static let capacity = 1000
    private let budgets = Locked<[HTTP.Origin: RetryBudget]>([:])
    private let size: Int

    init(size: Int) {
        self.size = size
    }

    func budget(of origin: HTTP.Origin) -> RetryBudget {
        budgets.withLock { budgets in
            if let known = budgets[origin] { return known }
            // Clients that have it keep it; those made later share a new one.
            if budgets.count >= Self.capacity, let any = budgets.keys.first { budgets[any] = nil }
            let new = RetryBudget(capacity: size)
            budgets[origin] = new
            return new
        }
    }
}
