import CCurl
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The event loop of libcurl's transfers: a thread and the queue of requests to it.
final class CurlLoop: Sendable {
    private struct Queue: Sendable {
        var submitted: [CurlExchange] = []
        var holdsCancelled = false
        var isClosed = false
        /// True while the thread sleeps, or is about to, and has not been woken.
        var isAsleep = false

        /// Returns true if the caller must wake the thread.
        mutating func needsWaking() -> Bool {
            defer { isAsleep = false }
            return isAsleep
        }
    }

    /// The number of requests in flight on this loop.
    let requests = Atomic<Int>(0)

    private let configuration: CurlTransport.Configuration
    private let queue = Locked(Queue())
    // Unsafe: other threads only call `curl_multi_wakeup`, which libcurl allows at any time. All other calls are made on
    // the loop's thread or in `deinit`.
    private nonisolated(unsafe) let multi: UnsafeMutableRawPointer?

    /// False if ``wake()`` cannot reach the thread because the process had no file descriptor left.
    private let isWakeable: Bool

    /// The global initialization of libcurl, once per process and before any other call.
    private static let isInitialized = {
        countersign_keep_openssl()
        return curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK
    }()

    init(_ configuration: CurlTransport.Configuration) {
        self.configuration = configuration
        multi = Self.isInitialized ? curl_multi_init() : nil
        isWakeable = multi.map { curl_multi_wakeup($0) == CURLM_OK } ?? false
        guard let multi else { return }
        countersign_multi_set_long(multi, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX))
        let connections = min(max(1, configuration.maximumConnectionsPerOrigin), 65_536)
        countersign_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connections)
        // By default the pool shrinks with the number of transfers, so a pause would close the connections.
        countersign_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(256, 2 * connections))
    }

    deinit { curl_multi_cleanup(multi) }

    /// Starts the thread, which keeps the loop alive until ``close()``.
    func start() {
        let loop = Unmanaged.passRetained(self)
        guard multi != nil, CurlLoop.detachThread(loop.toOpaque()) else {
            loop.release()
            return close()
        }
    }

    /// Queues an exchange for the thread.
    func submit(_ exchange: CurlExchange) {
        let (isClosed, needsWaking) = queue.withLock { queue in
            if queue.isClosed { return (true, false) }
            queue.submitted.append(exchange)
            return (false, queue.needsWaking())
        }
        if isClosed { exchange.finish(.failure(.closedTransport(hasSent: false))) }
        if needsWaking { wake() }
    }

    /// Ends the transfers whose tasks were cancelled.
    func dropCancelled() {
        let needsWaking = queue.withLock { queue in
            queue.holdsCancelled = true
            return queue.needsWaking()
        }
        if needsWaking { wake() }
    }

    /// Ends all transfers and the thread.
    func close() {
        let needsWaking = queue.withLock { queue in
            queue.isClosed = true
            return queue.needsWaking()
        }
        if needsWaking { wake() }
    }

    private func wake() { curl_multi_wakeup(multi) }
}

// MARK: - On the loop's thread

extension CurlLoop {
    private static func detachThread(_ context: UnsafeMutableRawPointer) -> Bool {
        #if canImport(Darwin)
        var thread: pthread_t?
        guard pthread_create(&thread, nil, { CurlLoop.run($0) }, context) == 0, let thread else { return false }
        #else
        var thread = pthread_t()
        guard pthread_create(&thread, nil, { CurlLoop.run($0) }, context) == 0 else { return false }
        #endif
        pthread_detach(thread)
        return true
    }

    private static func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        // A write to a closed connection must not end the process.
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard let context else { return nil }
        let loop = Unmanaged<CurlLoop>.fromOpaque(context).takeRetainedValue()
        if let multi = loop.multi { loop.run(multi) }
        return nil
    }

    private func run(_ multi: UnsafeMutableRawPointer) {
        var transfers = CurlTransfers(multi, configuration)
        var batch: [CurlExchange] = []
        while true {
            let (holdsCancelled, isClosed) = queue.withLock { queue in
                defer { queue.holdsCancelled = false }
                queue.isAsleep = false
                swap(&batch, &queue.submitted)
                return (queue.holdsCancelled, queue.isClosed)
            }
            for exchange in batch { transfers.start(exchange) }
            batch.removeAll(keepingCapacity: true)
            if holdsCancelled { transfers.dropCancelled() }
            if isClosed { return transfers.close() }
            transfers.perform()
            transfers.failOverdue()
            // Without a wake-up, the loop polls its queue every 20 ms.
            if goToSleep() { curl_multi_poll(multi, nil, 0, min(transfers.pollTimeout, isWakeable ? .max : 20), nil) }
        }
    }

    /// Marks the thread as asleep; returns false if there is work in the queue.
    private func goToSleep() -> Bool {
        queue.withLock { queue in
            queue.isAsleep = queue.submitted.isEmpty && !queue.holdsCancelled && !queue.isClosed
            return queue.isAsleep
        }
    }
}
