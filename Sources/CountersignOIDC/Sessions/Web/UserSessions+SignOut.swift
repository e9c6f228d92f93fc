public import Countersign

extension UserSessions {
    /// A sign-out: what to answer the browser with.
    public struct BrowserSignOut: Sendable {
        /// What came of it; ``SignOut/endSessionURL`` is where to redirect the browser to, if there is one.
        public let signOut: SignOut
        /// The value of a `Set-Cookie` field, which takes the cookie away.
        public let setCookie: String
    }

    /// Signs out the user of a browser.
    ///
    /// - Parameters:
    ///   - cookies: The value of the request's `Cookie` field.
    ///   - csrfToken: What the form brought back: the session's ``BrowserSession/csrfToken``.
    ///   - revoking: Which tokens the authorization server is told to revoke.
    ///   - state: What the browser brings back from ``SignOut/endSessionURL``.
    /// - Returns: nil when nobody was signed in.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/stateMismatch`` when the form was not one of the session's:
    ///   a foreign page made the browser send it; of another when the store could not remove the session.
    public nonisolated(nonsending) func signOut(
        cookies: String?,
        csrfToken: String,
        revoking: SignOut.Revoking = .refreshToken,
        state: String? = nil
    ) async throws(SignInError) -> BrowserSignOut? {
        guard let secret = sessionCookie.secret(in: cookies) else { return nil }
        guard CSRFToken.isValid(csrfToken, for: secret) else {
            throw SignInError(.stateMismatch, "the form to sign out was not a page's of this session")
        }
        do throws(TokenError) {
            let signOut = try await end(BrowserSecret.digest(secret), revoking: revoking, "user", state: state)
            return signOut.map { BrowserSignOut(signOut: $0, setCookie: sessionCookie.clearing) }
        } catch {
            throw SignInError(.token, "the session could not be removed from its store", token: error)
        }
    }

    /// Signs a user out at all browsers, here and not at the authorization server.
    ///
    /// - Parameters:
    ///   - subject: The user's identifier at the issuer (`sub`).
    ///   - revoking: Which tokens the authorization server is told to revoke.
    /// - Returns: How many sessions ended.
    /// - Throws: `TokenError` when the store could not say which there are.
    @discardableResult
    public nonisolated(nonsending) func signOutAll(
        of subject: String,
        revoking: SignOut.Revoking = .refreshToken
    ) async throws(TokenError) -> Int {
        try await endAll(of: .subject(subject, issuer: try client.issuer()), revoking: revoking, "user")
    }

    /// Ends the sessions that the authorization server says are over (OpenID Connect Back-Channel Logout).
    ///
    /// Answer it with 200, an error with 400; both with `Cache-Control: no-store` (section 2.8).
    ///
    /// - Parameter logoutToken: The `logout_token` of the request's form. It counts once.
    /// - Returns: How many sessions ended.
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/logoutToken`` when the token is refused, of another when
    ///   the issuer's keys or the store could not be had: then the server is to try again.
    @discardableResult
    public nonisolated(nonsending) func backChannelLogout(logoutToken: String) async throws(SignInError) -> Int {
        let documents = documents
        var failure: TokenStoreError?
        let token = try await client.validate(logoutToken: logoutToken) { identifier, _ in
            do throws(TokenStoreError) {
                return try await documents.store.load(Self.entryName(ofLogout: identifier)) == nil
            } catch {
                failure = error
                return true
            }
        }
        let key: SessionIndex.Key =
            if let sessionID = token.sessionID {
                .sessionID(sessionID, issuer: token.issuer)
            } else {
                .subject(token.subject ?? "", issuer: token.issuer)
            }
        let count: Int
        do throws(TokenError) {
            if let failure { throw TokenError(failure) }
            // The server keeps its own account of refresh tokens (section 2.7).
            count = try await endAll(of: key, revoking: .nothing, "back-channel")
        } catch {
            throw SignInError(.token, "the store of the sessions failed", token: error)
        }
        // Only now: whoever fails in between finds the token as good as it was. Two at once end the same sessions.
        _ = try? await documents.store.save(
            [1],
            as: Self.entryName(ofLogout: token.identifier),
            replacing: nil,
            until: token.expiresAt + IDTokenRules.leeway
        )
        return count
    }

    private static func entryName(ofLogout identifier: String) -> String {
        "logout." + BrowserSecret.digest(identifier)
    }

    private nonisolated(nonsending) func endAll(
        of key: SessionIndex.Key,
        revoking: SignOut.Revoking,
        _ reason: String
    ) async throws(TokenError) -> Int {
        let ids: [String]
        do throws(TokenStoreError) {
            ids = try await index.sessions(of: key)
        } catch {
            throw TokenError(error)
        }
        var count = 0
        for id in ids {
            if try await end(id, revoking: revoking, reason) != nil { count += 1 }
            // A sign-in that is storing it just now finds that it is not wanted any more.
            try? await index.remove(id, from: key)
        }
        return count
    }

    /// Ends a session: at its browser, and the session itself.
    ///
    /// - Returns: nil when there was none.
    /// - Throws: `TokenError` when the store could not say, or would not let it go.
    nonisolated(nonsending) func end(
        _ id: String,
        revoking: SignOut.Revoking,
        _ reason: String,
        state: String? = nil
    ) async throws(TokenError) -> SignOut? {
        do throws(TokenStoreError) {
            let name = BrowserRecord.entryName(of: id)
            let record = try await documents.load(name) as (document: BrowserRecord, version: StoreVersion)?
            // First the browser: from now on its cookie is worth nothing.
            try await documents.remove(name)
            for key in record.map({ Self.keys(of: $0.document) }) ?? [] { try? await index.remove(id, from: key) }
        } catch {
            // A session that is in use here ends in any case.
            guard let core = cache.session(id)?.core else { throw TokenError(error) }
            return await core.signOut(revoking: revoking, reason)
        }
        guard let core = try await core(id) else { return nil }
        var result = await core.signOut(revoking: revoking, reason)
        result.endSessionURL = await core.endSessionURL(idToken: result.idToken, state: state)
        return result
    }

    private nonisolated(nonsending) func core(_ id: String) async throws(TokenError) -> SessionCore? {
        if let session = cache.session(id) { return session.core }
        do throws(TokenError) {
            return try await client.session(id: id, in: documents.store, options: configuration.sessions)?.core
        } catch {
            guard error.kind == .configuration else { throw error }
        }
        // What cannot be used any more, for want of its key for example, is removed all the same.
        do throws(TokenStoreError) {
            try await documents.remove(SessionRecord.entryName(of: id))
        } catch {
            throw TokenError(error)
        }
        return nil
    }
}

extension UserSessions.BrowserSignOut: CustomStringConvertible {
    public var description: String { "BrowserSignOut(\(signOut))" }
}
