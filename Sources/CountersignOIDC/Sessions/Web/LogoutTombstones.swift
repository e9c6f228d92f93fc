import Countersign
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Tombstones of back-channel logouts, which end sign-ins that are being completed at the same time.
///
/// After the authorization server has issued a user's tokens, and before the session is in the index, a logout finds no
/// session to end. Therefore a logout first stores a tombstone and then looks for sessions. A sign-in first stores its
/// session and then looks for a tombstone. In any order of these steps, one of the two sees the other.
///
/// A tombstone expires when no sign-in that it could end can be stored any more.
struct LogoutTombstones: Sendable {
    private struct Tombstone: Sendable, JSONDecodable, JSONEncodable {
        /// The issue time of the latest logout token, by the issuer's clock.
        var issuedAt: Date

        init(issuedAt: Date) {
            self.issuedAt = issuedAt
        }

        init(json: JSONNode) throws(JSONDecodingError) {
            var object = try json.object()
            issuedAt = try object.date("iat")
        }

        func encode(to json: inout JSONWriter) {
            json.beginObject()
            json.field("iat", issuedAt, as: .unixMilliseconds)
            json.endObject()
        }
    }

    let documents: JSONDocumentStore
    let clock: any RuntimeClock

    /// The maximum age of a sign-in when its session is stored.
    ///
    /// The tombstone of a logout after an older sign-in may have expired.
    static let maximumSignInAge = SignInTransaction.lifetime
    /// Exceeds the maximum age by the tolerated difference between the clocks of two machines.
    private static let lifetime = maximumSignInAge + IDTokenValidator.leeway
    private static let maximumAttempts = 20

    /// Stores the tombstone of a logout.
    ///
    /// - Parameter issuedAt: The issue time of the logout token, by the issuer's clock.
    nonisolated(nonsending) func add(for key: SessionIndex.Key, issuedAt: Date) async throws(TokenStoreError) {
        let name = Self.entryName(of: key)
        for _ in 0..<Self.maximumAttempts {
            let stored = try await documents.load(name) as (document: Tombstone, version: StoreVersion)?
            // Logout tokens may arrive in another order than they were issued in.
            let tombstone = Tombstone(issuedAt: max(issuedAt, stored?.document.issuedAt ?? issuedAt))
            do throws(TokenStoreError) {
                let expiry = clock.date().adding(Self.lifetime)
                try await documents.save(tombstone, as: name, replacing: stored?.version, until: expiry)
                return
            } catch {
                if error.kind != .conflict { throw error }
            }
        }
        throw TokenStoreError(.unavailable, "the logout was not recorded: other processes keep changing its entry")
    }

    /// Returns true if a logout has ended the sign-in that returned an ID token.
    ///
    /// The user may sign in again, even in the same session of the authorization server. The ID token of that sign-in
    /// was issued after the logout token. If both were issued in the same second, or if there is no ID token, the order
    /// is unknown and the sign-in ends.
    ///
    /// - Parameter issuedAt: The issue time of the ID token, by the issuer's clock; nil without an ID token.
    nonisolated(nonsending) func endsSignIn(
        for key: SessionIndex.Key,
        issuedAt: Date?
    ) async throws(TokenStoreError) -> Bool {
        let name = Self.entryName(of: key)
        let stored = try await documents.load(name) as (document: Tombstone, version: StoreVersion)?
        guard let tombstone = stored?.document else { return false }
        return issuedAt.map { $0.wholeMilliseconds <= tombstone.issuedAt.wholeMilliseconds } ?? true
    }

    private static func entryName(of key: SessionIndex.Key) -> String { "ended." + key.entryName }
}
