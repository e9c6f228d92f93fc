import Countersign
import CountersignCrypto
import CountersignOIDC
import CountersignSchema

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where sign-ins are kept on this machine: sessions, DPoP keys and the key that seals both, in a folder each.
struct SignInFolder {
    let store: FileStore
    let keys: DPoPKeyStore

    /// - Parameter environment: The process' variables.
    init(environment: [String: String]) throws(FileProblem) {
        let home = environment["HOME"] ?? "/"
        let state = environment["XDG_STATE_HOME"].map { "\($0)/countersign" } ?? "\(home)/.local/state/countersign"
        let folder = environment["COUNTERSIGN_HOME"] ?? state
        let configuration = environment["XDG_CONFIG_HOME"] ?? "\(home)/.config"
        do {
            let encryption: StoreEncryption
            if environment["COUNTERSIGN_STORE_KEY"] != nil {
                encryption = try .aes256GCM(.environment("COUNTERSIGN_STORE_KEY"))
            } else {
                let path = environment["COUNTERSIGN_HOME"].map { "\($0)/config" } ?? "\(configuration)/countersign"
                encryption = try .aes256GCM(keys: [Self.key(in: path)])
            }
            try Self.makeFolder(folder)
            store = try FileStore(directory: "\(folder)/sessions", encryption: encryption)
            keys = try DPoPKeyStore(directory: "\(folder)/keys", encryption: encryption)
        } catch let problem as FileProblem {
            throw problem
        } catch {
            throw FileProblem(folder, "\(error)")
        }
    }

    /// The key that seals, made when there is none yet.
    private static func key(in folder: String) throws -> [UInt8] {
        let path = "\(folder)/store-key"
        let length = 32
        if access(path, F_OK) != 0 {
            try makeFolder(folder)
            try make(path, with: try SecureRandom.bytes(length))
        }
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
        guard file >= 0 else { throw FileProblem.system(path, "cannot be read") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw FileProblem.system(path, "cannot be read") }
        guard status.st_uid == geteuid(), status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 == 0 else {
            throw FileProblem(path, "must be a file that you alone can read: chmod 600 \(path)")
        }
        var key = [UInt8](repeating: 0, count: length + 1)
        guard read(file, &key, key.count) == length else {
            throw FileProblem(path, "is no key: remove it, and sign in again")
        }
        return Array(key.prefix(length))
    }

    /// Makes a file that is whole as soon as it has its name; one that is there by then stays.
    private static func make(_ path: String, with contents: [UInt8]) throws {
        let temporary = "\(path).\(getpid()).\(UInt64.random(in: .min ... .max))"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw FileProblem.system(path, "cannot be made") }
        defer {
            close(file)
            unlink(temporary)
        }
        guard write(file, contents, contents.count) == contents.count, fsync(file) == 0 else {
            throw FileProblem.system(path, "cannot be written")
        }
        guard link(temporary, path) == 0 || errno == EEXIST else { throw FileProblem.system(path, "cannot be made") }
    }

    /// Makes a folder and those above it, for the user alone.
    private static func makeFolder(_ path: String) throws {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/") {
            made += "/\(part)"
            guard mkdir(made, 0o700) == 0 || errno == EEXIST else { throw FileProblem.system(made, "cannot be made") }
        }
    }
}
