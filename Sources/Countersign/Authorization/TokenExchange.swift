/// Tokens with which calls are made on behalf of whoever a source speaks for (RFC 8693).
///
/// The source is asked for every call, so that nobody's token outlives them here; what its token was exchanged for is
/// cached, and renewed by another exchange.
final class TokenExchange: Sendable {
    private let subject: any TokenSource
    private let clock: any RuntimeClock
    private let makeEntry: @Sendable (AccessToken) throws(TokenError) -> TokenCacheEntry
    /// What the last subject's token is exchanged for.
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

    /// Where the token is cached that the subject's is exchanged for.
    nonisolated(nonsending) func entry(deadline: MonotonicInstant?) async throws(TokenError) -> TokenCacheEntry {
        let request = TokenSourceRequest(scopes: [], resources: [], refused: nil, renew: false)
        let subject = try await subject.token(for: request, deadline: deadline, clock: clock)
        if let last = last.withLock({ $0 }), last.subject.value == subject.value { return last.entry }
        let entry = try makeEntry(subject)
        last.withLock { $0 = (subject, entry) }
        return entry
    }

    /// Where the token of the last call's subject is cached.
    var lastEntry: TokenCacheEntry? { last.withLock { $0?.entry } }
}
