public import Countersign
import CountersignHTTP

extension MemoryTokenStore {
    public nonisolated(nonsending) func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost timeout: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try StoredEntry.check(name: name)
        let deadline = clock.now().advanced(by: timeout)
        while true {
            if Task.isCancelled { throw .cancelled }
            let waiter = LeaseWaiter<Int>()
            let now = clock.now()
            let (holder, expiresAt) = state.withLock { state -> (Int?, MonotonicInstant?) in
                guard let queue = state.leases[name], queue.expiresAt.map({ now < $0 }) ?? true else {
                    let holder = state.newHolder()
                    state.leases[name, default: LeaseQueue(holder: holder)].holder = holder
                    state.leases[name]?.expiresAt = leasesExpire ? now.advanced(by: duration) : nil
                    return (holder, nil)
                }
                if now < deadline { state.leases[name]?.waiters.append(waiter) }
                return (nil, queue.expiresAt)
            }
            if let holder { return MemoryLease(store: self, name: name, holder: holder) }
            guard now < deadline else { throw .leaseUnavailable }
            switch await waiter.result(by: expiresAt.map { min($0, deadline) } ?? deadline, on: clock) {
            case .success(let holder):
                if leasesExpire { extend(name, holder, by: duration) }
                return MemoryLease(store: self, name: name, holder: holder)
            case .failure(let error):
                removeWaiter(waiter, name)
                // If only the holder's lease has expired, try again.
                guard error.kind == .leaseUnavailable, clock.now() < deadline else { throw error }
            }
        }
    }

    private func removeWaiter(_ waiter: LeaseWaiter<Int>, _ name: String) {
        state.withLock { $0.leases[name]?.waiters.removeAll { $0 === waiter } }
    }

    private func extend(_ name: String, _ holder: Int, by duration: Duration) {
        let expiresAt = clock.now().advanced(by: duration)
        state.withLock { state in
            if state.leases[name]?.holder == holder { state.leases[name]?.expiresAt = expiresAt }
        }
    }

    fileprivate func isHeld(_ name: String, by holder: Int) -> Bool {
        let now = clock.now()
        return state.withLock { state in
            guard let queue = state.leases[name], queue.holder == holder else { return false }
            return queue.expiresAt.map { now < $0 } ?? true
        }
    }

    fileprivate func release(_ name: String, by holder: Int) {
        var holder = holder
        while true {
            let (next, waiter) = state.withLock { state -> (Int, LeaseWaiter<Int>?) in
                guard state.leases[name]?.holder == holder else { return (0, nil) }
                guard let waiter = state.leases[name]?.waiters.first else {
                    state.leases[name] = nil
                    return (0, nil)
                }
                let next = state.newHolder()
                state.leases[name]?.waiters.removeFirst()
                state.leases[name]?.holder = next
                return (next, waiter)
            }
            // If the waiter has given up in the meantime, the lease goes to the next one.
            guard let waiter, !waiter.finish(.success(next)) else { return }
            holder = next
        }
    }
}

private final class MemoryLease: StoreLease {
    let store: MemoryTokenStore
    let name: String
    let holder: Int

    init(store: MemoryTokenStore, name: String, holder: Int) {
        (self.store, self.name, self.holder) = (store, name, holder)
    }

    deinit { store.release(name, by: holder) }

    func isHeld() async -> Bool { store.isHeld(name, by: holder) }

    func release() async { store.release(name, by: holder) }
}
