import Countersign

/// The errors that the stores of this module have in common.
extension TokenStoreError {
    static let leaseUnavailable = TokenStoreError(.leaseUnavailable, "another process or task holds the lease")
    static let cancelled = TokenStoreError(.cancelled, "the waiting task was cancelled")
    static let noThread = TokenStoreError(.unavailable, "the system could not create a thread")

    static func conflict(over name: String) -> TokenStoreError {
        TokenStoreError(.conflict, "the entry '\(name)' has changed since it was loaded; load it again")
    }
}
