public import Countersign
import CountersignHTTP

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A token store in a directory of files, safe for concurrent use by the processes of one machine.
///
/// ```swift
/// let encryption = try StoreEncryption.aes256GCM(.environment("TOKEN_STORE_KEY"))
/// let store = try FileTokenStore(directory: "/var/lib/shop/tokens", encryption: encryption)
/// ```
///
/// Each entry is a file. A save writes a new file, syncs it to the disk, renames it over the old one and syncs the
/// directory. After a crash, either the old or the new entry is there, complete, and a save that returned is not lost.
///
/// Only the program's user may access the directory (0700, files 0600). Looser permissions, another owner and symbolic
/// links are rejected with `TokenStoreError.Kind.insecure`, whose message contains the `chmod` to run.
///
/// A lease is a lock of the operating system that ends with the process. It cannot be taken from a holder that is alive,
/// even if that is suspended for a minute, so the duration of a lease has no effect. The directory must be on a local
/// disk, because not all network file systems support such locks.
public final class FileTokenStore: TokenStore {
    /// The purpose of a directory, which contains files of one purpose only.
    enum Purpose: String, CaseIterable {
        case tokens
        case keys

        /// The name of the file that marks the directory.
        var marker: String { "countersign.\(rawValue)" }
    }

    enum Suffix {
        static let entry = ".entry"
        static let temporary = ".temporary"
        static let lease = ".lease"
        static let lock = ".lock"
    }

    let directory: StoreDirectory
    private let encryption: StoreEncryption
    let clock: any RuntimeClock
    let threads = FileThreads()
    let locks: FileLocks
    /// The time of the next removal of expired entries.
    let cleanup: Locked<FileStoreCleanup>
    /// The maximum time a save waits for another process that writes: longer means that it or the disk hangs.
    private static let writeTimeout = Duration.seconds(10)
    /// The number of write locks that all entries share.
    private static let writeLockCount = 64

    /// Opens a directory, creating it and its parents if they are missing.
    ///
    /// This accesses the disk. Call it when the program starts, and share the store.
    ///
    /// - Parameters:
    ///   - directory: The path of the directory, which must contain nothing but this store. Other processes may have the
    ///     store open, too.
    ///   - encryption: The encryption of the entries. With `StoreEncryption.none`, anyone with access to the disk can read
    ///     them.
    ///   - clock: The clock that decides whether an entry has expired, and measures how long a caller waits for a lease.
    /// - Throws: `TokenStoreError` if the directory is unusable.
    public convenience init(
        directory: String,
        encryption: StoreEncryption,
        clock: any RuntimeClock = SystemClock()
    ) throws(TokenStoreError) {
        try self.init(directory: directory, encryption: encryption, clock: clock, purpose: .tokens)
    }

    init(
        directory path: String,
        encryption: StoreEncryption,
        clock: any RuntimeClock,
        purpose: Purpose
    ) throws(TokenStoreError) {
        directory = try StoreDirectory(path)
        self.encryption = encryption
        self.clock = clock
        locks = FileLocks(directory: directory, threads: threads, clock: clock)
        cleanup = Locked(FileStoreCleanup(at: clock.now()))
        try markDirectory(purpose)
        try removeTemporaryFiles()
    }

    private func markDirectory(_ purpose: Purpose) throws(TokenStoreError) {
        let isNew = try directory.createFile(purpose.marker)
        for other in Purpose.allCases where other != purpose && directory.contains(other.marker) {
            if isNew { directory.removeLock(purpose.marker) }
            throw TokenStoreError(
                .configuration,
                "\(directory.path) contains \(other.rawValue); use separate directories for keys and tokens"
            )
        }
    }

    // MARK: TokenStore

