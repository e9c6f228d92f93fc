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
    /// Entries are sealed with AES-256-GCM, with a key in a file: for programs of one user that have no other place for it.
    ///
    /// The file is made when there is none, readable for its owner alone, and so are folders above it that are missing. It
    /// belongs in another folder than what it seals, so that a copy of the one tells nothing without the other. What was
    /// sealed with a key that is lost cannot be opened: the store's folder has to be removed then, too.
    ///
    /// - Parameter path: The file's path.
    /// - Throws: `TokenStoreError`: of kind `TokenStoreError.Kind.insecure` for a file that others may read, that is no
    ///   regular file or not the user's own, `TokenStoreError.Kind.corrupt` for one that holds no key.
    public static func keyFile(_ path: String) throws(TokenStoreError) -> StoreEncryption {
        try StoreDirectory.makeParents(of: path)
        return try .aes256GCM(keys: [StoreKeyFile.key(in: path)])
    }
}

/// A file that holds a key and nothing else.
private enum StoreKeyFile {
    private static let length = 32

    static func key(in path: String) throws(TokenStoreError) -> [UInt8] {
        var file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        if file < 0, errno == ENOENT {
            try make(path)
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
            throw TokenStoreError(.insecure, "\(path) must be a file that its owner alone can read: chmod 600 \(path)")
        }
        // One byte more, to see that there is none.
        var key = [UInt8](repeating: 0, count: length + 1)
        let count = read(file, &key, length + 1)
        guard count == length else { throw TokenStoreError(.corrupt, "\(path) is no key: it has to have 32 bytes") }
        key.removeLast()
        return key
    }

    /// Puts a new key there, whole; when another process was first, that one's stays.
    private static func make(_ path: String) throws(TokenStoreError) {
        func failure(_ what: String) -> TokenStoreError {
            TokenStoreError(.unavailable, "\(path) cannot be \(what): \(String(cString: strerror(errno)))")
        }
        let key: [UInt8]
        let draft: String
        do throws(CryptoError) {
            key = try SecureRandom.bytes(length)
            draft = "\(path).\(Base64URL.encode(try SecureRandom.bytes(9)))"
        } catch {
            throw TokenStoreError(.unavailable, "the system gave no random bytes: \(error)")
        }
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failure("made") }
        defer { unlink(draft) }
        let isWritten = write(file, key, length) == length && fsync(file) == 0
        guard close(file) == 0, isWritten else { throw failure("written") }
        // A link is made only where nothing is yet: unlike a rename, it never replaces a key.
        guard link(draft, path) == 0 || errno == EEXIST else { throw failure("made") }
    }
}
