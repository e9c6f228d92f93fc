#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An error of reading or writing a file.
package struct FileError: Error {
    package var path: String
    package var message: String

    package init(_ path: String, _ message: String) {
        self.path = path
        self.message = message
    }

    /// Creates an error from `errno`: "cannot be read: No such file or directory".
    package static func system(_ path: String, _ attempt: String) -> FileError {
        FileError(path, "\(attempt): \(String(cString: strerror(errno)))")
    }
}
