/// Token exchange: tokens that act for the subject of a token source (RFC 8693).
///
/// Each call asks the source for the token of its subject. The token that it is exchanged for is cached, and renewed by
/// another exchange.
final class TokenExchange: Sendable {
    private let subject: any TokenSource
    /// The cache entry of the subject's token, if the runtime caches it.
    private let subjectEntry: TokenCacheEntry?
    private let clock: any RuntimeClock
    private let makeEntry: @Sendable (AccessToken) throws(TokenError) -> TokenCacheEntry
    /// The subject's token of the last call, and the cache entry for the token that it is exchanged for.
    private let last = Locked<(subject: AccessToken, entry: TokenCacheEntry)?>(nil)

    init(
        of subject: any TokenSource,
        entry subjectEntry: TokenCacheEntry?,
        clock: any RuntimeClock,
        makeEntry: @escaping @Sendable (AccessToken) throws(TokenError) -> TokenCacheEntry
    ) {
        self.subject = subject
        self.subjectEntry = subjectEntry
        self.clock = clock
        self.makeEntry = makeEntry
    }

    /// Returns the cache entry for the token that the subject's token is exchanged for.
    nonisolated(nonsending) func entry(deadline: MonotonicInstant?) async throws(TokenError) -> TokenCacheEntry {
        let subject = try await subjectToken(deadline: deadline)
        if let last = last.withLock({ $0 }), last.subject.value == subject.value { return last.entry }
        let entry = try makeEntry(subject)
        last.withLock { $0 = (subject, entry) }
        return entry
    }

    private nonisolated(nonsending) func subjectToken(
        deadline: MonotonicInstant?
    ) async throws(TokenError) -> AccessToken {
        if let subjectEntry { return try await subjectEntry.token(deadline: deadline) }
        let request = TokenSourceRequest(scopes: [], resources: [], rejectedToken: nil, forceRenewal: false)
        return try await subject.token(for: request, deadline: deadline, clock: clock)
    }

    /// The cache entry that the last call used.
    var lastEntry: TokenCacheEntry? { last.withLock { $0?.entry } }
}
