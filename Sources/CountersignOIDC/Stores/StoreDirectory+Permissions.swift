import Countersign

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension StoreDirectory {
    /// Rejects a directory that other users can access, or that they own (P40).
    func checkPermissions() throws(TokenStoreError) {
        try Self.checkPermissions(descriptor, path, type: S_IFDIR, mode: 0o700)
    }

    /// Rejects an open file that other users can access, that they own, or that is not a regular file (P40).
    func checkPermissions(ofFile opened: Int32, _ file: String) throws(TokenStoreError) {
        try Self.checkPermissions(opened, path(of: file), type: S_IFREG, mode: 0o600)
    }

    private static func checkPermissions(
        _ descriptor: Int32,
        _ path: String,
        type: mode_t,
        mode: mode_t
    ) throws(TokenStoreError) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw error(errno, "cannot be inspected", path) }
        guard status.st_nlink > 0 || type != S_IFDIR else {
            throw TokenStoreError(.unavailable, "\(path) was removed; create it and open the store again")
        }
        guard status.st_mode & S_IFMT == type else {
            throw TokenStoreError(.insecure, "\(path) is not a \(type == S_IFDIR ? "directory" : "regular file")")
        }
        guard status.st_uid == geteuid() else {
            throw TokenStoreError(
                .insecure,
                "\(path) belongs to user \(status.st_uid), the program runs as \(geteuid()): chown \(geteuid()) \(path)"
            )
        }
        guard status.st_mode & 0o077 == 0 else {
            let octal = String(mode, radix: 8)
            throw TokenStoreError(.insecure, "other users have access to \(path): chmod \(octal) \(path)")
        }
    }
}
