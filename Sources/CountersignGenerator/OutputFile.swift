package import CountersignSchema

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes the files of the tools.
package enum OutputFile {
    /// Replaces the content of a file atomically.
    ///
    /// A file that already has this content is not modified, so that no code is compiled again for a change of a schema
    /// that does not change the code.
    package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
        if let present = try? InputFile.read(path), present == bytes { return }
        let draft = path + ".\(getpid()).tmp"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw .system(path, "cannot be written") }
        var problem: FileError? = append(bytes, to: file) ? nil : .system(path, "cannot be written")
        if close(file) != 0, problem == nil { problem = .system(path, "cannot be written") }
        if problem == nil, rename(draft, path) != 0 { problem = .system(path, "cannot be written") }
        if let problem {
            unlink(draft)
            throw problem
        }
    }

    /// Writes all bytes to an open file or pipe.
    ///
    /// - Returns: False if writing failed.
    package static func append(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
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
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}
