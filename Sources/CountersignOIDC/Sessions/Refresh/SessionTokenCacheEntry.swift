import Countersign
import CountersignHTTP
import CountersignJSON

/// The cache entry of one access token of a session, which refreshes with the session's refresh token.
struct SessionTokenCacheEntry: Sendable {
    /// Identifies the token, and the scopes that its callers require.
    struct ID: Hashable, Sendable {
        var key: SessionTokenKey
        /// In the order of their bytes.
        var scopes: [String]

        // Compared as bytes, as the key is.
        static func == (left: ID, right: ID) -> Bool {
            left.key == right.key && left.scopes.map(ByteKey.init) == right.scopes.map(ByteKey.init)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(key)
            for scope in scopes { hasher.combine(ByteKey(scope)) }
        }
    }

    /// The value of the token that the cache entry received last: the one that a refresh must replace.
    final class CurrentToken: Sendable {
        private let value: Locked<String?>

        init(_ value: String?) {
            self.value = Locked(value)
        }

        func get() -> String? { value.withLock { $0 } }
        func set(_ token: String) { value.withLock { $0 = token } }
    }

    let entry: TokenCacheEntry

    /// Creates an entry with the token that the session already has, if that is still valid.
    init(_ id: ID, of core: SessionCore) {
        let token = core.record[id.key]
        let currentToken = CurrentToken(token?.value)
        entry = core.client.runtime.makeTokenCacheEntry(about: core.client.tokenSubject) {
            await core.refresh(id, replacing: currentToken)
        }
        core.register(entry, for: id)
        if let token, token.isUsable(at: core.clock.date(), policy: core.client.runtime.renewal),
            let accessToken = try? token.accessToken(
                boundTo: core.dpopKey,
                clock: core.clock,
                isRestored: core.isRestored
            )
        {
            entry.adopt(accessToken)
        }
        // A sign-out either found the registered entry, or is visible here.
        if core.isSignedOut { entry.invalidate() }
    }
}
