import Countersign

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension StoreDirectory {
    /// Locks a file against all other callers in this process and others, until ``unlock(_:)`` or the process ends.
    ///
    /// - Parameter waits: True to block the thread while another caller holds the lock.
    /// - Returns: The descriptor of the open file; nil if another caller holds the lock.
    func lock(_ file: String, waits: Bool) throws(TokenStoreError) -> Int32? {
        try checkPermissions()
        while true {
            _ = try createFile(file)
            guard let opened = try openFile(file, O_RDWR | O_NONBLOCK) else { continue }
            do throws(TokenStoreError) {
                try checkPermissions(ofFile: opened, file)
                while flock(opened, LOCK_EX | (waits ? 0 : LOCK_NB)) != 0 {
                    guard errno != EWOULDBLOCK else {
                        close(opened)
                        return nil
                    }
                    guard errno == EINTR else { throw Self.error(errno, "cannot be locked", path(of: file)) }
                }
            } catch {
                close(opened)
                throw error
            }
            // The holder may have removed the file before we got the lock. Others would then lock a new file.
            if isCurrent(opened, file) { return opened }
            close(opened)
        }
    }

    /// Returns true if an open file is still the file with this name.
    func isCurrent(_ opened: Int32, _ file: String) -> Bool {
        var openFile = stat()
        var namedFile = stat()
        return fstat(opened, &openFile) == 0 && fstatat(descriptor, file, &namedFile, AT_SYMLINK_NOFOLLOW) == 0
            && openFile.st_ino == namedFile.st_ino && openFile.st_dev == namedFile.st_dev
    }

    /// Releases a lock.
    func unlock(_ opened: Int32) {
        // Closing is not enough: a forked child that has not executed its program yet has the file open, too.
        flock(opened, LOCK_UN)
        close(opened)
    }

    /// Removes the file of a lock that is held, not necessarily durably.
    func removeLock(_ file: String) {
        unlinkat(descriptor, file, 0)
    }
}
