import Countersign
import CountersignHTTP

/// The state that a session's token cache entries share: its copy of the session, its store entry and its mutex.
///
/// The core does not retain the cache entries, which retain the core. A session that no caller uses any more is
/// released after its refresh has finished.
final class SessionCore: Sendable {
    struct State {
        var session: CachedSession
        var isSignedOut = false
        /// True if the program wants to resend a refresh token whose outcome is unknown.
        var isRetryRequested = false
        var lastStoreError: TokenStoreError?
        /// True while a background task saves changes that the store did not accept.
        var isSavingInBackground = false
        var cacheEntries: [SessionTokenCacheEntry.ID: WeakCacheEntry] = [:]
    }

    struct WeakCacheEntry {
        weak var entry: TokenCacheEntry?
    }

    let client: OIDCClient
    let entry: SessionStoreEntry
    let configuration: SessionConfiguration
    /// The DPoP key that the session's tokens are bound to; nil for bearer tokens.
    let dpopKey: DPoPKey?
    /// True if the session comes from the store, not from a sign-in of this process.
    let isRestored: Bool
    let state: Locked<State>
    /// Serializes refreshes and saves within this process.
    let mutex = AsyncMutex()
    let events: SessionEventFanOut
    /// The work under way that a shutdown waits for.
    let work: WorkTracker
    let logID: String

    /// - Parameter parent: The tracker of the sessions that this one belongs to.
    init(
        _ session: CachedSession,
        client: OIDCClient,
        entry: SessionStoreEntry,
        dpopKey: DPoPKey?,
        configuration: SessionConfiguration,
        isRestored: Bool = false,
        in parent: WorkTracker
    ) {
        self.client = client
        self.entry = entry
        self.configuration = configuration
        self.dpopKey = dpopKey
        self.isRestored = isRestored
        state = Locked(State(session: session))
        work = WorkTracker(in: parent)
        logID = SessionRecord.logID(of: session.record.id)
        events = SessionEventFanOut(session: logID, onEvent: configuration.onEvent)
    }

    var clock: any RuntimeClock { client.runtime.clock }
    var session: CachedSession { state.withLock { $0.session } }
    var record: SessionRecord { session.record }
    var isSignedOut: Bool { state.withLock { $0.isSignedOut } }

    // MARK: Token cache entries

    func register(_ entry: TokenCacheEntry, for id: SessionTokenCacheEntry.ID) {
        state.withLock { state in
            state.cacheEntries = state.cacheEntries.filter { $0.value.entry != nil }
            state.cacheEntries[id] = WeakCacheEntry(entry: entry)
        }
    }

    func cacheEntry(for id: SessionTokenCacheEntry.ID) -> TokenCacheEntry? {
        state.withLock { $0.cacheEntries[id]?.entry }
    }

    /// Invalidates the cached tokens of all entries that satisfy the condition.
    func invalidateCachedTokens(where condition: (SessionTokenCacheEntry.ID) -> Bool = { _ in true }) {
        let entries = state.withLock { state in
            state.cacheEntries.filter { condition($0.key) }.compactMap(\.value.entry)
        }
        for entry in entries { entry.invalidate() }
    }

    // MARK: Changes

    /// Adopts a changed session, and reports what has changed.
    ///
    /// - Returns: false if the user has signed out here. Then nothing is adopted.
    func adopt(_ session: CachedSession) -> Bool {
        let previous: SessionRecord? = state.withLock { state in
            guard !state.isSignedOut else { return nil }
            defer { state.session = session }
            return state.session.record
        }
        guard let previous else { return false }
        if session.record.claims != previous.claims { events.send(.claimsChanged) }
        let record = session.record
        if !record.missingScopes(of: previous.grantedScopes).isEmpty {
            invalidateCachedTokens { !record.missingScopes(of: $0.scopes).isEmpty }
            events.send(.scopesNarrowed)
        }
        if case .ended(let error) = session.record.state, previous.state == .active {
            invalidateCachedTokens()
            let reason = session.record.isRotationLost ? "lost-rotation" : error
            client.record(.sessionEnded, reason)
            events.send(.ended, reason: reason)
        }
        return true
    }

    /// Signs the user out in this process: from now on no caller receives a token, and nothing is stored.
    ///
    /// - Returns: The session's record; nil if the user has signed out before.
    func signOutLocally() -> SessionRecord? {
        let record: SessionRecord? = state.withLock { state in
            guard !state.isSignedOut else { return nil }
            defer { state.session.removeTokens() }
            state.isSignedOut = true
            return state.session.record
        }
        if record != nil {
            invalidateCachedTokens()
            events.finish(with: .signedOut)
        }
        return record
    }

    // MARK: Reporting

    /// The operations of a store, as events name them.
    enum StoreOperation: String {
        case load, save, remove, lease
    }

    /// Reports a failure of the store that does not end the session.
    func reportStoreFailure(_ operation: StoreOperation, _ error: TokenStoreError) {
        state.withLock { $0.lastStoreError = error }
        client.record(.storeFailed, operation.rawValue)
        events.send(.storeFailed, reason: operation.rawValue)
    }

    func recordSignOut(_ reason: SignOutReason) {
        client.record(.signedOut, reason.rawValue)
    }
}
