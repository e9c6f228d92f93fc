import Countersign
import CountersignJSON

/// Small JSON documents in a store: what a web back end remembers of its browsers.
struct StoredDocuments: Sendable {
    let store: any TokenStore

    /// The document of a name; nil when there is none.
    nonisolated(nonsending) func load<Document: JSONDecodable>(
        _ name: String
    ) async throws(TokenStoreError) -> (document: Document, version: StoreVersion)? {
        guard let entry = try await store.load(name) else { return nil }
        return (try decode(entry, name), entry.version)
    }

    @discardableResult
    nonisolated(nonsending) func save(
        _ document: some JSONEncodable,
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Duration?
    ) async throws(TokenStoreError) -> StoreVersion {
        var json = JSONWriter()
        json.value(document)
        return try await store.save(json.bytes, as: name, replacing: version, until: expiry)
    }

    nonisolated(nonsending) func remove(_ name: String) async throws(TokenStoreError) {
        try await store.remove(name, version: nil)
    }

    /// Takes a document out: of all who try, one gets it.
    nonisolated(nonsending) func take<Document: JSONDecodable>(
        _ name: String
    ) async throws(TokenStoreError) -> Document? {
        guard let entry = try await store.load(name), !entry.contents.isEmpty else { return nil }
        do throws(TokenStoreError) {
            // A removal does not say who was first; a save does.
            // It has expired at once, so that nothing is left of it even if the removal fails.
            _ = try await store.save([], as: name, replacing: entry.version, until: .zero)
        } catch {
            if error.kind == .conflict { return nil }
            throw error
        }
        try await store.remove(name, version: nil)
        return try decode(entry, name)
    }

    private func decode<Document: JSONDecodable>(
        _ entry: StoredEntry,
        _ name: String
    ) throws(TokenStoreError) -> Document {
        do {
            return try Document(json: try JSONDocument(parsing: entry.contents).root)
        } catch {
            throw TokenStoreError(.corrupt, "the entry '\(name)' cannot be read: \(error)")
        }
    }
}
