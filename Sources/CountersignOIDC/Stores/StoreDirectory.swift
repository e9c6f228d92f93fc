import Countersign

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The folder of a ``FileTokenStore``, held open: whatever becomes of its path, nothing is read or written anywhere else.
///
/// All of this waits for the disk.
final class StoreDirectory: Sendable {
    let path: String
    private let descriptor: Int32

    /// Opens the folder, after making it and those above it where they are missing.
    init(_ path: String) throws(TokenStoreError) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw TokenStoreError(.configuration, "a store needs the path of a folder")
        }
        // With a slash at its end a symbolic link would be followed.
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        self.path = path
        try Self.makeParents(of: path)
        let isNew = mkdir(path, 0o700) == 0
        if !isNew, errno != EEXIST { throw Self.failure(errno, "made", path) }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        let code = errno
        guard descriptor >= 0 else {
            if code == ELOOP || code == ENOTDIR {
                throw TokenStoreError(.insecure, "\(path) is a symbolic link or no folder; name the folder itself")
            }
            throw Self.failure(code, "opened", path)
        }
        if isNew {
            fchmod(descriptor, 0o700)  // the umask may have taken away more than others' permissions
            try Self.makeDurable(parentOf: path)
        }
        try check()
    }

    /// Makes the folders above one, for their owner alone, where they are missing.
    static func makeParents(of path: String) throws(TokenStoreError) {
        var parents: [Substring] = []
        var parent = path[...]
        while let slash = parent.lastIndex(of: "/"), slash > parent.startIndex {
            parent = parent[..<slash]
            if access(String(parent), F_OK) == 0 { break }
            parents.append(parent)
        }
        for parent in parents.reversed() where mkdir(String(parent), 0o700) != 0 && errno != EEXIST {
            throw failure(errno, "made", String(parent))
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    // MARK: Permissions

    /// Refuses a folder that others may look into, or whose owner may give it to others.
    func check() throws(TokenStoreError) {
        try Self.check(descriptor, path, type: S_IFDIR, fitting: 0o700)
    }

    private static func check(
        _ descriptor: Int32,
        _ path: String,
        type: mode_t,
        fitting mode: mode_t
    ) throws(TokenStoreError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(errno, "looked at", path) }
        guard status.st_nlink > 0 || type != S_IFDIR else {
            throw TokenStoreError(.unavailable, "\(path) was removed; make it anew and open the store again")
        }
        guard status.st_mode & S_IFMT == type else {
            throw TokenStoreError(.insecure, "\(path) is not a \(type == S_IFDIR ? "folder" : "regular file")")
        }
        guard status.st_uid == geteuid() else {
            throw TokenStoreError(
                .insecure,
                "\(path) belongs to user \(status.st_uid), the program runs as \(geteuid()): chown \(geteuid()) \(path)"
            )
        }
        guard status.st_mode & 0o077 == 0 else {
            let octal = String(mode, radix: 8)
            throw TokenStoreError(.insecure, "others have access to \(path): chmod \(octal) \(path)")
        }
    }

    // MARK: Reading

    /// The bytes of a file; `nil` when there is none.
    func contents(of file: String, atMost maximum: Int) throws(TokenStoreError) -> [UInt8]? {
        try check()
        // Without O_NONBLOCK a pipe in place of the file would hold us up until somebody writes into it.
        guard let opened = try openFile(file, O_RDONLY | O_NONBLOCK) else { return nil }
        defer { close(opened) }
        try Self.check(opened, path(of: file), type: S_IFREG, fitting: 0o600)
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 1)
        defer { buffer.deallocate() }
        while true {
            let count = read(opened, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure(errno, "read", path(of: file)) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= maximum else {
                throw TokenStoreError(.corrupt, "\(path(of: file)) is longer than any entry")
            }
        }
    }

    /// Whether there is a file of that name.
    func has(_ file: String) -> Bool {
        var status = stat()
        return fstatat(descriptor, file, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// The names of all files.
    func files() throws(TokenStoreError) -> [String] {
        try check()
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let code = errno
            if copy >= 0 { close(copy) }
            throw Self.failure(code, "read", path)
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let length = MemoryLayout.size(ofValue: entry.pointee.d_name)
            names.append(
                withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: length) { String(cString: $0) }
                }
            )
        }
        return names
    }

    // MARK: Writing

    /// Puts a file in place of whatever was there, whole and durably (P32).
    ///
    /// - Parameter temporary: The name it has until then; only one may write under it at a time.
    func replace(_ file: String, with bytes: [UInt8], by temporary: String) throws(TokenStoreError) {
        try check()
        unlinkat(descriptor, temporary, 0)  // left by a writer that died
        let flags = O_WRONLY | O_CREAT | O_EXCL
        guard let opened = try openFile(temporary, flags) else {
            throw Self.failure(ENOENT, "made", path(of: temporary))
        }
        do throws(TokenStoreError) {
            defer { close(opened) }
            fchmod(opened, 0o600)
            try append(bytes, to: opened, temporary)
            // Content before name, name before the answer: a crash in between leaves the old file or the new one.
            guard Self.synchronize(opened) else { throw Self.failure(errno, "written", path(of: temporary)) }
            guard renameat(descriptor, temporary, descriptor, file) == 0 else {
                throw Self.failure(errno, "replaced", path(of: file))
            }
        } catch {
            unlinkat(descriptor, temporary, 0)
            throw error
        }
        try makeDurable()
    }

    private func append(_ bytes: [UInt8], to opened: Int32, _ file: String) throws(TokenStoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { write(opened, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(count < 0 ? errno : ENOSPC, "written", path(of: file)) }
            written += count
        }
    }

    /// Removes a file durably.
    ///
    /// When there is none, nothing happens.
    func remove(_ file: String) throws(TokenStoreError) {
        try check()
        guard unlinkat(descriptor, file, 0) == 0 else {
            if errno == ENOENT { return }
            throw Self.failure(errno, "removed", path(of: file))
        }
        try makeDurable()
    }

    /// Makes an empty file.
    ///
    /// - Returns: Whether it was not there before.
    func make(_ file: String) throws(TokenStoreError) -> Bool {
        let made = openat(descriptor, file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600 as mode_t)
        guard made >= 0 else {
            if errno == EEXIST { return false }
            throw Self.failure(errno, "made", path(of: file))
        }
        fchmod(made, 0o600)
        close(made)
        return true
    }

    private func makeDurable() throws(TokenStoreError) {
        guard Self.synchronize(descriptor) else { throw Self.failure(errno, "written", path) }
    }

    private static func makeDurable(parentOf path: String) throws(TokenStoreError) {
        let slash = path.lastIndex(of: "/")
        let parent = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let opened = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { return }  // we may not be allowed to read it
        defer { close(opened) }
        guard synchronize(opened) else { throw failure(errno, "written", parent) }
    }

    private static func synchronize(_ descriptor: Int32) -> Bool {
        #if canImport(Darwin)
        // There fsync leaves the data in the drive's cache.
        if fcntl(descriptor, F_FULLFSYNC) == 0 { return true }
        #endif
        return fsync(descriptor) == 0
    }

    // MARK: Locks

    /// Locks a file against everybody else who locks it, in this process or another, until ``unlock(_:)`` or the
    /// process's death.
    ///
    /// - Parameter waits: Whether to wait for another holder; the thread does nothing else meanwhile.
    /// - Returns: The open file; `nil` when somebody else has it.
    func lock(_ file: String, waits: Bool) throws(TokenStoreError) -> Int32? {
        try check()
        while true {
            _ = try make(file)
            guard let opened = try openFile(file, O_RDWR | O_NONBLOCK) else { continue }
            do throws(TokenStoreError) {
                try Self.check(opened, path(of: file), type: S_IFREG, fitting: 0o600)
                while flock(opened, LOCK_EX | (waits ? 0 : LOCK_NB)) != 0 {
                    guard errno != EWOULDBLOCK else {
                        close(opened)
                        return nil
                    }
                    guard errno == EINTR else { throw Self.failure(errno, "locked", path(of: file)) }
                }
            } catch {
                close(opened)
                throw error
            }
            // Its holder may have removed it before we got it: then others lock another file.
            if isCurrent(opened, file) { return opened }
            close(opened)
        }
    }

    /// Whether the open file is still the one of that name.
    func isCurrent(_ opened: Int32, _ file: String) -> Bool {
        var here = stat()
        var there = stat()
        return fstat(opened, &here) == 0 && fstatat(descriptor, file, &there, AT_SYMLINK_NOFOLLOW) == 0
            && here.st_ino == there.st_ino && here.st_dev == there.st_dev
    }

    /// Gives a lock back.
    func unlock(_ opened: Int32) {
        // A child that was forked and has not started its program yet holds the file open, too: closing is not enough.
        flock(opened, LOCK_UN)
        close(opened)
    }

    /// Removes the file of a lock that is held; durability does not matter.
    func removeLock(_ file: String) {
        unlinkat(descriptor, file, 0)
    }

    // MARK: -

    private func path(of file: String) -> String { "\(path)/\(file)" }

    private func openFile(_ file: String, _ flags: Int32) throws(TokenStoreError) -> Int32? {
        let opened = openat(descriptor, file, flags | O_NOFOLLOW | O_CLOEXEC, 0o600 as mode_t)
        if opened >= 0 { return opened }
        switch errno {
        case ENOENT: return nil
        case ELOOP, EMLINK: throw TokenStoreError(.insecure, "\(path(of: file)) is a symbolic link; remove it")
        case EISDIR, ENXIO: throw TokenStoreError(.insecure, "\(path(of: file)) is not a regular file; remove it")
        default: throw Self.failure(errno, "opened", path(of: file))
        }
    }

    private static func failure(_ code: Int32, _ participle: String, _ path: String) -> TokenStoreError {
        let reason =
            switch code {
            case ENOSPC: "the disk is full"
            case EDQUOT: "the quota is used up"
            case EFBIG: "the limit of file sizes is reached"
            case EROFS: "the file system is read-only"
            case EACCES, EPERM: "the system does not permit it"
            case EMFILE, ENFILE: "too many files are open"
            case ENOENT: "the folder is missing"
            case EIO: "the disk fails"
            default: "error \(code) of the system"
            }
        return TokenStoreError(.unavailable, "\(path) cannot be \(participle): \(reason)")
    }
}
