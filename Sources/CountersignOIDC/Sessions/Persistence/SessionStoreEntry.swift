import Countersign

/// The store entry of a session: loads, saves and removes its ``SessionRecord``, and leases it.
struct SessionStoreEntry: Sendable {
    let store: any TokenStore
    let id: String
    private let name: String

    /// The time after which an unresponsive holder loses the lease: longer than all its requests together.
    static let leaseDuration = Duration.seconds(60)
    /// The time to wait while another process refreshes the session.
    private static let leaseTimeout = Duration.seconds(30)
    private static let maximumAttempts = 20

    init(_ id: String, in store: any TokenStore) {
        self.store = store
        self.id = id
        name = SessionRecord.entryName(of: id)
    }

    nonisolated(nonsending) func load() async throws(TokenStoreError) -> (record: SessionRecord, version: StoreVersion)?
    {
        guard let entry = try await store.load(name) else { return nil }
        return (try SessionRecord(reading: entry.contents, for: id), entry.version)
    }

    nonisolated(nonsending) func save(
        _ record: SessionRecord,
        replacing version: StoreVersion?
    ) async throws(TokenStoreError) -> StoreVersion {
        try await store.save(
            record.contents,
            as: name,
            replacing: version,
            until: record.expiresAt
        )
    }

    /// Removes the entry in any version.
    nonisolated(nonsending) func remove() async throws(TokenStoreError) {
        try await store.remove(name, version: nil)
    }

    /// Removes the session if it belongs to one of these sign-ins.
    ///
    /// A later sign-in under the same id is kept.
    nonisolated(nonsending) func remove(ifSignedInBy signInIDs: Set<String>) async throws(TokenStoreError) {
        for _ in 0..<Self.maximumAttempts {
            do throws(TokenStoreError) {
                guard let (record, version) = try await load(), signInIDs.contains(record.signInID) else { return }
                return try await store.remove(name, version: version)
            } catch {
                switch error.kind {
                // A refresh saved the session in between. The next attempt removes its tokens too.
                case .conflict: continue
                case .corrupt: return try await remove()
                default: throw error
                }
            }
        }
        throw TokenStoreError(.unavailable, "the session was not removed: other processes keep changing its entry")
    }

    nonisolated(nonsending) func lease() async throws(TokenStoreError) -> any StoreLease {
        try await store.lease(name, for: Self.leaseDuration, waitingAtMost: Self.leaseTimeout)
    }
}
