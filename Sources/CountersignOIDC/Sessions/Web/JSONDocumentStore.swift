import Countersign
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Small JSON documents in a token store: the state of browsers and pending sign-ins.
struct JSONDocumentStore: Sendable {
    let store: any TokenStore

    /// Returns the document with a name; nil if there is none.
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
        until expiry: Date?
    ) async throws(TokenStoreError) -> StoreVersion {
        var json = JSONWriter()
        json.value(document)
        return try await store.save(json.bytes, as: name, replacing: version, until: expiry)
    }

    nonisolated(nonsending) func remove(_ name: String) async throws(TokenStoreError) {
        try await store.remove(name, version: nil)
    }

    /// Removes a document and returns it.
    ///
    /// Of several concurrent callers, only one receives it.
    nonisolated(nonsending) func take<Document: JSONDecodable>(
        _ name: String
    ) async throws(TokenStoreError) -> Document? {
        guard let entry = try await store.load(name), !entry.contents.isEmpty else { return nil }
        do throws(TokenStoreError) {
            // A save detects a concurrent caller, a removal does not. The saved entry has already expired, so nothing
            // remains even if the removal fails.
            _ = try await store.save([], as: name, replacing: entry.version, until: Date(timeIntervalSince1970: 0))
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
            throw TokenStoreError(.corrupt, "the entry '\(name)' cannot be decoded: \(error)")
        }
    }
}
