public import Countersign
import CountersignHTTP

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension FileTokenStore {
    /// Removes the files of expired entries, and temporary files of processes that died.
    ///
    /// Expired entries are never loaded. They are removed automatically by the first call after a quarter of an hour, and
    /// after every thousand saves; less often in a large store. Entries that cannot be read are kept.
    ///
    /// - Returns: The number of removed entries.
    /// - Throws: `TokenStoreError` if the directory cannot be read or written.
    @discardableResult
    public nonisolated(nonsending) func removeExpired() async throws(TokenStoreError) -> Int {
        let now = clock.date()
        let files = try await threads.run { () throws(TokenStoreError) in
            try self.removeTemporaryFiles()
            return try self.directory.files()
        }
        var count = 0
        for file in files where file.hasSuffix(Suffix.entry) {
            let name = String(file.dropLast(Suffix.entry.count))
            let hasExpired = try await threads.run { () throws(TokenStoreError) in self.hasExpired(name, at: now) }
            if hasExpired, try await removeIfExpired(name, at: now) { count += 1 }
        }
        for file in files where file.hasSuffix(Suffix.lease) {
            let entry = String(file.dropLast(Suffix.lease.count)) + Suffix.entry
            guard !directory.contains(entry) else { continue }
            // The file of a lease that is held is kept.
            let lock = try? await locks.lock(file, timeout: .zero)
            lock?.release(removingFile: true)
        }
        return count
    }

    /// Removes expired entries in the background if that is due.
    func removeExpiredIfDue(afterSave: Bool = false) {
        let start = clock.now()
        guard cleanup.withLock({ $0.isDue(at: start, afterSave: afterSave) }) else { return }
        Task.detached { [self] in
            // What cannot be removed now is removed later.
            _ = try? await removeExpired()
            let files = try? await threads.run { () throws(TokenStoreError) in try self.directory.files().count }
            let now = clock.now()
            cleanup.withLock { $0.complete(startedAt: start, at: now, files: files ?? 0) }
        }
    }

    /// Removes the file of an entry, unless another task or process has saved a new version.
    ///
    /// - Returns: True if the entry was removed.
    nonisolated(nonsending) func removeIfExpired(
        _ name: String,
        at now: Date
    ) async throws(TokenStoreError) -> Bool {
        try await withWriteLock(name) { () throws(TokenStoreError) in
            guard self.hasExpired(name, at: now) else { return false }
            try self.directory.remove(name + Suffix.entry)
            return true
        }
    }

    private func hasExpired(_ name: String, at now: Date) -> Bool {
        do throws(TokenStoreError) {
            return try read(name)?.expiry.hasPassed(at: now) ?? false
        } catch {
            return false
        }
    }

    /// Removes the temporary files of writers that died.
    func removeTemporaryFiles() throws(TokenStoreError) {
        for file in try directory.files() where file.hasSuffix(Suffix.temporary) {
            let lock = Self.writeLock(of: String(file.dropLast(Suffix.temporary.count)))
            // If the lock is held, the writer is alive.
            guard let descriptor = try directory.lock(lock, waits: false) else { continue }
            defer { directory.unlock(descriptor) }
            try directory.remove(file)
        }
    }
}
