import Countersign
import CountersignCrypto
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The index of a user's sessions: by subject, and by session at the authorization server (`sid`).
///
/// A session is added to the index before it is stored. The index may list sessions that have ended, but every stored
/// session is listed.
struct SessionIndex: Sendable {
    struct Entry: Sendable, Hashable, JSONDecodable, JSONEncodable {
        var id: String
        var expiresAt: Date

        init(id: String, expiresAt: Date) {
            self.id = id
            self.expiresAt = expiresAt
        }

        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            id = try object.value("id")
            expiresAt = try object.date("ends_at")
        }

        func encode(to json: inout JSONWriter) {
            json.beginObject()
            json.field("id", id)
            json.field("ends_at", expiresAt, as: .unixMilliseconds)
            json.endObject()
        }
    }

    enum Key: Sendable {
        case subject(String, issuer: String)
        case sessionID(String, issuer: String)

        /// The name of the store entry.
        ///
        /// It reveals neither the user nor the issuer.
        var entryName: String {
            switch self {
            case .subject(let text, let issuer): "user." + Self.digest(text, issuer)
            case .sessionID(let text, let issuer): "sid." + Self.digest(text, issuer)
            }
        }

        private static func digest(_ text: String, _ issuer: String) -> String {
            Base64URL.encode(SHA2.sha256(Array("\(issuer.utf8.count).\(issuer)\(text)".utf8)))
        }
    }

    let documents: JSONDocumentStore
    let clock: any RuntimeClock

    /// The maximum number of sessions of a user.
    ///
    /// A new session ends the oldest one.
    static let capacity = 1000
    private static let maximumAttempts = 20

    /// Returns the ids of the sessions that have not reached their maximum lifetime.
    nonisolated(nonsending) func sessions(for key: Key) async throws(TokenStoreError) -> [String] {
        let now = clock.date()
        guard let (entries, _) = try await documents.load(key.entryName) as ([Entry], StoreVersion)? else { return [] }
        return entries.filter { now < $0.expiresAt }.map(\.id)
    }

    /// Adds a session.
    ///
    /// - Returns: The ids of the sessions that exceed the capacity and must end.
    nonisolated(nonsending) func add(_ entry: Entry, to key: Key) async throws(TokenStoreError) -> [String] {
        try await update(key) { entries in
            entries.append(entry)
            let evicted = entries.prefix(max(0, entries.count - Self.capacity)).map(\.id)
            entries.removeFirst(evicted.count)
            return evicted
        }
    }

    nonisolated(nonsending) func remove(_ id: String, from key: Key) async throws(TokenStoreError) {
        _ = try await update(key) { entries in
            entries.removeAll { $0.id == id }
            return []
        }
    }

    private nonisolated(nonsending) func update(
        _ key: Key,
        _ change: (inout [Entry]) -> [String]
    ) async throws(TokenStoreError) -> [String] {
        let name = key.entryName
        let now = clock.date()
        for _ in 0..<Self.maximumAttempts {
            let stored = try await documents.load(name) as ([Entry], StoreVersion)?
            var entries = (stored?.0 ?? []).filter { now < $0.expiresAt }
            let evicted = change(&entries)
            do throws(TokenStoreError) {
                if entries.isEmpty {
                    if let stored { try await documents.store.remove(name, version: stored.1) }
                } else {
                    let expiry = entries.map(\.expiresAt).max()
                    try await documents.save(entries, as: name, replacing: stored?.1, until: expiry)
                }
                return evicted
            } catch {
                if error.kind != .conflict { throw error }
            }
        }
        throw TokenStoreError(.unavailable, "the session index was not saved: other processes keep changing it")
    }
}
