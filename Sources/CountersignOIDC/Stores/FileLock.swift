import Countersign
import CountersignHTTP

/// A lock on a file, held until it is released or its last reference is gone.
final class FileLock: Sendable {
    let file: String
    private let locks: FileLocks
    /// The descriptor of the open file; nil after the release.
    private let descriptor: Locked<Int32?>

    init(_ file: String, descriptor: Int32, _ locks: FileLocks) {
        self.file = file
        self.locks = locks
        self.descriptor = Locked(descriptor)
    }

    deinit { release() }

    /// True if the lock was not released and its file was not replaced by another one.
    var isHeld: Bool {
        // Checked under the mutex: after a release, the number could already be another file's descriptor.
        descriptor.withLock { descriptor in
            descriptor.map { locks.isHeld($0, file) } ?? false
        }
    }

    /// Releases the lock; further calls have no effect.
    ///
    /// - Parameter removesFile: Also removes the file. A waiting process creates a new one.
    func release(removingFile removesFile: Bool = false) {
        let released = descriptor.withLock { descriptor -> Int32? in
            defer { descriptor = nil }
            return descriptor
        }
        if let released { locks.release(released, file, removingFile: removesFile) }
    }
}