    public nonisolated(nonsending) func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        try StoredEntry.check(name: name)
        let now = clock.date()
        let (entry, hasExpired) = try await threads.run { () throws(TokenStoreError) in
            guard let (entry, expiry) = try self.read(name) else { return (nil as StoredEntry?, false) }
            return expiry.hasPassed(at: now) ? (nil, true) : (entry, false)
        }
        removeExpiredIfDue()
        // If the file cannot be removed now, it is removed later.
        if hasExpired { _ = try? await removeIfExpired(name, at: now) }
        return entry
    }

    public nonisolated(nonsending) func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Date?
    ) async throws(TokenStoreError) -> StoreVersion {
        try StoredEntry.check(name: name)
        let now = clock.date()
        try StoredEntry.check(expiry: expiry, at: now)
        let new = StoredEntry(contents: contents, version: try .unique())
        let sealed = try encryption.seal(new, as: name, until: expiry)
        try await withWriteLock(name) { () throws(TokenStoreError) in
            guard try self.currentEntry(name, at: now)?.version == version else { throw .conflict(over: name) }
            try self.directory.replace(name + Suffix.entry, with: sealed, through: name + Suffix.temporary)
        }
        removeExpiredIfDue(afterSave: true)
        return new.version
    }

    public nonisolated(nonsending) func remove(
        _ name: String,
        version: StoreVersion?
    ) async throws(TokenStoreError) {
        try StoredEntry.check(name: name)
        let now = clock.date()
        try await withWriteLock(name) { () throws(TokenStoreError) in
            if let version, let entry = try self.currentEntry(name, at: now), entry.version != version {
                throw .conflict(over: name)
            }
            try self.directory.remove(name + Suffix.entry)
        }
    }

    public nonisolated(nonsending) func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost timeout: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try StoredEntry.check(name: name)
        let lock = try await locks.lock(name + Suffix.lease, timeout: timeout)
        // The task may have been cancelled at the moment it got the lease.
        guard !Task.isCancelled else { throw .cancelled }
        return FileLease(lock: lock, directory: directory, entry: name + Suffix.entry)
    }

    // MARK: Files

    func read(_ name: String) throws(TokenStoreError) -> (entry: StoredEntry, expiry: Date?)? {
        let maximum = StoredEntry.maximumByteCount + 1024
        guard let bytes = try directory.contents(of: name + Suffix.entry, maximumByteCount: maximum) else { return nil }
        do throws(TokenStoreError) {
            return try encryption.open(bytes, as: name)
        } catch {
            guard error.kind == .wrongKey else { throw error }
            throw TokenStoreError(.wrongKey, "\(error.message), or remove \(directory.path) and sign in again")
        }
    }

    private func currentEntry(_ name: String, at now: Date) throws(TokenStoreError) -> StoredEntry? {
        guard let (entry, expiry) = try read(name), !expiry.hasPassed(at: now) else { return nil }
        return entry
    }

    /// Runs an operation while no other task or process writes the entry.
    ///
    /// It cannot be cancelled.
    nonisolated(nonsending) func withWriteLock<Success: Sendable>(
        _ name: String,
        _ operation: @escaping @Sendable () throws(TokenStoreError) -> Success
    ) async throws(TokenStoreError) -> Success {
        let lock: FileLock
        do throws(TokenStoreError) {
            lock = try await locks.lock(Self.writeLock(of: name), timeout: Self.writeTimeout, isCancellable: false)
        } catch {
            guard error.kind == .leaseUnavailable else { throw error }
            throw TokenStoreError(
                .unavailable,
                "\(directory.path): another process has held the write lock for \(Self.writeTimeout)"
            )
        }
        defer { lock.release() }
        return try await threads.run(operation)
    }

    /// Returns the name of the file that is locked while an entry is written.
    ///
    /// The file is never removed. The entry's own file could not be locked, because each save replaces it.
    static func writeLock(of name: String) -> String {
        // FNV-1a, which is the same in all processes, unlike Swift's hashes.
        let hash = name.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return "write-\(hash % UInt64(writeLockCount))\(Suffix.lock)"
    }
}

private struct FileLease: StoreLease {
    let lock: FileLock
    let directory: StoreDirectory
    let entry: String

    func isHeld() async -> Bool { lock.isHeld }

    func release() async {
        // Without its entry, the file of the lease would never be removed.
        lock.release(removingFile: lock.isHeld && !directory.contains(entry))
    }
}
