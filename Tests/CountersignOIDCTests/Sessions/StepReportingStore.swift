import Countersign
import Foundation

/// A token store that calls a function before each operation on an entry.
struct StepReportingStore: TokenStore {
    let store: any TokenStore
    let beforeStep: @Sendable (_ name: String, _ isWrite: Bool) async -> Void

    func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        await beforeStep(name, false)
        return try await store.load(name)
    }

    func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Date?
    ) async throws(TokenStoreError) -> StoreVersion {
        await beforeStep(name, true)
        return try await store.save(contents, as: name, replacing: version, until: expiry)
    }

    func remove(_ name: String, version: StoreVersion?) async throws(TokenStoreError) {
        await beforeStep(name, true)
        try await store.remove(name, version: version)
    }

    func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost timeout: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try await store.lease(name, for: duration, waitingAtMost: timeout)
    }
}
