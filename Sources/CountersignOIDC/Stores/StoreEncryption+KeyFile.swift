public import Countersign
import CountersignCrypto

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension StoreEncryption {
    /// Creates AES-256-GCM encryption with a key from a file, for programs of one user that have no other place for a key.
    ///
    /// The file is created if it is missing, readable for its owner alone, as are missing parent directories. Keep it in
    /// another directory than the store, so that a copy of the store alone is useless. If the key is lost, the entries
    /// cannot be decrypted: remove the store's directory as well.
    ///
    /// - Parameter path: The path of the key file.
    /// - Throws: `TokenStoreError` of kind `TokenStoreError.Kind.insecure` if the file is not a regular file, belongs to
    ///   another user or is readable for others; of kind `TokenStoreError.Kind.corrupt` if it does not contain a key.
    public static func keyFile(_ path: String) throws(TokenStoreError) -> StoreEncryption {
        try StoreDirectory.createParents(of: path)
        return try .aes256GCM(keys: [StoreKeyFile.key(in: path)])
    }
}

/// A file that contains a key and nothing else.
private enum StoreKeyFile {
    private static let length = 32

    static func key(in path: String) throws(TokenStoreError) -> [UInt8] {
        var file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if file < 0, errno == ENOENT {
            try create(path)
            file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        }
        guard file >= 0 else {
            let kind: TokenStoreError.Kind = errno == ELOOP ? .insecure : .unavailable
            throw TokenStoreError(kind, "\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid(),
            status.st_mode & 0o077 == 0
        else {
            throw TokenStoreError(
                .insecure,
                "\(path) must be a regular file that only its owner can read: chmod 600 \(path)"
            )
        }
        // One byte more than a key, to detect a longer file.
        var key = [UInt8](repeating: 0, count: length + 1)
        let count = read(file, &key, length + 1)
        guard count == length else {
            throw TokenStoreError(.corrupt, "\(path) does not contain a key: it must have exactly 32 bytes")
        }
        key.removeLast()
        return key
    }

    /// Creates the file with a new key, atomically.
    ///
    /// If another process was first, its key is kept.
    private static func create(_ path: String) throws(TokenStoreError) {
        func failure(_ what: String) -> TokenStoreError {
            TokenStoreError(.unavailable, "\(path) cannot be \(what): \(String(cString: strerror(errno)))")
        }
        let key: [UInt8]
        let draft: String
        do throws(CryptoError) {
            key = try SecureRandom.bytes(length)
            draft = "\(path).\(Base64URL.encode(try SecureRandom.bytes(9)))"
        } catch {
            throw TokenStoreError(.unavailable, "the system returned no random bytes: \(error)")
        }
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("created") }
        defer { unlink(draft) }
        let isWritten = write(file, key, length) == length && fsync(file) == 0
        guard close(file) == 0, isWritten else { throw failure("written") }
        // Unlike a rename, a link never replaces an existing key.
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure("created") }
    }
}
