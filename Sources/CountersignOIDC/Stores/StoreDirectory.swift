import Countersign

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The directory of a ``FileTokenStore``.
///
/// It is kept open, so that nothing is read or written elsewhere even if the path is renamed or replaced. All operations
/// block the thread.
final class StoreDirectory: Sendable {
    let path: String
    let descriptor: Int32

    /// Opens a directory, creating it and its parents if they are missing.
    init(_ path: String) throws(TokenStoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw TokenStoreError(.configuration, "the path of the store's directory is empty or contains a NUL byte")
        }
        // O_NOFOLLOW does not apply to a symbolic link with a slash at its end.
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        try Self.createParents(of: path)
        let isNew = mkdir(path, 0o700) == 0
        if !isNew, errno != EEXIST { throw Self.error(errno, "cannot be created", path) }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        let code = errno
        guard descriptor >= 0 else {
            if code == ELOOP || code == ENOTDIR {
                throw TokenStoreError(
                    .insecure,
                    "\(path) is a symbolic link or not a directory; use the path of the directory itself"
                )
            }
            throw Self.error(code, "cannot be opened", path)
        }
        if isNew {
            // The umask may have removed permissions of the owner, too.
            fchmod(descriptor, 0o700)
            try Self.syncParent(of: path)
        }
        try checkPermissions()
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Creates the missing parents of a path, accessible for their owner alone.
    static func createParents(of path: String) throws(TokenStoreError) {
        var parents: [Substring] = []
        var parent = path[...]
        while let slash = parent.lastIndex(of: "/"), slash > parent.startIndex {
            parent = parent[..<slash]
            if access(String(parent), F_OK) == 0 { break }
            parents.append(parent)
        }
        for parent in parents.reversed() where mkdir(String(parent), 0o700) != 0 && errno != EEXIST {
            throw error(errno, "cannot be created", String(parent))
        }
    }

    private static func syncParent(of path: String) throws(TokenStoreError) {
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let opened = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // The program may lack the permission to read the parent.
        guard opened >= 0 else { return }
        defer { close(opened) }
        guard sync(opened) else { throw error(errno, "cannot be written", parent) }
    }

    func path(of file: String) -> String { "\(path)/\(file)" }

    /// Opens a file of the directory.
    ///
    /// - Returns: The descriptor; nil if there is no such file.
    func openFile(_ file: String, _ flags: Int32) throws(TokenStoreError) -> Int32? {
        let opened = openat(descriptor, file, flags | O_NOFOLLOW | O_CLOEXEC, 0o600 as mode_t)
        if opened >= 0 { return opened }
        switch errno {
        case ENOENT: return nil
        case ELOOP, EMLINK: throw TokenStoreError(.insecure, "\(path(of: file)) is a symbolic link; remove it")
        case EISDIR, ENXIO: throw TokenStoreError(.insecure, "\(path(of: file)) is not a regular file; remove it")
        default: throw Self.error(errno, "cannot be opened", path(of: file))
        }
    }

    /// Forces the contents of an open file or directory to the disk.
    ///
    /// - Returns: False on failure, with the reason in `errno`.
    static func sync(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
        // On Darwin, fsync leaves the data in the drive's cache.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
        #endif
        return fsync(descriptor) == 0
    }

    /// Returns the error for an `errno` value.
    static func error(_ code: Int32, _ failure: String, _ path: String) -> TokenStoreError {
        let reason =
            switch code {
            case ENOSPC: "the disk is full"
            case EDQUOT: "the disk quota is exceeded"
            case EFBIG: "the file size limit is exceeded"
            case EROFS: "the file system is read-only"
            case EACCES, EPERM: "permission denied"
            case EMFILE, ENFILE: "too many files are open"
            case ENOENT: "no such file or directory"
            case EIO: "input/output error"
            default: "system error \(code)"
            }
        return TokenStoreError(.unavailable, "\(path) \(failure): \(reason)")
    }
}
