import Countersign
import CountersignJSON

/// What back-channel logouts leave behind for sign-ins that they came in between of.
///
/// Between the moment in which the authorization server issued a user's tokens and the moment in which the session is in
/// the index, a logout finds nothing to end. So it leaves a mark first and looks for sessions then, and a sign-in stores
/// its session first and looks for a mark then: whatever the order, one of the two sees the other.
///
/// A mark lasts as long as a sign-in may take to be stored, so there are no more than there were logouts in that time.
struct LogoutTombstones: Sendable {
    private struct Mark: Sendable, JSONDecodable, JSONEncodable {
        /// When the latest logout token was issued, since 1970.
        var issuedAt: Duration

        init(issuedAt: Duration) {
            self.issuedAt = issuedAt
        }

        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            issuedAt = try object.instant("iat")
        }

        func encode(to json: inout JSONWriter) {
            json.beginObject()
            json.field("iat", issuedAt.inMilliseconds)
            json.endObject()
        }
    }

    let documents: StoredDocuments
    let clock: any RuntimeClock

    /// How old a sign-in may be when it is stored: later, nobody can say any more that there was no logout.
    static let patience = SignInTransaction.lifetime
    /// Longer than a sign-in may be old, by as much as the clocks of two machines may be apart.
    private static let lifetime = patience + IDTokenRules.leeway
    private static let attempts = 20

    /// Leaves the mark of a logout.
    ///
    /// - Parameter issuedAt: When its token was issued, by the issuer's clock.
    nonisolated(nonsending) func leave(
        for key: SessionIndex.Key,
        issuedAt: Duration
    ) async throws(TokenStoreError) {
        let name = Self.entryName(of: key)
        for _ in 0..<Self.attempts {
            let found = try await documents.load(name) as (document: Mark, version: StoreVersion)?
            // Tokens may come in another order than they were issued in.
            let mark = Mark(issuedAt: max(issuedAt, found?.document.issuedAt ?? issuedAt))
            do throws(TokenStoreError) {
                let end = clock.unixTime() + Self.lifetime
                try await documents.save(mark, as: name, replacing: found?.version, until: end)
                return
            } catch {
                if error.kind != .conflict { throw error }
            }
        }
        throw TokenStoreError(.unavailable, "the mark of a logout is being changed by others all the time")
    }

    /// Whether a logout has ended the sign-in that brought an ID token.
    ///
    /// A user may sign in anew, in the same session of the server's as well, and has when the ID token is the later
    /// one; of two from the same second nobody knows, nor of a sign-in without one.
    ///
    /// - Parameter issuedAt: When the ID token was issued, by the issuer's clock.
    nonisolated(nonsending) func cover(
        _ key: SessionIndex.Key,
        issuedAt: Duration?
    ) async throws(TokenStoreError) -> Bool {
        let found = try await documents.load(Self.entryName(of: key)) as (document: Mark, version: StoreVersion)?
        guard let mark = found?.document else { return false }
        return issuedAt.map { $0.inMilliseconds <= mark.issuedAt.inMilliseconds } ?? true
    }

    private static func entryName(of key: SessionIndex.Key) -> String { "ended." + key.entryName }
}
