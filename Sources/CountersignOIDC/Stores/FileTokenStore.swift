public import Countersign
import CountersignHTTP

/// A store in a folder of files, safe between the processes of one machine.
///
/// ```swift
/// let encryption = try StoreEncryption.aes256GCM(.environment("TOKEN_STORE_KEY"))
/// let store = try FileTokenStore(directory: "/var/lib/shop/tokens", encryption: encryption)
/// ```
///
/// Each entry is a file. A save writes a new one, forces it to the disk, puts it in place of the old one and forces the
/// folder to the disk: a crash leaves the old entry or the new one, whole, and what was saved stays saved.
///
/// The folder is the user's own and nobody else's (0700, files 0600). Looser permissions, another owner and symbolic
/// links are refused with `TokenStoreError.Kind.insecure`; the text says what to `chmod`.
///
/// A lease is a lock of the operating system, gone with its process. Nobody can take it away from a holder that lives,
/// suspended for a minute or not, so its duration means nothing here. The folder must be on a local disk: network file
/// systems do not all keep such locks.
public final class FileTokenStore: TokenStore {
    /// What the files of a folder are; a folder has files of one purpose only.
    enum Purpose: String, CaseIterable {
        case tokens
        case keys

        var marker: String { "countersign.\(rawValue)" }
    }

    private let directory: StoreDirectory
    private let encryption: StoreEncryption
    private let clock: any RuntimeClock
    private let threads = FileThreads()
    private let locks: FileLocks
    /// The saves until the folder is swept again.
    private let savesUntilSweep = Locked(FileTokenStore.savesBetweenSweeps)

    private static let savesBetweenSweeps = 1000
    /// How long a save waits for another process that is about to write: it has stopped in the middle, or the disk has.
    private static let writePatience = Duration.seconds(10)
    /// Entries share this many locks for writing.
    private static let writeLockCount = 64

