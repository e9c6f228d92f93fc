/// Where what must outlive a process is kept, and shared between processes: the tokens of signed-in users first of all.
///
/// Use a store that exists: in memory, in files for the processes of one machine. Write one of your own when the machines
/// of a fleet must share it, and keep to this:
///
/// - ``save(_:as:replacing:until:)`` and ``remove(_:version:)`` are atomic, and durable before they return: what was
///   saved is there after a crash, whole. A refresh token that rotates has no second copy anywhere.
/// - Each save gives a new ``StoreVersion``. Of two savers that name the same one, one gets
///   ``TokenStoreError/Kind/conflict``.
/// - An entry that cannot be read is an error, never `nil`: `nil` means "nobody is signed in".
/// - Contents are secret. They stand in no error, no log and no file name; what is stored is sealed with a
///   ``StoreEncryption``.
///
/// ## Names
///
/// A name has 1 to 200 characters of `A–Z`, `a–z`, `0–9`, `.`, `_` and `-`, and tells upper from lower case; another is
/// refused with ``TokenStoreError/Kind/invalidName``. Contents have at most 1 MiB.
public protocol TokenStore: Sendable {
    /// The entry of a name; `nil` when there is none, or its expiry has passed.
    ///
    /// - Throws: ``TokenStoreError`` when it cannot be known, or the entry cannot be read.
    nonisolated(nonsending) func load(_ name: String) async throws(TokenStoreError) -> StoredEntry?

    /// Saves an entry durably, if nobody has saved or removed it since its version was read.
    ///
    /// After ``TokenStoreError/Kind/unavailable`` either the old or the new entry is there: load it to know which.
    ///
    /// - Parameters:
    ///   - contents: The bytes to keep.
    ///   - name: The entry's name.
    ///   - version: The version that is replaced; `nil` when there must be no entry yet.
    ///   - expiry: The time since 1 January 1970 UTC from which there is no such entry any more; `nil` for none.
    /// - Returns: The version of what was saved.
    /// - Throws: ``TokenStoreError``, of kind ``TokenStoreError/Kind/conflict`` when the entry is another by now.
    nonisolated(nonsending) func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Duration?
    ) async throws(TokenStoreError) -> StoreVersion

    /// Removes an entry durably.
    ///
    /// When there is none, nothing happens.
    ///
    /// - Parameters:
    ///   - name: The entry's name.
    ///   - version: Remove this version only; `nil` removes any, also one that cannot be read.
    /// - Throws: ``TokenStoreError``, of kind ``TokenStoreError/Kind/conflict`` when the entry is another by now.
    nonisolated(nonsending) func remove(_ name: String, version: StoreVersion?) async throws(TokenStoreError)

    /// Takes the lease of a name: it has one holder at a time, in all processes that share the store.
    ///
    /// An entry of that name need not exist. The lease ends when it is released, when its last reference goes, when its
    /// process dies, or after `duration` where the store cannot see that.
    ///
    /// - Parameters:
    ///   - name: What is leased.
    ///   - duration: How long the holder may be silent, in a store that cannot see whether it lives.
    ///   - patience: How long to wait for another holder. Zero tries once.
    /// - Throws: ``TokenStoreError``, of kind ``TokenStoreError/Kind/leaseUnavailable`` when the lease was not to be had
    ///   in that time, ``TokenStoreError/Kind/cancelled`` as soon as the waiting task is cancelled.
    nonisolated(nonsending) func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost patience: Duration
    ) async throws(TokenStoreError) -> any StoreLease
}

/// The right to be the only one who does something, a refresh of one session for example.
public protocol StoreLease: Sendable {
    /// Whether the lease is still this holder's: asked right before what must not happen twice.
    nonisolated(nonsending) func isHeld() async -> Bool

    /// Gives the lease back. A second time nothing happens.
    nonisolated(nonsending) func release() async
}
