/// The cache entries of a runtime, by token identity.
///
/// A client looks up an entry once for each kind of token that it needs, not for each call. ``TokenCacheEviction`` keeps
/// the number of entries within the capacity.
final class TokenCache: Sendable {
    private let entries: Locked<TokenCacheEviction>

    init(capacity: Int) {
        entries = Locked(TokenCacheEviction(capacity: capacity))
    }

    /// Returns the entry of an identity, creating one if there is none.
    func entry(for identity: TokenIdentity, make: () -> TokenCacheEntry) -> TokenCacheEntry {
        entries.withLock { entries in
            if let known = entries.lookUp(identity) { return known }
            let entry = make()
            entries.insert(entry, for: identity)
            return entry
        }
    }

    /// Invalidates all tokens.
    func invalidateTokens() {
        for entry in entries.withLock({ $0.all }) { entry.invalidate() }
    }

    var count: Int { entries.withLock { $0.count } }
}
