import Countersign
import CountersignCrypto
import CountersignJSON

/// Which sessions a user has: by user, and by session at the authorization server.
///
/// It is a hint: an entry may name a session that is over, never the other way about.
struct SessionIndex: Sendable {
    struct Entry: Sendable, Hashable, JSONDecodable, JSONEncodable {
        var id: String
        var endsAt: Duration

        init(id: String, endsAt: Duration) {
            self.id = id
            self.endsAt = endsAt
        }

        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            id = try object.value("id")
            endsAt = try object.instant("ends_at")
        }

        func encode(to json: inout JSONWriter) {
            json.beginObject()
            json.field("id", id)
            json.field("ends_at", endsAt.inMilliseconds)
            json.endObject()
        }
    }

    /// What sessions are found by.
    enum Key: Sendable {
        case subject(String, issuer: String)
        case sessionID(String, issuer: String)

        /// Neither user nor issuer stands in it.
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

    let documents: StoredDocuments
    let clock: any RuntimeClock

    /// How many sessions a user has at most; the oldest make room.
    static let capacity = 1000
    private static let patience = 20

    /// The sessions of a key that may not be over.
    nonisolated(nonsending) func sessions(of key: Key) async throws(TokenStoreError) -> [String] {
        let now = clock.unixTime()
        guard let (entries, _) = try await documents.load(key.entryName) as ([Entry], StoreVersion)? else { return [] }
        return entries.filter { now < $0.endsAt }.map(\.id)
    }

    /// - Returns: The sessions that must make room.
    nonisolated(nonsending) func add(_ entry: Entry, to key: Key) async throws(TokenStoreError) -> [String] {
        try await change(key) { entries in
            entries.append(entry)
            let dropped = entries.prefix(max(0, entries.count - Self.capacity)).map(\.id)
            entries.removeFirst(dropped.count)
            return dropped
        }
    }

    nonisolated(nonsending) func remove(_ id: String, from key: Key) async throws(TokenStoreError) {
        _ = try await change(key) { entries in
            entries.removeAll { $0.id == id }
            return []
        }
    }

    private nonisolated(nonsending) func change(
        _ key: Key,
        _ change: (inout [Entry]) -> [String]
    ) async throws(TokenStoreError) -> [String] {
        let name = key.entryName
        let now = clock.unixTime()
        for _ in 0..<Self.patience {
            let found = try await documents.load(name) as ([Entry], StoreVersion)?
            var entries = (found?.0 ?? []).filter { now < $0.endsAt }
            let dropped = change(&entries)
            do throws(TokenStoreError) {
                if entries.isEmpty {
                    if let found { try await documents.store.remove(name, version: found.1) }
                } else {
                    let end = entries.map(\.endsAt).max()
                    try await documents.save(entries, as: name, replacing: found?.1, until: end)
                }
                return dropped
            } catch {
                if error.kind != .conflict { throw error }
            }
        }
        throw TokenStoreError(.unavailable, "an index of sessions is being changed by others all the time")
    }
}
