public import Countersign

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension OIDCClient {
    /// Creates a session for a user who has signed in, and stores it.
    ///
    /// It replaces the session that the store has under this id. If storing fails, no session is created, because the
    /// next start of the program would find the previous one. The result keeps its tokens. Store it later or in another
    /// store, or revoke its tokens:
    ///
    /// ```swift
    /// try await client.session(for: result, in: MemoryTokenStore(), id: "ada").signOut()
    /// ```
    ///
    /// A stored session survives failures of its store: it continues in memory, and is saved when the store works
    /// again. See ``SessionEvent/Kind/storeFailed``.
    ///
    /// - Parameters:
    ///   - result: The completed sign-in.
    ///   - store: The store that keeps the session.
    ///   - id: The session's id in the store. In a web application, each browser needs its own session: use
    ///     ``BrowserSessions`` there.
    ///   - configuration: The configuration of the session.
    /// - Throws: `TokenError` if the session is not stored: of kind `TokenError.Kind.storage` if the store failed, of
    ///   kind `TokenError.Kind.configuration` if it can never accept the session.
    public nonisolated(nonsending) func session(
        for result: SignInResult,
        in store: any TokenStore,
        id: String,
        configuration: SessionConfiguration = SessionConfiguration()
    ) async throws(TokenError) -> UserSession {
        try await session(for: result, in: store, id: id, expiresAt: nil, configuration: configuration)
    }

    /// - Parameters:
    ///   - expiresAt: The end of the session's lifetime; nil for no limit.
    ///   - work: The tracker of the sessions that this one belongs to; nil for that of the runtime.
    nonisolated(nonsending) func session(
        for result: SignInResult,
        in store: any TokenStore,
        id: String,
        expiresAt: Date?,
        configuration: SessionConfiguration,
        work: WorkTracker? = nil
    ) async throws(TokenError) -> UserSession {
        var record = try SessionRecord(
            result,
            id: id,
            claims: configuration.transformed(result.claims, stored: nil)
        )
        record.expiresAt = expiresAt
        let core = SessionCore(
            CachedSession(record: record),
            client: self,
            entry: SessionStoreEntry(id, in: store),
            dpopKey: result.dpopKey,
            configuration: configuration,
            in: work ?? runtime.work
        )
        try await core.saveNewSession()
        return UserSession(core)
    }

    /// Returns the session that the store has under an id; nil if there is none.
    ///
    /// No request is sent. A session that the authorization server has ended is returned too: see
    /// ``UserSession/state``.
    ///
    /// - Throws: `TokenError`: of kind `TokenError.Kind.storage` if the store failed, of kind
    ///   `TokenError.Kind.configuration` if the session belongs to another issuer or client, or is bound to a different
    ///   DPoP key than this client's.
    public nonisolated(nonsending) func session(
        id: String,
        in store: any TokenStore,
        configuration: SessionConfiguration = SessionConfiguration()
    ) async throws(TokenError) -> UserSession? {
        try await session(id: id, in: store, configuration: configuration, requiresKey: true)
    }

    /// - Parameters:
    ///   - requiresKey: false for a session that is only signed out: revoking its tokens needs no proof.
    ///   - work: The tracker of the sessions that this one belongs to; nil for that of the runtime.
    nonisolated(nonsending) func session(
        id: String,
        in store: any TokenStore,
        configuration: SessionConfiguration,
        requiresKey: Bool,
        work: WorkTracker? = nil
    ) async throws(TokenError) -> UserSession? {
        let entry = SessionStoreEntry(id, in: store)
        let stored: (record: SessionRecord, version: StoreVersion)?
        do throws(TokenStoreError) {
            stored = try await entry.load()
        } catch {
            throw TokenError(error)
        }
        guard let (record, version) = stored else { return nil }
        let (issuer, clientID) = (try issuer(), try clientID())
        guard record.issuer.utf8.elementsEqual(issuer.utf8), record.clientID.utf8.elementsEqual(clientID.utf8) else {
            throw TokenError(
                .configuration,
                "the stored session belongs to another client or issuer; expected client \(clientID) at \(issuer)"
            )
        }
        // P50: no key is created for a session without one, and no other key replaces a missing one.
        let key = record.keyThumbprint == nil || !requiresKey ? nil : try dpopKey()
        guard !requiresKey || key?.thumbprint == record.keyThumbprint else { throw SessionCore.wrongKey }
        return UserSession(
            SessionCore(
                CachedSession(record: record, version: version),
                client: self,
                entry: entry,
                dpopKey: key,
                configuration: configuration,
                isRestored: true,
                in: work ?? runtime.work
            )
        )
    }
}
