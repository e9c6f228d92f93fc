public import Countersign
import CountersignCrypto

extension OIDCClient {
    /// Keeps a user who has signed in as a session, in a store that outlives the process.
    ///
    /// What the store had under the id is replaced. A sign-in that could not be stored is none: the next run of the
    /// program would find what the store had before. The tokens are the result's still, to be kept in another store, or
    /// at the second try; or to be given back:
    ///
    /// ```swift
    /// try await client.session(for: result, in: MemoryTokenStore(), id: "ada").signOut()
    /// ```
    ///
    /// Once the session is stored, it goes on from memory whenever the store fails, and is stored as soon as the store
    /// takes it; see ``SessionEvent/Kind/storeFailed``.
    ///
    /// - Parameters:
    ///   - result: What the sign-in brought.
    ///   - store: Where the session is kept.
    ///   - id: What the session is called in the store. A user of a web application has one for each browser: leave
    ///     that to ``BrowserSessions``.
    ///   - options: What the program wants of the session beyond the usual.
    /// - Throws: `TokenError` when the session is not stored: of kind `TokenError.Kind.storage` when the store failed, of
    ///   kind `TokenError.Kind.configuration` when it will never take it.
    public nonisolated(nonsending) func session(
        for result: SignInResult,
        in store: any TokenStore,
        id: String,
        options: SessionOptions = SessionOptions()
    ) async throws(TokenError) -> UserSession {
        try await session(for: result, in: store, id: id, until: nil, options: options)
    }

    /// - Parameter expiry: When the session is over whatever happens, since 1970.
    nonisolated(nonsending) func session(
        for result: SignInResult,
        in store: any TokenStore,
        id: String,
        until expiry: Duration?,
        options: SessionOptions
    ) async throws(TokenError) -> UserSession {
        var record = try SessionRecord(of: result, id: id, kept: options.kept(result.claims, after: nil))
        record.expiresAt = expiry
        let core = SessionCore(
            SessionMemory(record: record),
            of: self,
            in: SessionEntry(id, in: store),
            boundTo: result.dpopKey,
            options: options
        )
        try await core.saveFirst()
        return UserSession(core)
    }

    /// The session that the store has under an id; nil when there is none.
    ///
    /// Nothing is sent. A session that the authorization server ended is returned as such: see ``UserSession/state``.
    ///
    /// - Throws: `TokenError`: of kind `TokenError.Kind.storage` when the store could not say, of kind
    ///   `TokenError.Kind.configuration` when the session was made at another issuer, for another client, or bound to
    ///   another DPoP key than this client's.
    public nonisolated(nonsending) func session(
        id: String,
        in store: any TokenStore,
        options: SessionOptions = SessionOptions()
    ) async throws(TokenError) -> UserSession? {
        try await session(id: id, in: store, options: options, hasKey: true)
    }

    /// - Parameter hasKey: false for a session that is only to end: to revoke its tokens needs no proof by their key.
    nonisolated(nonsending) func session(
        id: String,
        in store: any TokenStore,
        options: SessionOptions,
        hasKey: Bool
    ) async throws(TokenError) -> UserSession? {
        let entry = SessionEntry(id, in: store)
        let found: (record: SessionRecord, version: StoreVersion)?
        do throws(TokenStoreError) {
            found = try await entry.load()
        } catch {
            throw TokenError(error)
        }
        guard let (record, version) = found else { return nil }
        let (issuer, clientID) = (try issuer(), try clientID())
        guard record.issuer == issuer, record.clientID == clientID else {
            throw TokenError(
                .configuration,
                "the session was made by another client, or at another issuer than \(issuer)"
            )
        }
        // P50: a session without a key has none made for it, one with a key gets no other.
        let key = record.keyThumbprint == nil || !hasKey ? nil : try dpopKey()
        guard !hasKey || key?.thumbprint == record.keyThumbprint else { throw SessionCore.wrongKey }
        return UserSession(
            SessionCore(
                SessionMemory(record: record, version: version),
                of: self,
                in: entry,
                boundTo: key,
                options: options
            )
        )
    }
}

extension SessionRecord {
    /// What is kept of a sign-in.
    init(of result: SignInResult, id: String, kept claims: UserClaims) throws(TokenError) {
        let signIn: String
        do throws(CryptoError) {
            signIn = Base64URL.encode(try SecureRandom.bytes(16))
        } catch {
            throw TokenError(.configuration, "the system gave no random bytes: \(error)")
        }
        self.init(
            id: id,
            signIn: signIn,
            issuer: try result.client.issuer(),
            clientID: try result.client.clientID(),
            claims: claims,
            idToken: result.idToken?.text,
            refreshToken: result.response.refreshToken,
            grantedScopes: result.grantedScopes,
            keyThumbprint: result.dpopKey?.thumbprint,
            signedInAt: result.signedInAt
        )
        keep(
            SessionToken(
                key: .usual,
                value: result.response.accessToken.value,
                askedAt: result.signedInAt,
                lifetime: result.response.accessToken.lifetime,
                scopes: result.grantedScopes
            )
        )
    }
}
