import CMicroHTTPD
import CountersignHTTP

/// A running libmicrohttpd with one thread of its own: takes requests in, hands them to the handler, sends the answers.
///
/// While a handler runs, its connection is suspended. libmicrohttpd aborts when it is stopped with suspended
/// connections, so ``stop()`` resumes each of them first, and nothing suspends once it has begun.
final class LoopbackDaemon: Sendable {
    /// What the callbacks see: it outlives the daemon by the reference that the daemon was started with.
    final class Context: Sendable {
        struct Waiting {
            var isStopping = false
            var exchanges: [ObjectIdentifier: LoopbackExchange] = [:]
        }

        let limits: LoopbackServer.Limits
        let handler: @Sendable (LoopbackRequest) async -> LoopbackAnswer
        let waiting = Locked(Waiting())
        /// Set once, after the daemon has started; requests that come in before that wait for its lock.
        let origin = Locked<HTTPOrigin?>(nil)

        init(limits: LoopbackServer.Limits, handler: @escaping @Sendable (LoopbackRequest) async -> LoopbackAnswer) {
            self.limits = limits
            self.handler = handler
        }
    }

    let url: HTTPURL
    private let context: Context
    /// The daemon's address, nil after ``stop()``.
    ///
    /// `OpaquePointer` is not Sendable; the address is, and libmicrohttpd allows any thread to stop it.
    private let daemon: Locked<UInt?>
    private let isListening = Locked(true)

    init(
        port: UInt16,
        address: LoopbackServer.Address,
        limits: LoopbackServer.Limits,
        handler: @escaping @Sendable (LoopbackRequest) async -> LoopbackAnswer
    ) throws(LoopbackError) {
        let context = Context(limits: limits, handler: handler)
        var options = countersign_mhd_options()
        options.ipv6 = address == .v6 ? 1 : 0
        options.port = port
        options.connection_limit = UInt32(clamping: max(1, limits.maximumConnections))
        options.idle_timeout_seconds = UInt32(clamping: max(1, limits.idleTimeout.components.seconds))
        options.connection_memory = max(4 << 10, limits.maximumHeaderBytes)
        options.context = Unmanaged.passRetained(context).toOpaque()
        options.began = { context, target, _ in LoopbackDaemon.began(context: context, target: target) }
        options.access = {
            LoopbackDaemon.access(context: $0, connection: $1, method: $3, data: $5, size: $6, slot: $7)
        }
        options.completed = { _, _, slot, _ in LoopbackDaemon.completed(slot: slot) }

        let started = context.origin.withLock { origin -> (UInt, HTTPURL)? in
            guard let daemon = countersign_mhd_start(&options) else { return nil }
            let host = address == .v6 ? "[::1]" : "127.0.0.1"
            guard let url = try? HTTPURL("http://\(host):\(countersign_mhd_port(daemon))/") else {
                MHD_stop_daemon(daemon)
                return nil
            }
            origin = url.origin
            return (UInt(bitPattern: daemon), url)
        }
        guard let started else {
            Unmanaged.passUnretained(context).release()
            throw LoopbackError(
                port: port,
                port == 0
                    ? "cannot listen on the loopback interface (\(address))"
                    : "cannot listen on port \(port) of the loopback interface (\(address)): another program may have "
                        + "it; choose another port, or 0 for any free one"
            )
        }
        self.context = context
        self.daemon = Locked(started.0)
        self.url = started.1
    }

    /// Takes no further connection; those that are there are served to their end.
    func stopListening() {
        daemon.withLock { pointer in
            guard let daemon = pointer.flatMap({ OpaquePointer(bitPattern: $0) }) else { return }
            // libmicrohttpd returns the socket each time that it is asked: closed twice, its number may be another's.
            let isFirst = isListening.withLock { listening in
                defer { listening = false }
                return listening
            }
            guard isFirst else { return }
            let socket = MHD_quiesce_daemon(daemon)
            if socket >= 0 { close(socket) }
        }
    }

    func stop() {
        guard let pointer = daemon.withLock({ $0.take() }), let daemon = OpaquePointer(bitPattern: pointer) else {
            return
        }
        let exchanges = context.waiting.withLock { waiting in
            waiting.isStopping = true
            defer { waiting.exchanges = [:] }
            return Array(waiting.exchanges.values)
        }
        for exchange in exchanges { exchange.abandon() }
        MHD_stop_daemon(daemon)
        Unmanaged.passUnretained(context).release()
    }
}

// MARK: - Callbacks, all on the daemon's thread

extension LoopbackDaemon {
    /// The request line was read: makes the exchange that libmicrohttpd carries through the other callbacks.
    private static func began(context: UnsafeMutableRawPointer?, target: UnsafePointer<CChar>?)
        -> UnsafeMutableRawPointer?
    {
        guard let context, let target else { return nil }
        let exchange = LoopbackExchange(
            target: Array(UnsafeBufferPointer(start: target, count: strlen(target))).map(UInt8.init(bitPattern:)),
            context: Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
        )
        return Unmanaged.passRetained(exchange).toOpaque()
    }

    /// Called when the header is complete, then for each piece of the body, then at its end, and after each resumption.
    private static func access(
        context: UnsafeMutableRawPointer?,
        connection: OpaquePointer?,
        method: UnsafePointer<CChar>?,
        data: UnsafePointer<CChar>?,
        size: UnsafeMutablePointer<Int>?,
        slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) -> MHD_Result {
        guard let connection, let method, let size, let opaque = slot?.pointee else { return countersign_mhd_no }
        let exchange = Unmanaged<LoopbackExchange>.fromOpaque(opaque).takeUnretainedValue()
        let received = UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : size.pointee)
        size.pointee = 0
        switch exchange.step(connection: connection, method: String(cString: method), received: received) {
        case .proceed: return countersign_mhd_yes
        case .answer(let answer): return send(answer, on: connection)
        }
    }

    private static func completed(slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?) {
        guard let opaque = slot?.pointee else { return }
        slot?.pointee = nil
        let exchange = Unmanaged<LoopbackExchange>.fromOpaque(opaque)
        exchange.takeUnretainedValue().end()
        exchange.release()
    }

    private static func send(_ answer: LoopbackAnswer, on connection: OpaquePointer) -> MHD_Result {
        let response: OpaquePointer?
        let head: HTTPResponse
        switch answer {
        case .closeWithoutAnswer:
            return countersign_mhd_no
        case .response(let whole), .notifying(let whole, _):
            head = whole
            response = whole.body.withUnsafeBytes { bytes in
                countersign_mhd_response(bytes.baseAddress, bytes.count)
            }
        case .truncated(let whole, let limit):
            head = whole
            response = LoopbackTruncation(body: whole.body, limit: limit).makeResponse()
        }
        guard let response else { return countersign_mhd_no }
        defer { MHD_destroy_response(response) }
        for field in head.fields where !isManaged(field.name) {
            guard MHD_add_response_header(response, field.name.rawName, field.value) == countersign_mhd_yes else {
                return countersign_mhd_no
            }
        }
        return MHD_queue_response(connection, UInt32(clamping: head.status.rawValue), response)
    }

    /// Fields that frame the message: libmicrohttpd sets them from what it sends.
    private static func isManaged(_ name: HTTPFieldName) -> Bool {
        name == "Content-Length" || name == "Transfer-Encoding"
    }
}
