import Countersign
import CountersignHTTP

/// The locks on files of one folder that this process has or wants.
///
/// The kernel excludes (`flock` on a file that is opened anew each time, so that tasks of one process exclude each other
/// as well) and releases when a process dies. In this process those who want one file stand in line; while another
/// process has it, one thread of ours waits in the kernel for all of them, and is woken when it is free: nothing polls.
final class FileLocks: Sendable {
    private let directory: StoreDirectory
    private let threads: FileThreads
    private let clock: any RuntimeClock
    /// Who waits for a file that somebody of this process has, or is about to get.
    ///
    /// No line: nobody has or wants it.
    private let lines = Locked<[String: [LeaseWaiter<FileLock>]]>([:])

    init(directory: StoreDirectory, threads: FileThreads, clock: any RuntimeClock) {
        self.directory = directory
        self.threads = threads
        self.clock = clock
    }

    /// Locks a file, making it if need be.
    ///
    /// - Parameters:
    ///   - patience: How long to wait; zero tries once.
    ///   - leavesWhenCancelled: Whether the cancellation of the task ends the waiting.
    nonisolated(nonsending) func lock(
        _ file: String,
        waitingAtMost patience: Duration,
        leavesWhenCancelled: Bool = true
    ) async throws(TokenStoreError) -> FileLock {
        let deadline = clock.now().advanced(by: patience)
        while true {
            if leavesWhenCancelled, Task.isCancelled { throw .cancelled }
            let isFirst = lines.withLock { lines in
                guard lines[file] == nil else { return false }
                lines[file] = []
                return true
            }
            if isFirst {
                do throws(TokenStoreError) {
                    let opened = try await threads.run { [directory] () throws(TokenStoreError) in
                        try directory.lock(file, waits: false)
                    }
                    if let opened { return FileLock(file, opened, self) }
                } catch {
                    moveOn(file)
                    throw error
                }
            }
            guard clock.now() < deadline else {
                if isFirst { moveOn(file) }
                throw .leaseUnavailable
            }
            let waiter = LeaseWaiter<FileLock>()
            let isInLine = lines.withLock { lines in
                guard lines[file] != nil else { return false }
                if isFirst { lines[file]?.insert(waiter, at: 0) } else { lines[file]?.append(waiter) }
                return true
            }
            if isFirst { moveOn(file) }
            guard isInLine else { continue }
            let result = await waiter.result(by: deadline, on: clock, leavesWhenCancelled: leavesWhenCancelled)
            if case .failure = result { leave(file, waiter) }
            return try result.get()
        }
    }

    private func leave(_ file: String, _ waiter: LeaseWaiter<FileLock>) {
        lines.withLock { $0[file]?.removeAll { $0 === waiter } }
    }

    /// Gets the file for the next in line, or ends the line.
    private func moveOn(_ file: String) {
        let isWanted = lines.withLock { lines in
            guard lines[file]?.isEmpty == false else {
                lines[file] = nil
                return false
            }
            return true
        }
        guard isWanted else { return }
        let hasThread = FileThreads.detach {
            do throws(TokenStoreError) {
                guard let opened = try self.directory.lock(file, waits: true) else { return }
                self.handOver(FileLock(file, opened, self))
            } catch {
                self.endLine(file, error)
            }
        }
        if !hasThread { endLine(file, TokenStoreError(.unavailable, "the system gives no thread")) }
    }

    private func handOver(_ lock: FileLock) {
        while let next = lines.withLock({ lines -> LeaseWaiter<FileLock>? in
            guard let line = lines[lock.file], !line.isEmpty else { return nil }
            return lines[lock.file]?.removeFirst()
        }) {
            if next.finish(.success(lock)) { return }
        }
        // All have left meanwhile.
        lock.release()
    }

    private func endLine(_ file: String, _ error: TokenStoreError) {
        let waiters = lines.withLock { $0.removeValue(forKey: file) ?? [] }
        for waiter in waiters { waiter.finish(.failure(error)) }
    }

    fileprivate func isHeld(_ opened: Int32, _ file: String) -> Bool {
        directory.isCurrent(opened, file)
    }

    fileprivate func release(_ opened: Int32, _ file: String, removing isRemoved: Bool) {
        if isRemoved { directory.removeLock(file) }
        directory.unlock(opened)
        moveOn(file)
    }
}

/// A file that is locked until this is released or nobody refers to it any more.
final class FileLock: Sendable {
    let file: String
    private let locks: FileLocks
    /// The open file; `nil` when it has been released.
    private let opened: Locked<Int32?>

    init(_ file: String, _ opened: Int32, _ locks: FileLocks) {
        self.file = file
        self.locks = locks
        self.opened = Locked(opened)
    }

    deinit { release() }

    /// Whether the lock is ours and still on the file that others lock.
    var isHeld: Bool {
        // Under the lock, or the number might meanwhile be another file's.
        opened.withLock { opened in
            opened.map { locks.isHeld($0, file) } ?? false
        }
    }

    /// Gives the lock back, once.
    ///
    /// - Parameter removesFile: Whether the file goes, too; whoever waits for it makes a new one.
    func release(removingFile removesFile: Bool = false) {
        let taken = opened.withLock { opened -> Int32? in
            defer { opened = nil }
            return opened
        }
        if let taken { locks.release(taken, file, removing: removesFile) }
    }
}
