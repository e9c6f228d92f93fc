import Countersign
import CountersignHTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small pool of threads for blocking file operations, which must not block the threads of Swift tasks.
///
/// Threads start when there is work and end when there is none.
final class FileThreads: Sendable {
    private struct Job {
        let run: @Sendable () -> Void
        /// Called instead of `run` if no thread can be created.
        let fail: @Sendable () -> Void
    }

    private struct State {
        var jobs = RemovableQueue<Job>()
        var threads = 0
    }

    private static let maximumThreads = 4
    private let state = Locked(State())

    /// Runs an operation on a thread of the pool.
    ///
    /// Cancelling the task does not stop it: a half-finished file operation would be worse.
    nonisolated(nonsending) func run<Success: Sendable>(
        _ operation: @escaping @Sendable () throws(TokenStoreError) -> Success
    ) async throws(TokenStoreError) -> Success {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<_, Never>) in
            add(
                Job {
                    continuation.resume(returning: Result(catching: operation))
                } fail: {
                    continuation.resume(returning: .failure(.noThread))
                }
            )
        }
        return try result.get()
    }

    private func add(_ job: Job) {
        let needsThread = state.withLock { state in
            state.jobs.append(job)
            guard state.threads < Self.maximumThreads else { return false }
            state.threads += 1
            return true
        }
        guard needsThread, !Self.detach({ self.runJobs() }) else { return }
        // The other threads, if there are any, will run the job.
        let failed = state.withLock { state -> [Job] in
            state.threads -= 1
            guard state.threads == 0 else { return [] }
            return state.jobs.removeAll()
        }
        for job in failed { job.fail() }
    }

    private func runJobs() {
        while let job = state.withLock({ state -> Job? in
            if let job = state.jobs.popFirst() { return job }
            state.threads -= 1
            return nil
        }) {
            job.run()
        }
    }
}

extension FileThreads {
    private final class Body: Sendable {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    /// Runs a closure on a new thread.
    ///
    /// - Returns: False if no thread could be created; the closure does not run then.
    static func detach(_ body: @escaping @Sendable () -> Void) -> Bool {
        let context = Unmanaged.passRetained(Body(body))
        let code = withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { buffer -> Int32 in
            guard let attributes = buffer.baseAddress, pthread_attr_init(attributes) == 0 else { return ENOMEM }
            defer { pthread_attr_destroy(attributes) }
            pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
            pthread_attr_setstacksize(attributes, 512 * 1024)
            #if canImport(Darwin)
            var thread: pthread_t?
            #else
            var thread = pthread_t()
            #endif
            return pthread_create(&thread, attributes, { FileThreads.start($0) }, context.toOpaque())
        }
        if code != 0 { context.release() }
        return code == 0
    }

    private static func start(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        // Signals are for the program's own threads. This also keeps SIGXFSZ, sent for a write beyond the file size limit,
        // from ending the process.
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
    }
}
