public import Countersign
import CountersignHTTP

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A token store in memory, for tests and for programs that sign in again after a restart.
///
/// ```swift
/// let store = MemoryTokenStore()
/// let version = try await store.save(bytes, as: "session.1", replacing: nil, until: nil)
/// ```
public final class MemoryTokenStore: TokenStore {
    struct Entry {
        var stored: StoredEntry
        var expiry: Date?
    }

    /// The holder of a lease, and the callers that wait for it.
    struct LeaseQueue {
        /// Identifies the holder.
        var holder: Int
        /// The time when the holder loses the lease; nil if leases do not expire.
        var expiresAt: MonotonicInstant?
        var waiters = RemovableQueue<LeaseWaiter<Int>>()
    }

    struct State {
        var entries: [String: Entry] = [:]
        /// The number of entries at which the expired ones are removed.
        var entryLimit = 1000
        var leases: [String: LeaseQueue] = [:]
        private var lastHolder = 0

        mutating func newHolder() -> Int {
            lastHolder += 1
            return lastHolder
        }
    }

    let state = Locked(State())
    let clock: any RuntimeClock
    let leasesExpire: Bool

    /// Creates an empty store.
    ///
    /// - Parameters:
    ///   - clock: The clock that decides whether an entry has expired, and measures how long a caller waits for a lease.
    ///   - leasesExpire: True to end a lease after its duration, as in a store that cannot tell whether the holder is alive.
    ///     By default, a lease lasts until it is released or its last reference is gone.
    public init(clock: any RuntimeClock = SystemClock(), leasesExpire: Bool = false) {
        self.clock = clock
        self.leasesExpire = leasesExpire
    }

    public nonisolated(nonsending) func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        try StoredEntry.check(name: name)
        let now = clock.date()
        return state.withLock { Self.entry(name, at: now, in: &$0) }
    }

    public nonisolated(nonsending) func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Date?
    ) async throws(TokenStoreError) -> StoreVersion {
        try StoredEntry.check(name: name)
        try StoredEntry.check(contents: contents)
        let now = clock.date()
        try StoredEntry.check(expiry: expiry, at: now)
        let new = StoredEntry(contents: contents, version: try .unique())
        try state.withLock { (state) throws(TokenStoreError) in
            guard Self.entry(name, at: now, in: &state)?.version == version else { throw .conflict(over: name) }
            // Sign-ins that are begun and never completed leave entries that nobody loads again. They are removed when the
            // number of entries has doubled: O(1) on average.
            if state.entries.count >= state.entryLimit {
                state.entries = state.entries.filter { !$0.value.expiry.hasPassed(at: now) }
                state.entryLimit = max(1000, state.entries.count * 2)
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
        let now = clock.date()
        try state.withLock { (state) throws(TokenStoreError) in
            guard let entry = Self.entry(name, at: now, in: &state) else { return }
            guard version == nil || entry.version == version else { throw .conflict(over: name) }
            state.entries[name] = nil
        }
    }

    /// Removes the expired entries.
    ///
    /// Expired entries are never loaded, and are removed automatically when there are many. Call this to free their memory
    /// earlier.
    ///
    /// - Returns: The number of removed entries.
    @discardableResult
    public nonisolated(nonsending) func removeExpired() async -> Int {
        let now = clock.date()
        return state.withLock { state in
            let count = state.entries.count
            state.entries = state.entries.filter { !$0.value.expiry.hasPassed(at: now) }
            return count - state.entries.count
        }
    }

    private static func entry(_ name: String, at now: Date, in state: inout State) -> StoredEntry? {
        guard let entry = state.entries[name] else { return nil }
        guard !entry.expiry.hasPassed(at: now) else {
            state.entries[name] = nil
            return nil
        }
        return entry.stored
    }
}
