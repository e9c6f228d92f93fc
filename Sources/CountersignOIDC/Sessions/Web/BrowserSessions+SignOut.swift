public import Countersign

extension BrowserSessions {
    /// Signs out the user of a browser.
    ///
    /// - Parameters:
    ///   - cookies: The value of the request's `Cookie` field.
    ///   - csrfToken: The session's ``BrowserSession/csrfToken``, from the form. Nil is rejected.
    ///   - revoking: The tokens to revoke at the authorization server.
    ///   - state: A value that the browser returns after visiting ``SignOutResult/endSessionURL``.
    /// - Returns: nil if no user was signed in.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/stateMismatch`` if the CSRF token is invalid, because a
    ///   page of another site may have sent the form; of another kind if the store could not remove the session.
    public nonisolated(nonsending) func signOut(
        cookies: String?,
        csrfToken: String?,
        revoking: TokensToRevoke = .refreshToken,
        state: String? = nil
    ) async throws(SignInError) -> BrowserSignOutResult? {
        guard let secret = sessionCookie.secret(in: cookies) else { return nil }
        guard CSRFToken.isValid(csrfToken, for: secret) else {
            throw SignInError(.stateMismatch, "the CSRF token of the sign-out form is missing or invalid")
        }
        do throws(TokenError) {
            let id = BrowserSecret.digest(secret)
            let signOut = try await endSession(id, revoking: revoking, reason: .user, state: state)
            return signOut.map { BrowserSignOutResult(signOut: $0, setCookie: sessionCookie.removal) }
        } catch {
            throw SignInError(.tokenError, "the session could not be removed from its store", tokenError: error)
        }
    }

    /// Signs a user out in all browsers.
    ///
    /// The user remains signed in at the authorization server. All sessions end before the first token is revoked, so
    /// that an authorization server that does not respond delays only the result.
    ///
    /// - Parameters:
    ///   - subject: The user's identifier at the issuer (`sub`).
    ///   - issuer: The issuer of the user's tenant at a multi-tenant server (``IDToken/issuer``); nil for the client's
    ///     issuer.
    ///   - revoking: The tokens to revoke at the authorization server.
    /// - Returns: The result for each session. ``SignOutResult/revocation`` indicates whether its tokens were revoked.
    /// - Throws: `TokenError` if the store could not list or remove the sessions.
    @discardableResult
    public nonisolated(nonsending) func signOutAll(
        of subject: String,
        issuer: String? = nil,
        revoking: TokensToRevoke = .refreshToken
    ) async throws(TokenError) -> [SignOutResult] {
        let issuer = if let issuer { issuer } else { try client.issuer() }
        return try await endSessions(for: .subject(subject, issuer: issuer), revoking: revoking, reason: .user)
    }

    // MARK: Ending sessions

    /// Ends the sessions of a key, including those that are being stored.
    ///
    /// - Returns: The result for each session.
    /// - Throws: `TokenError` if the store could not list the sessions or remove one of them. The other sessions end
    ///   nevertheless.
    nonisolated(nonsending) func endSessions(
        for key: SessionIndex.Key,
        revoking: TokensToRevoke,
        reason: SignOutReason
    ) async throws(TokenError) -> [SignOutResult] {
        let removal = work.begin(.removal)
        defer { removal.end() }
        let ids: [String]
        do throws(TokenStoreError) {
            ids = try await index.sessions(for: key)
        } catch {
            throw TokenError(error)
        }
        // All sessions end first: an authorization server that does not respond must not keep any of them alive.
        var removed: [RemovedSession] = []
        var firstError: TokenError?
        for id in ids {
            do throws(TokenError) {
                let session = try await removeIndexedSession(id, key: key, revoking: revoking, reason: reason)
                if let session { removed.append(session) }
            } catch {
                firstError = firstError ?? error
            }
        }
        let results = await finishSignOuts(of: removed, revoking: revoking)
        if let firstError { throw firstError }
        return results
    }

    /// The maximum number of sessions whose tokens a sign-out revokes at the same time.
    private static var maximumConcurrentRevocations: Int { 8 }

    /// Revokes the tokens of removed sessions.
    ///
    /// - Returns: The result for each session, in the same order.
    private nonisolated(nonsending) func finishSignOuts(
        of sessions: [RemovedSession],
        revoking: TokensToRevoke
    ) async -> [SignOutResult] {
        await withTaskGroup(of: (Int, SignOutResult).self, returning: [SignOutResult].self) { group in
            var results = sessions.map(\.result)
            for (index, session) in sessions.enumerated() {
                if index >= Self.maximumConcurrentRevocations, let (finished, result) = await group.next() {
                    results[finished] = result
                }
                group.addTask { (index, await self.finishSignOut(of: session, revoking: revoking)) }
            }
            for await (finished, result) in group { results[finished] = result }
            return results
        }
    }

