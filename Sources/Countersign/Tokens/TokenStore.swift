#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A store for entries that outlive a process or are shared between processes, such as the tokens of signed-in users.
///
/// Use an existing store for memory, or for files that the processes of one machine share. Implement your own if the
/// machines of a fleet must share entries. An implementation must follow these rules:
///
/// - ``save(_:as:replacing:until:)`` and ``remove(_:version:)`` are atomic, and durable before they return: after a crash,
///   a saved entry is complete. There is no second copy of a rotated refresh token.
/// - Each save returns a new ``StoreVersion``. If two callers replace the same version, one of them gets
///   ``TokenStoreError/Kind/conflict``.
/// - An entry that cannot be read is an error, never `nil`: `nil` means that no user is signed in.
/// - Contents are secret. They do not appear in errors, logs or file names, and are encrypted with a ``StoreEncryption``
///   before they are written.
///
/// ## Names
///
/// A name has 1 to 200 characters of `A–Z`, `a–z`, `0–9`, `.`, `_` and `-`, and is case-sensitive. Other names are rejected
/// with ``TokenStoreError/Kind/invalidName``. Contents have at most 1 MiB.
public protocol TokenStore: Sendable {
    /// Returns the entry with this name; `nil` if there is none or it has expired.
    ///
    /// - Throws: ``TokenStoreError`` if the store or the entry cannot be read.
    nonisolated(nonsending) func load(_ name: String) async throws(TokenStoreError) -> StoredEntry?

    /// Saves an entry durably, if it has not changed since `version` was loaded.
    ///
    /// After ``TokenStoreError/Kind/unavailable`` the store contains either the old or the new entry; load it to find out.
    ///
    /// - Parameters:
    ///   - contents: The bytes to save.
    ///   - name: The name of the entry.
    ///   - version: The version to replace; `nil` if there must be no entry yet.
    ///   - expiry: The time at which the entry expires; `nil` for an entry that does not expire.
    /// - Returns: The new version.
    /// - Throws: ``TokenStoreError``, of kind ``TokenStoreError/Kind/conflict`` if the entry has another version.
    nonisolated(nonsending) func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Date?
    ) async throws(TokenStoreError) -> StoreVersion

    /// Removes an entry durably. Does nothing if there is none.
    ///
    /// - Parameters:
    ///   - name: The name of the entry.
    ///   - version: The version to remove; `nil` removes any version, even one that cannot be read.
    /// - Throws: ``TokenStoreError``, of kind ``TokenStoreError/Kind/conflict`` if the entry has another version.
    nonisolated(nonsending) func remove(_ name: String, version: StoreVersion?) async throws(TokenStoreError)

    /// Acquires the lease of a name, which has one holder at a time among all processes that share the store.
    ///
    /// An entry with that name need not exist. The lease ends when it is released, when its last reference is released,
    /// or when its process ends. A store that cannot detect the end of a process ends the lease after `duration`.
    ///
    /// - Parameters:
    ///   - name: The name to lease.
    ///   - duration: The length of the lease, in a store that cannot detect the end of the holder's process.
    ///   - timeout: The longest wait for another holder. Zero tries once.
    /// - Throws: ``TokenStoreError``, of kind ``TokenStoreError/Kind/leaseUnavailable`` after the timeout, of kind
    ///   ``TokenStoreError/Kind/cancelled`` as soon as the waiting task is cancelled.
    nonisolated(nonsending) func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost timeout: Duration
    ) async throws(TokenStoreError) -> any StoreLease
}

/// A lease of a ``TokenStore``: the exclusive right to do something, for example to refresh a session.
public protocol StoreLease: Sendable {
    /// Returns true if the lease is still valid.
    ///
    /// Check it immediately before an action that must not happen twice.
    nonisolated(nonsending) func isHeld() async -> Bool

    /// Releases the lease. Does nothing if it was released before.
    nonisolated(nonsending) func release() async
}