    /// Opens a folder, after making it, and those above it, where they are missing.
    ///
    /// This looks at the disk; do it when the program starts, and share the store.
    ///
    /// - Parameters:
    ///   - directory: The folder's path. It holds nothing but this store, which other processes may have open, too.
    ///   - encryption: How entries are sealed. `StoreEncryption.none` leaves them readable for whoever gets at the disk.
    ///   - clock: What tells whether an entry's expiry has passed, and how long somebody has waited.
    /// - Throws: `TokenStoreError` when the folder cannot be used.
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
        try dedicate(to: purpose)
        try removeLeftovers()
    }

    /// Marks the folder, or finds that it serves another purpose.
    private func dedicate(to purpose: Purpose) throws(TokenStoreError) {
        let isNew = try directory.make(purpose.marker)
        for other in Purpose.allCases where other != purpose && directory.has(other.marker) {
            if isNew { directory.removeLock(purpose.marker) }
            throw TokenStoreError(
                .configuration,
                "\(directory.path) holds \(other.rawValue): keys and the tokens bound to them need a folder each"
            )
        }
    }

    /// Removes what writers left that died while they wrote.
    private func removeLeftovers() throws(TokenStoreError) {
        for file in try directory.files() where file.hasSuffix(Suffix.temporary) {
            let lock = Self.writeLock(of: String(file.dropLast(Suffix.temporary.count)))
            guard let opened = try directory.lock(lock, waits: false) else { continue }
            defer { directory.unlock(opened) }
            try directory.remove(file)
        }
    }

    // MARK: TokenStore

    public nonisolated(nonsending) func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        try StoredEntry.check(name: name)
        let now = clock.unixTime()
        let (entry, hasExpired) = try await threads.run { () throws(TokenStoreError) in
            guard let (entry, expiry) = try self.read(name) else { return (nil as StoredEntry?, false) }
            return expiry.hasPassed(at: now) ? (nil, true) : (entry, false)
        }
        // The answer is the same whether the file can be removed or not.
        if hasExpired { _ = try? await removeExpired(name, at: now) }
        return entry
    }

    public nonisolated(nonsending) func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Duration?
    ) async throws(TokenStoreError) -> StoreVersion {
        try StoredEntry.check(name: name)
        let now = clock.unixTime()
        try StoredEntry.check(expiry: expiry, at: now)
        let new = StoredEntry(contents: contents, version: try .unique())
        let sealed = try encryption.seal(new, as: name, until: expiry)
        try await writing(name) { () throws(TokenStoreError) in
            guard try self.currentEntry(name, at: now)?.version == version else { throw .conflict(over: name) }
            try self.directory.replace(name + Suffix.entry, with: sealed, by: name + Suffix.temporary)
        }
        sweepNowAndThen()
        return new.version
    }

    public nonisolated(nonsending) func remove(
        _ name: String,
        version: StoreVersion?
    ) async throws(TokenStoreError) {
        try StoredEntry.check(name: name)
        let now = clock.unixTime()
        try await writing(name) { () throws(TokenStoreError) in
            if let version, let entry = try self.currentEntry(name, at: now), entry.version != version {
                throw .conflict(over: name)
            }
            try self.directory.remove(name + Suffix.entry)
        }
    }

    public nonisolated(nonsending) func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost patience: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try StoredEntry.check(name: name)
        let lock = try await locks.lock(name + Suffix.lease, waitingAtMost: patience)
        // Whoever got it in the moment of the cancellation has nothing to do with it any more.
        guard !Task.isCancelled else { throw .cancelled }
        return FileLease(lock: lock, directory: directory, entry: name + Suffix.entry)
    }

    // MARK: Expiry

    /// Sweeps the folder in the background: strangers begin sign-ins and do not complete them, and nobody asks for those
    /// entries any more.
    ///
    /// The next sweep comes after as many saves as there were files left, so that it costs little on average.
    private func sweepNowAndThen() {
        let isTime = savesUntilSweep.withLock { saves in
            saves -= 1
            return saves == 0
        }
        guard isTime else { return }
        Task.detached { [self] in
            // What cannot be removed now can be later.
            _ = try? await removeExpired()
            let files = try? await threads.run { () throws(TokenStoreError) in try self.directory.files().count }
            savesUntilSweep.withLock { $0 = max(Self.savesBetweenSweeps, files ?? 0) }
        }
    }

    /// Removes the files of entries whose expiry has passed, and what processes left that died.
    ///
    /// Expired entries are not loaded in any case; this frees the disk of those that nobody asks for any more, and happens
    /// by itself after every thousand saves or more. Entries that cannot be read stay.
    ///
    /// - Returns: How many entries were removed.
    /// - Throws: `TokenStoreError` when the folder cannot be read or written.
    @discardableResult
    public nonisolated(nonsending) func removeExpired() async throws(TokenStoreError) -> Int {
        let now = clock.unixTime()
        let files = try await threads.run { () throws(TokenStoreError) in
            try self.removeLeftovers()
            return try self.directory.files()
        }
        var count = 0
        for file in files where file.hasSuffix(Suffix.entry) {
            let name = String(file.dropLast(Suffix.entry.count))
            let hasExpired = try await threads.run { () throws(TokenStoreError) in self.hasExpired(name, at: now) }
            if hasExpired, try await removeExpired(name, at: now) { count += 1 }
        }
        for file in files where file.hasSuffix(Suffix.lease) {
            let entry = String(file.dropLast(Suffix.lease.count)) + Suffix.entry
            guard !directory.has(entry) else { continue }
            // One that is held stays.
            let lock = try? await locks.lock(file, waitingAtMost: .zero)
            lock?.release(removingFile: true)
        }
        return count
    }

    private nonisolated(nonsending) func removeExpired(
        _ name: String,
        at now: Duration
    ) async throws(TokenStoreError) -> Bool {
        try await writing(name) { () throws(TokenStoreError) in
            // Somebody may have saved anew meanwhile.
            guard self.hasExpired(name, at: now) else { return false }
            try self.directory.remove(name + Suffix.entry)
            return true
        }
    }

    // MARK: Files

    private enum Suffix {
        static let entry = ".entry"
        static let temporary = ".temporary"
        static let lease = ".lease"
        static let lock = ".lock"
    }

    private func read(_ name: String) throws(TokenStoreError) -> (entry: StoredEntry, expiry: Duration?)? {
        let maximum = StoredEntry.maximumByteCount + 1024
        guard let bytes = try directory.contents(of: name + Suffix.entry, atMost: maximum) else { return nil }
        do throws(TokenStoreError) {
            return try encryption.open(bytes, as: name)
        } catch {
            guard error.kind == .wrongKey else { throw error }
            throw TokenStoreError(.wrongKey, "\(error.message), or remove \(directory.path) and sign in again")
        }
    }

    private func currentEntry(_ name: String, at now: Duration) throws(TokenStoreError) -> StoredEntry? {
        guard let (entry, expiry) = try read(name), !expiry.hasPassed(at: now) else { return nil }
        return entry
    }

    private func hasExpired(_ name: String, at now: Duration) -> Bool {
        do throws(TokenStoreError) {
            return try read(name)?.expiry.hasPassed(at: now) ?? false
        } catch {
            return false
        }
    }

    /// Does work that nobody else does on this entry at the same time.
    ///
    /// It is not cancelled.
    private nonisolated(nonsending) func writing<Success: Sendable>(
        _ name: String,
        _ work: @escaping @Sendable () throws(TokenStoreError) -> Success
    ) async throws(TokenStoreError) -> Success {
        let lock: FileLock
        do throws(TokenStoreError) {
            lock = try await locks.lock(
                Self.writeLock(of: name),
                waitingAtMost: Self.writePatience,
                leavesWhenCancelled: false
            )
        } catch {
            guard error.kind == .leaseUnavailable else { throw error }
            throw TokenStoreError(
                .unavailable,
                "\(directory.path): another process has been writing for \(Self.writePatience)"
            )
        }
        defer { lock.release() }
        return try await threads.run(work)
    }

    /// The file that is locked while an entry is written.
    ///
    /// It is never removed, and not the entry's own, which each save puts another in place of.
    private static func writeLock(of name: String) -> String {
        // FNV-1a: the same in all processes, as Swift's own hashes are not.
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
        // The lease of a session that is over would otherwise lie around for ever.
        lock.release(removingFile: lock.isHeld && !directory.has(entry))
    }
}
