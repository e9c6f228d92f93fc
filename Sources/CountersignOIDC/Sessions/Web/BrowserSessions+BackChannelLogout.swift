import Countersign

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension BrowserSessions {
    /// Ends the sessions that a logout token names (OpenID Connect Back-Channel Logout 1.0).
    ///
    /// Respond with status 200, or with 400 after an error, and with `Cache-Control: no-store` in both cases (section
    /// 2.8).
    ///
    /// A sign-in that is being completed at the same time fails with ``SignInError/Kind/denied``. The user may sign in
    /// again afterwards.
    ///
    /// - Parameter logoutToken: The `logout_token` parameter of the request. Nil is rejected. A token is accepted once.
    /// - Returns: The number of sessions that ended.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/invalidLogoutToken`` if the token is invalid; of another
    ///   kind if the issuer's keys or the store are unavailable, so that the server should retry.
    @discardableResult
    public nonisolated(nonsending) func backChannelLogout(logoutToken: String?) async throws(SignInError) -> Int {
        guard let logoutToken else { throw SignInError(IDTokenError(.missing), .invalidLogoutToken) }
        let removal = work.begin(.removal)
        defer { removal.end() }
        let store = documents.store
        var storeError: TokenStoreError?
        let token = try await client.validate(logoutToken: logoutToken) { [client] identifier, _ in
            guard let issuer = try? client.issuer() else { return false }
            do throws(TokenStoreError) {
                return try await store.load(Self.entryName(ofLogoutToken: identifier, issuer: issuer)) == nil
            } catch {
                // Reported below, since a replay is the only failure that this closure can return.
                storeError = error
                return true
            }
        }
        let count: Int
        do throws(TokenError) {
            if let storeError { throw TokenError(storeError) }
            count = try await endSessions(for: token)
        } catch {
            throw SignInError(.tokenError, "the session store failed during the logout", tokenError: error)
        }
        // The token is marked as used only after the sessions have ended, so that the server can retry after a failure.
        // Two concurrent requests with the same token end the same sessions.
        _ = try? await store.save(
            [1],
            as: Self.entryName(ofLogoutToken: token.identifier, issuer: (try? client.issuer()) ?? token.issuer),
            replacing: nil,
            until: token.expiresAt.adding(IDTokenValidator.leeway)
        )
        return count
    }

    private nonisolated(nonsending) func endSessions(for token: LogoutToken) async throws(TokenError) -> Int {
        let key: SessionIndex.Key =
            if let sessionID = token.sessionID {
                .sessionID(sessionID, issuer: token.issuer)
            } else {
                .subject(token.subject ?? "", issuer: token.issuer)
            }
        // The tombstone first: a sign-in whose session is not in the index yet finds it.
        var storeError: TokenStoreError?
        do throws(TokenStoreError) {
            try await tombstones.add(for: key, issuedAt: token.issuedAt)
        } catch {
            storeError = error
        }
        // A store that accepts no entries may still remove sessions. No tokens are revoked here: the authorization
        // server decides which refresh tokens a logout revokes (section 2.7).
        let count = try await endSessions(for: key, revoking: .nothing, reason: .backChannel).count
        if let storeError { throw TokenError(storeError) }
        return count
    }

    private static func entryName(ofLogoutToken identifier: String, issuer: String) -> String {
        "logout." + BrowserSecret.digest("\(issuer.utf8.count).\(issuer)\(identifier)")
    }
}
