#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a file cannot be read or written.
struct FileProblem: Error {
    var path: String
    var reason: String

    init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    /// What the system said last.
    static func system(_ path: String, _ attempt: String) -> FileProblem {
        FileProblem(path, "\(attempt): \(String(cString: strerror(errno)))")
    }
}

enum InputFile {
    /// The most that is read; no schema that a person wrote comes near it.
    private static let maximumBytes = 16 * 1024 * 1024

    static func read(_ path: String) throws(FileProblem) -> [UInt8] {
        // Non-blocking, or a named pipe would hold the build until somebody wrote to it.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .system(path, "cannot be read") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .system(path, "cannot be read") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileProblem(path, "is not a regular file") }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = chunk.withUnsafeMutableBytes { unsafe in
                #if canImport(Darwin)
                Darwin.read(file, unsafe.baseAddress, unsafe.count)
                #elseif canImport(Musl)
                Musl.read(file, unsafe.baseAddress, unsafe.count)
                #else
                Glibc.read(file, unsafe.baseAddress, unsafe.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system(path, "cannot be read") }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= maximumBytes else { throw FileProblem(path, "is larger than 16 MB") }
        }
    }
}

enum OutputFile {
    /// Replaces the file as a whole, or leaves it alone.
    ///
    /// A file that holds these bytes already is not touched: a change of a schema that changes no code then compiles
    /// nothing again.
    static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
        if let present = try? InputFile.read(path), present == bytes { return }
        let draft = path + ".\(getpid()).tmp"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw .system(path, "cannot be written") }
        var rest = bytes[...]
        var problem: FileProblem?
        while !rest.isEmpty, problem == nil {
            let count = rest.withUnsafeBytes { unsafe in
                #if canImport(Darwin)
                Darwin.write(file, unsafe.baseAddress, unsafe.count)
                #elseif canImport(Musl)
                Musl.write(file, unsafe.baseAddress, unsafe.count)
                #else
                Glibc.write(file, unsafe.baseAddress, unsafe.count)
                #endif
            }
            if count < 0, errno == EINTR { continue }
            if count <= 0 { problem = .system(path, "cannot be written") } else { rest = rest.dropFirst(count) }
        }
        if close(file) != 0, problem == nil { problem = .system(path, "cannot be written") }
        if problem == nil, rename(draft, path) != 0 { problem = .system(path, "cannot be written") }
        if let problem {
            unlink(draft)
            throw problem
        }
    }
}
