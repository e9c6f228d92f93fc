public import Countersign
import CountersignHTTP

/// A store that forgets everything when the program ends, for tests and for programs that sign in anew.
///
/// ```swift
/// let store = MemoryTokenStore()
/// let version = try await store.save(bytes, as: "session.1", replacing: nil, until: nil)
/// ```
public final class MemoryTokenStore: TokenStore {
    private struct Entry {
        var stored: StoredEntry
        var expiry: Duration?
    }

    /// Who has a lease, and who wants it.
    private struct Line {
        var holder: Int
        /// When the holder loses it without a word.
        var end: MonotonicInstant?
        var waiters: [LeaseWaiter<Int>] = []
    }

    private struct State {
        var entries: [String: Entry] = [:]
        /// How many entries there are before those are thrown out that have expired.
        var limit = 1000
        var lines: [String: Line] = [:]
        var lastHolder = 0

        mutating func newHolder() -> Int {
            lastHolder += 1
            return lastHolder
        }
    }

    private let state = Locked(State())
    private let clock: any RuntimeClock
    private let leasesEnd: Bool

    /// An empty store.
    ///
    /// - Parameters:
    ///   - clock: What tells whether an entry's expiry has passed, and how long somebody has waited.
    ///   - leasesEnd: Whether a lease ends after its duration, as it does in a store that cannot see whether the holder
    ///     lives. Off, it ends when it is released or its last reference goes.
    public init(clock: any RuntimeClock = SystemClock(), leasesEnd: Bool = false) {
        self.clock = clock
        self.leasesEnd = leasesEnd
    }

    public nonisolated(nonsending) func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        try StoredEntry.check(name: name)
        let now = clock.unixTime()
        return state.withLock { Self.entry(name, at: now, in: &$0) }
    }

    public nonisolated(nonsending) func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Duration?
    ) async throws(TokenStoreError) -> StoreVersion {
        try StoredEntry.check(name: name)
        try StoredEntry.check(contents: contents)
        let now = clock.unixTime()
        try StoredEntry.check(expiry: expiry, at: now)
        let new = StoredEntry(contents: contents, version: try .unique())
        try state.withLock { (state) throws(TokenStoreError) in
            guard Self.entry(name, at: now, in: &state)?.version == version else { throw .conflict(over: name) }
            // Strangers begin sign-ins and do not complete them: nobody asks for those entries any more. Thrown out when
            // the number has doubled: O(1) on average.
            if state.entries.count >= state.limit {
                state.entries = state.entries.filter { !$0.value.expiry.hasPassed(at: now) }
                state.limit = max(1000, state.entries.count * 2)
            }
            state.entries[name] = Entry(stored: new, expiry: expiry)
        }
        return new.version
    }

    public nonisolated(nonsending) func remove(
        _ name: String,
        version: StoreVersion?
    ) async throws(TokenStoreError) {
        try StoredEntry.check(name: name)
        let now = clock.unixTime()
        try state.withLock { (state) throws(TokenStoreError) in
            guard let entry = Self.entry(name, at: now, in: &state) else { return }
            guard version == nil || entry.version == version else { throw .conflict(over: name) }
            state.entries[name] = nil
        }
    }

    /// Removes the entries whose expiry has passed; they are not loaded any more in any case, and make room by themselves
    /// when there are many.
    ///
    /// - Returns: How many they were.
    @discardableResult
    public nonisolated(nonsending) func removeExpired() async -> Int {
        let now = clock.unixTime()
        return state.withLock { state in
            let count = state.entries.count
            state.entries = state.entries.filter { !$0.value.expiry.hasPassed(at: now) }
            return count - state.entries.count
        }
    }

    private static func entry(_ name: String, at now: Duration, in state: inout State) -> StoredEntry? {
        guard let entry = state.entries[name] else { return nil }
        guard !entry.expiry.hasPassed(at: now) else {
            state.entries[name] = nil
            return nil
        }
        return entry.stored
    }
}

// MARK: - Leases

extension MemoryTokenStore {
    public nonisolated(nonsending) func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost patience: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try StoredEntry.check(name: name)
        let deadline = clock.now().advanced(by: patience)
        while true {
            if Task.isCancelled { throw .cancelled }
            let waiter = LeaseWaiter<Int>()
            let now = clock.now()
            let (holder, end) = state.withLock { state -> (Int?, MonotonicInstant?) in
                guard let line = state.lines[name], line.end.map({ now < $0 }) ?? true else {
                    let holder = state.newHolder()
                    state.lines[name, default: Line(holder: holder)].holder = holder
                    state.lines[name]?.end = leasesEnd ? now.advanced(by: duration) : nil
                    return (holder, nil)
                }
                if now < deadline { state.lines[name]?.waiters.append(waiter) }
                return (nil, line.end)
            }
            if let holder { return MemoryLease(store: self, name: name, holder: holder) }
            guard now < deadline else { throw .leaseUnavailable }
            switch await waiter.result(by: end.map { min($0, deadline) } ?? deadline, on: clock) {
            case .success(let holder):
                if leasesEnd { prolong(name, holder, by: duration) }
                return MemoryLease(store: self, name: name, holder: holder)
            case .failure(let error):
                leave(name, waiter)
                // The holder's time may be up, and not ours.
                guard error.kind == .leaseUnavailable, clock.now() < deadline else { throw error }
            }
        }
    }

    private func leave(_ name: String, _ waiter: LeaseWaiter<Int>) {
        state.withLock { $0.lines[name]?.waiters.removeAll { $0 === waiter } }
    }

    private func prolong(_ name: String, _ holder: Int, by duration: Duration) {
        let end = clock.now().advanced(by: duration)
        state.withLock { state in
            if state.lines[name]?.holder == holder { state.lines[name]?.end = end }
        }
    }

    fileprivate func isHeld(_ name: String, by holder: Int) -> Bool {
        let now = clock.now()
        return state.withLock { state in
            guard let line = state.lines[name], line.holder == holder else { return false }
            return line.end.map { now < $0 } ?? true
        }
    }

    fileprivate func release(_ name: String, by holder: Int) {
        var holder = holder
        while true {
            let (next, waiter) = state.withLock { state -> (Int, LeaseWaiter<Int>?) in
                guard state.lines[name]?.holder == holder else { return (0, nil) }
                guard let waiter = state.lines[name]?.waiters.first else {
                    state.lines[name] = nil
                    return (0, nil)
                }
                let next = state.newHolder()
                state.lines[name]?.waiters.removeFirst()
                state.lines[name]?.holder = next
                return (next, waiter)
            }
            // One that has left meanwhile hands it on.
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

extension Duration? {
    /// Whether an expiry has come.
    func hasPassed(at now: Duration) -> Bool {
        map { $0 <= now } ?? false
    }
}

extension TokenStoreError {
    static func conflict(over name: String) -> TokenStoreError {
        TokenStoreError(.conflict, "the entry '\(name)' is another by now; load it again")
    }
}
