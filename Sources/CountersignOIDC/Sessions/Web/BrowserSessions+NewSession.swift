public import Countersign

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension BrowserSessions {
    /// Creates the session of a user who has signed in by other means, for example with the device flow.
    ///
    /// If this function throws, the session is removed and its refresh token is revoked.
    ///
    /// - Parameter result: The completed sign-in, at most ten minutes old.
    /// - Throws: `TokenError`: of kind `TokenError.Kind.notSignedIn` if the user has signed out in the meantime, or if
    ///   the sign-in is too old to know that; of another kind if the session could not be stored.
    public nonisolated(nonsending) func beginSession(
        for result: SignInResult
    ) async throws(TokenError) -> BrowserSession {
        let signIn = work.begin(.signIn)
        defer { signIn.end() }
        let secret = try BrowserSecret.make()
        let id = BrowserSecret.digest(secret)
        let now = clock.date()
        let issuer = try client.issuer()
        let record = BrowserSessionRecord(
            lastSeenAt: now,
            expiresAt: now.adding(configuration.maximumLifetime),
            issuer: issuer,
            tenantIssuer: result.idToken.flatMap { $0.issuer.utf8.elementsEqual(issuer.utf8) ? nil : $0.issuer },
            subject: result.claims.subject,
            sessionID: result.idToken?.sessionID
        )
        var stored: UserSession?
        do throws(TokenError) {
            let session = try await store(result, as: id, record)
            stored = session
            try await checkForLogout(of: result, id: id, record)
            let expiry = record.expiry(idleTimeout: configuration.idleTimeout)
            return BrowserSession(
                session: session,
                setCookie: sessionCookie.setCookie(secret, maxAge: expiry.duration(since: now)),
                secret: secret
            )
        } catch {
            _ = try? await endSession(id, revoking: .nothing, reason: .elsewhere)
            // If the store failed, this retries the removal in the background.
            _ = await stored?.core.signOut(revoking: .nothing, reason: .elsewhere)
            for key in record.indexKeys { try? await index.remove(id, from: key) }
            // No session has these tokens, so no sign-out will revoke them.
            if let refreshToken = result.response.refreshToken {
                try? await client.revoke(SecretValue(refreshToken), type: .refreshToken)
            }
            throw error
        }
    }

    /// Stores a new session: in the index, as a browser, and as a user session.
    private nonisolated(nonsending) func store(
        _ result: SignInResult,
        as id: String,
        _ record: BrowserSessionRecord
    ) async throws(TokenError) -> UserSession {
        do throws(TokenStoreError) {
            // The index first: a sign-out of all sessions must find every stored session.
            for key in record.indexKeys {
                for evicted in try await index.add(.init(id: id, expiresAt: record.expiresAt), to: key) {
                    _ = try? await endSession(evicted, revoking: .nothing, reason: .capacity)
                }
            }
            try await documents.save(
                record,
                as: BrowserSessionRecord.entryName(of: id),
                replacing: nil,
                until: record.expiry(idleTimeout: configuration.idleTimeout)
            )
        } catch {
            throw TokenError(error)
        }
        let session = try await client.session(
            for: result,
            in: documents.store,
            id: id,
            expiresAt: record.expiresAt,
            configuration: configuration,
            work: work
        )
        return cache.add(session, replacing: true)
    }

    /// Checks that no logout has ended the new session before it was stored, or while it was being stored.
    ///
    /// - Throws: `TokenError`, also if the store failed.
    private nonisolated(nonsending) func checkForLogout(
        of result: SignInResult,
        id: String,
        _ record: BrowserSessionRecord
    ) async throws(TokenError) {
        let issuedAt = result.idToken?.issuedAt
        var isSignedOut = false
        do throws(TokenStoreError) {
            for key in record.indexKeys where !isSignedOut {
                isSignedOut = try await !index.sessions(for: key).contains(id)
                if !isSignedOut { isSignedOut = try await tombstones.endsSignIn(for: key, issuedAt: issuedAt) }
            }
        } catch {
            throw TokenError(error)
        }
        guard !isSignedOut else {
            throw TokenError(.notSignedIn, "the user has signed out while the session was being stored")
        }
        let signInAge = clock.date().duration(since: result.signedInAt)
        guard signInAge < LogoutTombstones.maximumSignInAge else {
            throw TokenError(
                .notSignedIn,
                "the sign-in is too old for a new session: the user may have signed out since; sign in again"
            )
        }
    }
}
