public import Countersign

extension BrowserSessions {
    /// A sign-out: what to answer the browser with.
    public struct BrowserSignOutResult: Sendable {
        /// What came of it; ``SignOutResult/endSessionURL`` is where to redirect the browser to, if there is one.
        public let signOut: SignOutResult
        /// The value of a `Set-Cookie` field, which takes the cookie away.
        public let setCookie: String
    }

    /// Signs out the user of a browser.
    ///
    /// - Parameters:
    ///   - cookies: The value of the request's `Cookie` field.
    ///   - csrfToken: What the form brought back: the session's ``BrowserSession/csrfToken``. nil, where it brought
    ///     nothing, is refused.
    ///   - revoking: Which tokens the authorization server is told to revoke.
    ///   - state: What the browser brings back from ``SignOutResult/endSessionURL``.
    /// - Returns: nil when nobody was signed in.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/stateMismatch`` when the form was not one of the session's:
    ///   a foreign page made the browser send it; of another when the store could not remove the session.
    public nonisolated(nonsending) func signOut(
        cookies: String?,
        csrfToken: String?,
        revoking: TokensToRevoke = .refreshToken,
        state: String? = nil
    ) async throws(SignInError) -> BrowserSignOutResult? {
        guard let secret = sessionCookie.secret(in: cookies) else { return nil }
        guard CSRFToken.isValid(csrfToken, for: secret) else {
            throw SignInError(.stateMismatch, "the form to sign out was not a page's of this session")
        }
        do throws(TokenError) {
            let signOut = try await end(BrowserSecret.digest(secret), revoking: revoking, "user", state: state)
            return signOut.map { BrowserSignOutResult(signOut: $0, setCookie: sessionCookie.clearing) }
        } catch {
            throw SignInError(.token, "the session could not be removed from its store", token: error)
        }
    }

    /// Signs a user out at all browsers, here and not at the authorization server.
    ///
    /// - Parameters:
    ///   - subject: The user's identifier at the issuer (`sub`).
    ///   - revoking: Which tokens the authorization server is told to revoke.
    /// - Returns: What came of each session: ``SignOutResult/revocation`` says whose tokens could not be revoked.
    /// - Throws: `TokenError` when the store could not say which there are.
    @discardableResult
    public nonisolated(nonsending) func signOutAll(
        of subject: String,
        revoking: TokensToRevoke = .refreshToken
    ) async throws(TokenError) -> [SignOutResult] {
        try await endAll(of: .subject(subject, issuer: try client.issuer()), revoking: revoking, "user")
    }

    /// Ends the sessions of a key, those too that are being stored.
    ///
    /// - Returns: What came of each.
    /// - Throws: `TokenError` when the store could not say which there are, or would not let one go; the others have ended.
    nonisolated(nonsending) func endAll(
        of key: SessionIndex.Key,
        revoking: TokensToRevoke,
        _ reason: String
    ) async throws(TokenError) -> [SignOutResult] {
        let ids: [String]
        do throws(TokenStoreError) {
            ids = try await index.sessions(of: key)
        } catch {
            throw TokenError(error)
        }
        var ended: [SignOutResult] = []
        var failure: TokenError?
        for id in ids {
            do throws(TokenError) {
                if let signOut = try await end(id, of: key, revoking: revoking, reason) { ended.append(signOut) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return ended
    }

    /// Ends a session that the index has, though it may not be stored yet.
    ///
    /// - Returns: nil when there was none.
    private nonisolated(nonsending) func end(
        _ id: String,
        of key: SessionIndex.Key,
        revoking: TokensToRevoke,
        _ reason: String
    ) async throws(TokenError) -> SignOutResult? {
        if let signOut = try await end(id, revoking: revoking, reason) {
            try? await index.remove(id, from: key)
            return signOut
        }
        do throws(TokenStoreError) {
            // A sign-in that is storing it just now finds from here on that it is not wanted any more.
            try await index.remove(id, from: key)
        } catch {
            throw TokenError(error)
        }
        // What it has stored until here is found now.
        return try await end(id, revoking: revoking, reason)
    }

    /// Ends a session: at its browser, and the session itself.
    ///
    /// - Returns: nil when there was none.
    /// - Throws: `TokenError` when the store could not say, or would not let it go.
    nonisolated(nonsending) func end(
        _ id: String,
        revoking: TokensToRevoke,
        _ reason: String,
        state: String? = nil
    ) async throws(TokenError) -> SignOutResult? {
        do throws(TokenStoreError) {
            let name = BrowserRecord.entryName(of: id)
            let record = try await documents.load(name) as (document: BrowserRecord, version: StoreVersion)?
            // First the browser: from now on its cookie is worth nothing.
            try await documents.remove(name)
            for key in record.map({ Self.keys(of: $0.document) }) ?? [] { try? await index.remove(id, from: key) }
        } catch {
            // What cannot be read is removed all the same; a session that is in use here ends in any case.
            try? await documents.remove(BrowserRecord.entryName(of: id))
            guard let core = cache.session(id)?.core else { throw TokenError(error) }
            return await core.signOut(revoking: revoking, reason)
        }
        var result: SignOutResult
        var session = cache.session(id)
        do throws(TokenError) {
            if session == nil {
                session = try await client.session(
                    id: id,
                    in: documents.store,
                    options: configuration.sessions,
                    hasKey: false
                )
            }
            guard let core = session?.core else { return nil }
            result = await core.signOut(revoking: revoking, reason)
        } catch {
            guard error.kind == .configuration else { throw error }
            // What cannot be read any more is removed all the same.
            result = try await remove(id, for: error, revoking, reason)
        }
        let idToken = result.idToken.flatMap(IDToken.init(kept:))
        result.endSessionURL = try? await client.endSessionURL(idToken: idToken, state: state)
        return result
    }

    /// Ends a session whose tokens nobody here can know.
    private nonisolated(nonsending) func remove(
        _ id: String,
        for error: TokenError,
        _ revoking: TokensToRevoke,
        _ reason: String
    ) async throws(TokenError) -> SignOutResult {
        do throws(TokenStoreError) {
            try await documents.remove(SessionRecord.entryName(of: id))
        } catch {
            throw TokenError(error)
        }
        client.runtime.record(.signedOut, reason)
        var result = SignOutResult()
        if revoking != .nothing { result.revocation = .failed(error) }
        return result
    }
}

extension BrowserSessions.BrowserSignOutResult: CustomStringConvertible {
    public var description: String { "BrowserSignOutResult(\(signOut))" }
}
