import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation

/// A token store whose operations can fail, with hooks that run other code in between.
final class FaultyTokenStore: TokenStore {
    enum Operation: Hashable, Sendable { case load, save, remove, lease }

    let store: MemoryTokenStore
    private let failingOperations = Locked<Set<Operation>>([])
    private let saveHook = Locked<(@Sendable () async -> Void)?>(nil)
    private let loadHook = Locked<(@Sendable (String) async -> Void)?>(nil)

    init(_ store: MemoryTokenStore) {
        self.store = store
    }

    /// Sets the operations that fail from now on.
    func fail(_ operations: Set<Operation>) { failingOperations.withLock { $0 = operations } }

    /// Sets a hook that runs before every save, after the caller has decided to save.
    func beforeSave(_ hook: (@Sendable () async -> Void)?) { saveHook.withLock { $0 = hook } }

    /// Sets a hook that runs after every load, before the caller receives the entry.
    func afterLoad(_ hook: (@Sendable (String) async -> Void)?) { loadHook.withLock { $0 = hook } }

    private func check(_ operation: Operation) throws(TokenStoreError) {
        let fails = failingOperations.withLock { $0.contains(operation) }
        if fails { throw TokenStoreError(.unavailable, "the disk is full") }
    }

    func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        try check(.load)
        let entry = try await store.load(name)
        await loadHook.withLock { $0 }?(name)
        return entry
    }

    func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Date?
    ) async throws(TokenStoreError) -> StoreVersion {
        await saveHook.withLock { $0 }?()
        try check(.save)
        return try await store.save(contents, as: name, replacing: version, until: expiry)
    }

    func remove(_ name: String, version: StoreVersion?) async throws(TokenStoreError) {
        try check(.remove)
        try await store.remove(name, version: version)
    }

    func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost timeout: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try check(.lease)
        return try await store.lease(name, for: duration, waitingAtMost: timeout)
    }
}
