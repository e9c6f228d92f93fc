import Countersign

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension StoreDirectory {
    /// Returns the contents of a file, or nil if there is no such file.
    func contents(of file: String, maximumByteCount: Int) throws(TokenStoreError) -> [UInt8]? {
        try checkPermissions()
        // Without O_NONBLOCK, opening a pipe in place of the file would block until someone writes to it.
        guard let opened = try openFile(file, O_RDONLY | O_NONBLOCK) else { return nil }
        defer { close(opened) }
        try checkPermissions(ofFile: opened, file)
        var bytes: [UInt8] = []
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 * 1024, alignment: 1)
        defer { buffer.deallocate() }
        while true {
            let count = read(opened, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.error(errno, "cannot be read", path(of: file)) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= maximumByteCount else {
                throw TokenStoreError(.corrupt, "\(path(of: file)) exceeds the maximum size of an entry")
            }
        }
    }

    /// Returns true if there is a file with this name.
    func contains(_ file: String) -> Bool {
        var status = stat()
        return fstatat(descriptor, file, &status, AT_SYMLINK_NOFOLLOW) == 0
    }

    /// Returns the names of all files.
    func files() throws(TokenStoreError) -> [String] {
        try checkPermissions()
        let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else {
            let code = errno
            if copy >= 0 { close(copy) }
            throw Self.error(code, "cannot be read", path)
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

    /// Replaces a file atomically and durably (P32).
    ///
    /// - Parameter temporary: The name of the new file until it is complete. Only one writer may use it at a time.
    func replace(_ file: String, with bytes: [UInt8], through temporary: String) throws(TokenStoreError) {
        try checkPermissions()
        // A writer that died may have left one.
        unlinkat(descriptor, temporary, 0)
        guard let opened = try openFile(temporary, O_WRONLY | O_CREAT | O_EXCL) else {
            throw Self.error(ENOENT, "cannot be created", path(of: temporary))
        }
        do throws(TokenStoreError) {
            defer { close(opened) }
            fchmod(opened, 0o600)
            try write(bytes, to: opened, temporary)
            // The contents are synced before the rename, and the directory before the save returns. A crash in between leaves
            // the old file or the new one.
            guard Self.sync(opened) else { throw Self.error(errno, "cannot be written", path(of: temporary)) }
            guard renameat(descriptor, temporary, descriptor, file) == 0 else {
                throw Self.error(errno, "cannot be replaced", path(of: file))
            }
        } catch {
            unlinkat(descriptor, temporary, 0)
            throw error
        }
        try sync()
    }

    private func write(_ bytes: [UInt8], to opened: Int32, _ file: String) throws(TokenStoreError) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { buffer in
                #if canImport(Glibc)
                Glibc.write(opened, buffer.baseAddress, buffer.count)
                #elseif canImport(Musl)
                Musl.write(opened, buffer.baseAddress, buffer.count)
                #else
                Darwin.write(opened, buffer.baseAddress, buffer.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw Self.error(count < 0 ? errno : ENOSPC, "cannot be written", path(of: file))
            }
            written += count
        }
    }

    /// Removes a file durably; a missing file is not an error.
    func remove(_ file: String) throws(TokenStoreError) {
        try checkPermissions()
        guard unlinkat(descriptor, file, 0) == 0 else {
            if errno == ENOENT { return }
            throw Self.error(errno, "cannot be removed", path(of: file))
        }
        try sync()
    }

    /// Creates an empty file.
    ///
    /// - Returns: False if the file existed before.
    func createFile(_ file: String) throws(TokenStoreError) -> Bool {
        let created = openat(descriptor, file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600 as mode_t)
        guard created >= 0 else {
            if errno == EEXIST { return false }
            throw Self.error(errno, "cannot be created", path(of: file))
        }
        fchmod(created, 0o600)
        close(created)
        return true
    }

    private func sync() throws(TokenStoreError) {
        guard Self.sync(descriptor) else { throw Self.error(errno, "cannot be written", path) }
    }
}
