#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads files whose content is not trusted.
package enum InputFile {
    /// The maximum size of a file; hand-written schemas are far smaller.
    private static let maximumBytes = 16 * 1024 * 1024

    /// Returns the bytes of a regular file.
    package static func read(_ path: String) throws(FileError) -> [UInt8] {
        // Non-blocking: opening a named pipe would otherwise block the build until a writer opens it.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw .system(path, "cannot be read") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw .system(path, "cannot be read") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path, "is not a regular file") }
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
            guard bytes.count <= maximumBytes else { throw FileError(path, "is larger than 16 MB") }
        }
    }
}