    /// Removes a session of the index, which may not be stored yet.
    ///
    /// - Returns: nil if there was none.
    private nonisolated(nonsending) func removeIndexedSession(
        _ id: String,
        key: SessionIndex.Key,
        revoking: TokensToRevoke,
        reason: SignOutReason
    ) async throws(TokenError) -> RemovedSession? {
        let removal = work.begin(.removal, session: SessionRecord.logID(of: id))
        defer { removal.end() }
        if let session = try await removeSession(id, revoking: revoking, reason: reason) {
            try? await index.remove(id, from: key)
            return session
        }
        do throws(TokenStoreError) {
            // A sign-in that is storing this session checks the index afterwards, and then ends the session itself.
            try await index.remove(id, from: key)
        } catch {
            throw TokenError(error)
        }
        // If the sign-in checked the index before the removal, the session is stored by now and is found here.
        return try await removeSession(id, revoking: revoking, reason: reason)
    }

    /// Ends a session: the browser's record, and the user session.
    ///
    /// - Returns: nil if there was none.
    /// - Throws: `TokenError` if the store could not load or remove the session.
    nonisolated(nonsending) func endSession(
        _ id: String,
        revoking: TokensToRevoke,
        reason: SignOutReason,
        state: String? = nil
    ) async throws(TokenError) -> SignOutResult? {
        let removal = work.begin(.removal, session: SessionRecord.logID(of: id))
        defer { removal.end() }
        guard let session = try await removeSession(id, revoking: revoking, reason: reason) else { return nil }
        return await finishSignOut(of: session, revoking: revoking, state: state)
    }

    /// Ends a session in this process and in the store, without a request to the authorization server.
    ///
    /// - Returns: The session, for ``finishSignOut(of:revoking:state:)``, which must be called; nil if there was none.
    /// - Throws: `TokenError` if the store could not load or remove the session.
    private nonisolated(nonsending) func removeSession(
        _ id: String,
        revoking: TokensToRevoke,
        reason: SignOutReason
    ) async throws(TokenError) -> RemovedSession? {
        do throws(TokenStoreError) {
            let name = BrowserSessionRecord.entryName(of: id)
            let stored = try await documents.load(name) as (document: BrowserSessionRecord, version: StoreVersion)?
            // The browser's record first: from now on its cookie is invalid.
            try await documents.remove(name)
            for key in stored?.document.indexKeys ?? [] { try? await index.remove(id, from: key) }
        } catch {
            // A record that cannot be decoded is removed too, and a session that is in use here ends in any case.
            try? await documents.remove(BrowserSessionRecord.entryName(of: id))
            guard let core = cache.session(for: id)?.core else { throw TokenError(error) }
            return RemovedSession(ended: await core.endLocally(reason), needsEndSessionURL: false)
        }
        var session = cache.session(for: id)
        do throws(TokenError) {
            if session == nil {
                session = try await client.session(
                    id: id,
                    in: documents.store,
                    configuration: configuration,
                    requiresKey: false,
                    work: work
                )
            }
            guard let core = session?.core else { return nil }
            return RemovedSession(ended: await core.endLocally(reason))
        } catch {
            guard error.kind == .configuration else { throw error }
            // A session that this client cannot use is removed too.
            let result = try await removeUnusableSession(id, error: error, revoking: revoking, reason: reason)
            return RemovedSession(unusable: result)
        }
    }

    /// Revokes the tokens of a removed session, and determines the end session URL.
    private nonisolated(nonsending) func finishSignOut(
        of session: RemovedSession,
        revoking: TokensToRevoke,
        state: String? = nil
    ) async -> SignOutResult {
        var result = session.result
        if let ended = session.ended { result = await ended.revoke(revoking) }
        guard session.needsEndSessionURL else { return result }
        let idToken = result.idToken.flatMap(IDToken.init(unverified:))
        result.endSessionURL = try? await client.endSessionURL(idToken: idToken, state: state)
        return result
    }

    /// Removes a session whose tokens this client cannot load.
    private nonisolated(nonsending) func removeUnusableSession(
        _ id: String,
        error: TokenError,
        revoking: TokensToRevoke,
        reason: SignOutReason
    ) async throws(TokenError) -> SignOutResult {
        do throws(TokenStoreError) {
            try await documents.remove(SessionRecord.entryName(of: id))
        } catch {
            throw TokenError(error)
        }
        client.record(.signedOut, reason.rawValue)
        var result = SignOutResult()
        if revoking != .nothing { result.revocation = .failed(error) }
        return result
    }
}

/// A session that has ended in this process and in the store.
private struct RemovedSession: Sendable {
    /// The session whose tokens may still have to be revoked; nil if it had ended before, or is unusable.
    let ended: EndedSession?
    /// The result without the revocation.
    let result: SignOutResult
    let needsEndSessionURL: Bool

    init(ended: EndedSession?, needsEndSessionURL: Bool = true) {
        self.ended = ended
        result = ended?.result ?? SignOutResult()
        self.needsEndSessionURL = needsEndSessionURL
    }

    /// - Parameter result: The result for a session whose tokens this client cannot load.
    init(unusable result: SignOutResult) {
        ended = nil
        self.result = result
        needsEndSessionURL = true
    }
}
