/// Token exchange: tokens that act for the subject of a token source (RFC 8693).
///
/// Each call asks the source for the token of its subject. The token that it is exchanged for is cached, and renewed by
/// another exchange.
final class TokenExchange: Sendable {
    private let subject: any TokenSource
    private let clock: any RuntimeClock
    private let makeEntry: @Sendable (AccessToken) throws(TokenError) -> TokenCacheEntry
    /// The subject's token of the last call, and the cache entry for the token that it is exchanged for.
    private let last = Locked<(subject: AccessToken, entry: TokenCacheEntry)?>(nil)

    init(
        of subject: any TokenSource,
        clock: any RuntimeClock,
        entry: @escaping @Sendable (AccessToken) throws(TokenError) -> TokenCacheEntry
    ) {
        self.subject = subject
        self.clock = clock
        makeEntry = entry
    }

    /// Returns the cache entry for the token that the subject's token is exchanged for.
    nonisolated(nonsending) func entry(deadline: MonotonicInstant?) async throws(TokenError) -> TokenCacheEntry {
        let request = TokenSourceRequest(scopes: [], resources: [], rejectedToken: nil, forceRenewal: false)
        let subject = try await subject.token(for: request, deadline: deadline, clock: clock)
        if let last = last.withLock({ $0 }), last.subject.value == subject.value { return last.entry }
        let entry = try makeEntry(subject)
        last.withLock { $0 = (subject, entry) }
        return entry
    }

    /// The cache entry that the last call used.
    var lastEntry: TokenCacheEntry? { last.withLock { $0?.entry } }
}
