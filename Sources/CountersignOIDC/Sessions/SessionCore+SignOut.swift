import Countersign

// Signing out: in this process first, then in the store, then at the authorization server.
extension SessionCore {
    nonisolated(nonsending) func signOut(
        revoking tokensToRevoke: TokensToRevoke,
        reason: SignOutReason = .user
    ) async -> SignOutResult {
        guard let ended = await endLocally(reason) else { return SignOutResult() }
        return await ended.revoke(tokensToRevoke)
    }

    /// Ends the session in this process and in the store, without a request to the authorization server.
    ///
    /// - Returns: The ended session; nil if the user has signed out before. The caller must call
    ///   ``EndedSession/revoke(_:)``, for which a shutdown waits.
    nonisolated(nonsending) func endLocally(_ reason: SignOutReason) async -> EndedSession? {
        let removal = work.begin(.removal, session: logID)
        defer { removal.end() }
        guard var record = signOutLocally() else { return nil }
        recordSignOut(reason)
        // If another process has refreshed the session, the stored tokens are the current ones.
        var tokens = RevocableTokens(record)
        var signInIDs: Set = [record.signInID]
        if let (stored, _) = try? await entry.load(), stored.isSameUser(as: record) {
            tokens.add(stored)
            signInIDs.insert(stored.signInID)
            record.idToken = stored.idToken ?? record.idToken
        }
        var result = SignOutResult()
        result.storeError = await removeStoredSession(of: signInIDs)
        result.idToken = record.idToken
        // Begins before the removal ends, so that a shutdown waits for both.
        let revocation = work.begin(.revocation, session: logID)
        return EndedSession(core: self, tokens: tokens, result: result, revocation: revocation)
    }

    /// Returns the URL of the end session endpoint; nil if the server has none, or its metadata is unavailable.
    nonisolated(nonsending) func endSessionURL(idToken: String?, state: String?) async -> String? {
        try? await client.endSessionURL(idToken: idToken.flatMap(IDToken.init(unverified:)), state: state)
    }

    // MARK: The store

    /// Removes the session from the store.
    ///
    /// If that fails, it is retried in the background.
    @discardableResult
    nonisolated(nonsending) func removeStoredSession(of signInIDs: Set<String>) async -> TokenStoreError? {
        do throws(TokenStoreError) {
            try await entry.remove(ifSignedInBy: signInIDs)
            return nil
        } catch {
            reportStoreFailure(.remove, error)
            let removal = work.begin(.removal, session: logID)
            Task.detached { [self] in
                await removeUntilDone(signInIDs)
                removal.end()
            }
            return error
        }
    }

    private func removeUntilDone(_ signInIDs: Set<String>) async {
        var attempt = 0
        while true {
            attempt = await waitBeforeRetry(attempt)
            do throws(TokenStoreError) {
                return try await entry.remove(ifSignedInBy: signInIDs)
            } catch {}
        }
    }
}

/// A session that has ended in this process and in the store, and whose tokens may still have to be revoked.
struct EndedSession: Sendable {
    let core: SessionCore
    let tokens: RevocableTokens
    /// The result without the revocation.
    let result: SignOutResult
    /// The work that a shutdown waits for.
    let revocation: WorkTracker.Work

    /// Revokes the tokens at the authorization server.
    ///
    /// - Returns: The result of the sign-out.
    nonisolated(nonsending) func revoke(_ tokensToRevoke: TokensToRevoke) async -> SignOutResult {
        defer { revocation.end() }
        var result = result
        result.revocation = await core.revoke(tokens, tokensToRevoke)
        return result
    }
}
