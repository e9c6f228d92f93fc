/// The token that a caller requires of a ``TokenCacheEntry``.
enum TokenRequirement: Sendable {
    /// A usable token, from the cache if possible.
    case current
    /// A token that is newer than the cached one.
    case renewed
    /// A token other than this one, which an API rejected with 401.
    case replacement(AccessToken)
}
