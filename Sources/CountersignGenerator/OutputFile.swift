package import CountersignSchema

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file that a tool writes.
package enum OutputFile {
    /// Replaces the file as a whole, or leaves it alone.
    ///
    /// A file that holds these bytes already is not touched: a change of a schema that changes no code then compiles
    /// nothing again.
    package static func write(_ bytes: [UInt8], to path: String) throws(FileProblem) {
        if let present = try? InputFile.read(path), present == bytes { return }
        let draft = path + ".\(getpid()).tmp"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard file >= 0 else { throw .system(path, "cannot be written") }
        var problem: FileProblem? = append(bytes, to: file) ? nil : .system(path, "cannot be written")
        if close(file) != 0, problem == nil { problem = .system(path, "cannot be written") }
        if problem == nil, rename(draft, path) != 0 { problem = .system(path, "cannot be written") }
        if let problem {
            unlink(draft)
            throw problem
        }
    }

    /// Writes all bytes to an open file or pipe; false when it takes no more.
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
