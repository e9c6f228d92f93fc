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
            let (holder, expiresAt, place) = state.withLock { state -> (Int?, MonotonicInstant?, Int?) in
                guard state.leases[name] != nil, case let expiresAt = state.leases[name]?.expiresAt,
                    expiresAt.map({ now < $0 }) ?? true
                else {
                    let holder = state.newHolder()
                    state.leases[name, default: LeaseQueue(holder: holder)].holder = holder
                    state.leases[name]?.expiresAt = leasesExpire ? now.advanced(by: duration) : nil
                    return (holder, nil, nil)
                }
                return (nil, expiresAt, now < deadline ? state.leases[name]?.waiters.append(waiter) : nil)
            }
            if let holder { return MemoryLease(store: self, name: name, holder: holder) }
            guard let place else { throw .leaseUnavailable }
            switch await waiter.result(by: expiresAt.map { min($0, deadline) } ?? deadline, on: clock) {
            case .success(let holder):
                if leasesExpire { extend(name, holder, by: duration) }
                return MemoryLease(store: self, name: name, holder: holder)
            case .failure(let error):
                state.withLock { $0.leases[name]?.waiters.remove(waiter, at: place) }
                // If only the holder's lease has expired, try again.
                guard error.kind == .leaseUnavailable, clock.now() < deadline else { throw error }
            }
        }
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
                guard let waiter = state.leases[name]?.waiters.popFirst() else {
                    state.leases[name] = nil
                    return (0, nil)
                }
                let next = state.newHolder()
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
