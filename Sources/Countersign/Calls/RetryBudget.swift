import Synchronization

/// The retry budget of an origin: limits the retries of all calls to it.
final class RetryBudget: Sendable {
    /// The cost of a retry, in tenths of a retry.
    private static let cost = 10

    /// The remaining budget, in tenths of a retry.
    private let tenths: Atomic<Int>
    private let capacity: Int

    init(capacity: Int) {
        let (tenths, overflow) = max(0, capacity).multipliedReportingOverflow(by: Self.cost)
        self.capacity = overflow ? .max : tenths
        self.tenths = Atomic(self.capacity)
    }

    /// Takes a retry.
    ///
    /// - Returns: False if none is left.
    func take() -> Bool {
        var known = tenths.load(ordering: .relaxed)
        while known >= Self.cost {
            let (exchanged, original) = tenths.compareExchange(
                expected: known,
                desired: known - Self.cost,
                ordering: .relaxed
            )
            if exchanged { return true }
            known = original
        }
        return false
    }

    /// Returns a tenth of a retry, after a response that is not a transient failure.
    func refill() {
        var known = tenths.load(ordering: .relaxed)
        // The budget is usually full. It is then only read, so that processors do not contend for the cache line.
        while known < capacity {
            let (exchanged, original) = tenths.compareExchange(expected: known, desired: known + 1, ordering: .relaxed)
            if exchanged { return }
            known = original
        }
    }
}

/// The retry budgets of a runtime, one for each origin.
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
            // Clients that hold the removed budget keep it; later clients share a new one.
            if budgets.count >= Self.capacity, let any = budgets.keys.first { budgets[any] = nil }
            let new = RetryBudget(capacity: size)
            budgets[origin] = new
            return new
        }
    }
}
