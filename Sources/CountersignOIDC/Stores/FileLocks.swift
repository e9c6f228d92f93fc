import Countersign
import CountersignHTTP

/// The file locks in one directory that this process holds or waits for.
///
/// The kernel provides the exclusion with `flock`, and releases the locks of a process that dies. Each lock has its own file
/// descriptor, so tasks of one process exclude each other, too. Within the process, the waiters of a file queue up in order.
/// While another process holds the lock, a single thread waits in the kernel for the whole queue, so nothing polls.
final class FileLocks: Sendable {
    private let directory: StoreDirectory
    private let threads: FileThreads
    private let clock: any RuntimeClock
    /// The waiters of each file.
    ///
    /// A file has a queue, possibly an empty one, while this process holds its lock or waits for it.
    private let queues = Locked<[String: RemovableQueue<LeaseWaiter<FileLock>>]>([:])

    init(directory: StoreDirectory, threads: FileThreads, clock: any RuntimeClock) {
        self.directory = directory
        self.threads = threads
        self.clock = clock
    }

    /// Locks a file, creating it if necessary.
    ///
    /// - Parameters:
    ///   - timeout: The maximum time to wait; zero tries once.
    ///   - isCancellable: False to keep waiting when the task is cancelled.
    nonisolated(nonsending) func lock(
        _ file: String,
        timeout: Duration,
        isCancellable: Bool = true
    ) async throws(TokenStoreError) -> FileLock {
        let deadline = clock.now().advanced(by: timeout)
        while true {
            if isCancellable, Task.isCancelled { throw .cancelled }
            let isFirst = queues.withLock { queues in
                guard queues[file] == nil else { return false }
                queues[file] = RemovableQueue()
                return true
            }
            if isFirst {
                do throws(TokenStoreError) {
                    let descriptor = try await threads.run { [directory] () throws(TokenStoreError) in
                        try directory.lock(file, waits: false)
                    }
                    if let descriptor { return FileLock(file, descriptor: descriptor, self) }
                } catch {
                    lockForNextWaiter(file)
                    throw error
                }
            }
            guard clock.now() < deadline else {
                if isFirst { lockForNextWaiter(file) }
                throw .leaseUnavailable
            }
            let waiter = LeaseWaiter<FileLock>()
            let place = queues.withLock { queues in
                isFirst ? queues[file]?.prepend(waiter) : queues[file]?.append(waiter)
            }
            if isFirst { lockForNextWaiter(file) }
            // Not queued: the lock was released in between, so try again.
            guard let place else { continue }
            let result = await waiter.result(by: deadline, on: clock, isCancellable: isCancellable)
            if case .failure = result { queues.withLock { $0[file]?.remove(waiter, at: place) } }
            return try result.get()
        }
    }

    /// Acquires the lock for the next waiter on a thread, or removes the queue if it is empty.
    private func lockForNextWaiter(_ file: String) {
        let isWanted = queues.withLock { queues in
            guard queues[file]?.isEmpty == false else {
                queues[file] = nil
                return false
            }
            return true
        }
        guard isWanted else { return }
        let hasThread = FileThreads.detach {
            do throws(TokenStoreError) {
                guard let descriptor = try self.directory.lock(file, waits: true) else { return }
                self.handOver(FileLock(file, descriptor: descriptor, self))
            } catch {
                self.failWaiters(of: file, error)
            }
        }
        if !hasThread { failWaiters(of: file, .noThread) }
    }

    private func handOver(_ lock: FileLock) {
        while let next = queues.withLock({ $0[lock.file]?.popFirst() }) {
            if next.finish(.success(lock)) { return }
        }
        // All waiters have given up in the meantime.
        lock.release()
    }

    private func failWaiters(of file: String, _ error: TokenStoreError) {
        var waiters = queues.withLock { $0.removeValue(forKey: file) ?? RemovableQueue() }
        while let waiter = waiters.popFirst() { waiter.finish(.failure(error)) }
    }

    func isHeld(_ descriptor: Int32, _ file: String) -> Bool {
        directory.isCurrent(descriptor, file)
    }

    func release(_ descriptor: Int32, _ file: String, removingFile removesFile: Bool) {
        if removesFile { directory.removeLock(file) }
        directory.unlock(descriptor)
        lockForNextWaiter(file)
    }
}
