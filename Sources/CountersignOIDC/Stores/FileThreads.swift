import Countersign
import CountersignHTTP

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The few threads on which a store waits for the disk, so that no task's thread does.
///
/// They start when there is work and end with it.
final class FileThreads: Sendable {
    private struct Job {
        let run: @Sendable () -> Void
        let refuse: @Sendable () -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var threads = 0
    }

    private static let maximumThreads = 4
    private let state = Locked(State())

    /// Does the work on a thread of the store.
    ///
    /// It is not cancelled: what is half done on a disk is worse.
    nonisolated(nonsending) func run<Success: Sendable>(
        _ work: @escaping @Sendable () throws(TokenStoreError) -> Success
    ) async throws(TokenStoreError) -> Success {
        let result = await withCheckedContinuation { (continuation: CheckedContinuation<_, Never>) in
            add(
                Job {
                    continuation.resume(returning: Result(catching: work))
                } refuse: {
                    continuation.resume(
                        returning: .failure(TokenStoreError(.unavailable, "the system gives no thread"))
                    )
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
        guard needsThread, !Self.detach({ self.work() }) else { return }
        let refused = state.withLock { state -> [Job] in
            state.threads -= 1
            guard state.threads == 0 else { return [] }
            defer { state.jobs = [] }
            return state.jobs
        }
        for job in refused { job.refuse() }
    }

    private func work() {
        while let job = state.withLock({ state -> Job? in
            guard !state.jobs.isEmpty else {
                state.threads -= 1
                return nil
            }
            return state.jobs.removeFirst()
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

    /// Runs a body on a thread of its own.
    ///
    /// - Returns: Whether there is one; the body does not run otherwise.
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
        // The program's signals are for its own threads, and a write beyond its file size limit must not end it.
        var signals = sigset_t()
        sigfillset(&signals)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT] { sigdelset(&signals, fault) }
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard let context else { return nil }
        Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
        return nil
    }
}
