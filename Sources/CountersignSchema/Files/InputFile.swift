#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a file cannot be read or written.
package struct FileProblem: Error {
    package var path: String
    package var reason: String

    package init(_ path: String, _ reason: String) {
        self.path = path
        self.reason = reason
    }

    /// What the system said last.
    package static func system(_ path: String, _ attempt: String) -> FileProblem {
        FileProblem(path, "\(attempt): \(String(cString: strerror(errno)))")
    }
}

/// A file that a stranger may have written.
package enum InputFile {
    /// The most that is read; no schema that a person wrote comes near it.
    private static let maximumBytes = 16 * 1024 * 1024

    /// The bytes of a regular file.
    package static func read(_ path: String) throws(FileProblem) -> [UInt8] {
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
