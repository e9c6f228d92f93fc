import Countersign

/// A session's place in a store.
struct SessionEntry: Sendable {
    let store: any TokenStore
    let id: String
    private let name: String

    /// How long a holder of the lease may be silent: longer than everything it waits for together.
    private static let leaseDuration = Duration.seconds(60)
    /// How long another process' refresh is waited for.
    private static let patience = Duration.seconds(30)

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
        try await store.save(record.contents, as: name, replacing: version, until: record.expiresAt)
    }

    /// Removes whatever there is.
    nonisolated(nonsending) func remove() async throws(TokenStoreError) {
        try await store.remove(name, version: nil)
    }

    /// Removes the session if it is still one of these sign-ins': a later one under the same id stays.
    nonisolated(nonsending) func remove(_ signIns: Set<String>) async throws(TokenStoreError) {
        while true {
            do throws(TokenStoreError) {
                guard let (record, version) = try await load(), signIns.contains(record.signIn) else { return }
                return try await store.remove(name, version: version)
            } catch {
                switch error.kind {
                // A refresh was faster; it is removed with it.
                case .conflict: continue
                case .corrupt: return try await remove()
                default: throw error
                }
            }
        }
    }

    nonisolated(nonsending) func lease() async throws(TokenStoreError) -> any StoreLease {
        try await store.lease(name, for: Self.leaseDuration, waitingAtMost: Self.patience)
    }
}

extension TokenError {
    /// A store's failure, for whoever waits for a token.
    ///
    /// - Parameter consequence: What comes of it, where that is not obvious.
    init(_ error: TokenStoreError, _ consequence: String? = nil) {
        let reason = consequence.map { "\($0): \(error)" } ?? "\(error)"
        switch error.kind {
        case .wrongKey, .insecure, .invalidName, .configuration: self.init(.configuration, reason)
        case .cancelled: self.init(.cancelled, reason)
        default: self.init(.storage, reason)
        }
    }
}
