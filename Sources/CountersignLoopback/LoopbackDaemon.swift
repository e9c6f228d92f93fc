import CMicroHTTPD
import CountersignHTTP

/// A running libmicrohttpd daemon with its own thread, which passes requests to the handler and sends the responses.
///
/// While a handler runs, its connection is suspended. libmicrohttpd aborts if it is stopped with suspended connections, so
/// ``stop()`` resumes all of them first, and no connection is suspended after that.
final class LoopbackDaemon: Sendable {
    /// The context of the callbacks, retained by the daemon until it has stopped.
    final class Context: Sendable {
        struct Waiting {
            var isStopping = false
            var exchanges: [ObjectIdentifier: LoopbackExchange] = [:]
        }

        let limits: LoopbackServer.Limits
        let handler: @Sendable (LoopbackRequest) async -> LoopbackResponse
        let waiting = Locked(Waiting())
        let connections: Locked<LoopbackConnections>
        /// The origin of the server, set once after the start; earlier requests wait for the lock.
        let origin = Locked<HTTP.Origin?>(nil)

        init(limits: LoopbackServer.Limits, handler: @escaping @Sendable (LoopbackRequest) async -> LoopbackResponse) {
            self.limits = limits
            self.handler = handler
            connections = Locked(LoopbackConnections(maximum: max(1, limits.maximumConnections)))
        }
    }

    let url: HTTP.URL
    private let context: Context
    /// The address of the daemon; nil after ``stop()``.
    ///
    /// An integer, since `OpaquePointer` is not `Sendable`. libmicrohttpd allows any thread to stop the daemon.
    private let daemon: Locked<UInt?>
    private let isListening = Locked(true)

    init(
        port: UInt16,
        address: LoopbackServer.Address,
        limits: LoopbackServer.Limits,
        handler: @escaping @Sendable (LoopbackRequest) async -> LoopbackResponse
    ) throws(LoopbackError) {
        let context = Context(limits: limits, handler: handler)
        var options = countersign_mhd_options()
        options.ipv6 = address == .v6 ? 1 : 0
        options.port = port
        // Beyond the maximum, the oldest connection without a complete request is ended when a new one is accepted.
        let maximumConnections = UInt32(clamping: max(1, limits.maximumConnections))
        options.connection_limit = min(maximumConnections, .max / 2) + max(8, maximumConnections / 8)
        options.idle_timeout_seconds = UInt32(clamping: max(1, limits.idleTimeout.clamped.components.seconds))
        options.connection_memory = min(max(4 << 10, limits.maximumHeaderBytes), 1 << 24)
        options.context = Unmanaged.passRetained(context).toOpaque()
        options.began = { context, target, _ in LoopbackDaemon.began(context: context, target: target) }
        options.access = {
            LoopbackDaemon.access(context: $0, connection: $1, method: $3, data: $5, size: $6, slot: $7)
        }
        options.completed = { context, connection, slot, _ in
            LoopbackDaemon.completed(context: context, connection: connection, slot: slot)
        }
        options.notify = { context, connection, _, code in
            LoopbackDaemon.connectionChanged(connection, context: context, code)
        }

        let started = context.origin.withLock { origin -> (UInt, HTTP.URL)? in
            guard let daemon = countersign_mhd_start(&options) else { return nil }
            let host = address == .v6 ? "[::1]" : "127.0.0.1"
            guard let url = try? HTTP.URL("http://\(host):\(countersign_mhd_port(daemon))/") else {
                MHD_stop_daemon(daemon)
                return nil
            }
            origin = url.origin
            return (UInt(bitPattern: daemon), url)
        }
        guard let started else {
            Unmanaged.passUnretained(context).release()
            throw port == 0 ? .addressUnavailable(address) : .portUnavailable(port, address)
        }
        self.context = context
        self.daemon = Locked(started.0)
        self.url = started.1
    }

    /// Accepts no more connections; existing connections are served until they end.
    func stopListening() {
        daemon.withLock { pointer in
            guard let daemon = pointer.flatMap({ OpaquePointer(bitPattern: $0) }) else { return }
            // libmicrohttpd returns the socket on every call. Closing it twice could close an unrelated descriptor.
            let isFirst = isListening.withLock { listening in
                defer { listening = false }
                return listening
            }
            guard isFirst else { return }
            let socket = MHD_quiesce_daemon(daemon)
            if socket >= 0 { close(socket) }
        }
    }

    /// Closes all connections, cancels the handlers and ends the thread.
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
    /// Called when a connection was accepted, and before it is closed.
    private static func connectionChanged(
        _ connection: OpaquePointer?,
        context: UnsafeMutableRawPointer?,
        _ code: MHD_ConnectionNotificationCode
    ) {
        guard let connection, let context else { return }
        let owner = Unmanaged<Context>.fromOpaque(context).takeUnretainedValue()
        let address = UInt(bitPattern: connection)
        guard countersign_mhd_has_started(code) != 0 else { return owner.connections.withLock { $0.closed(address) } }
        let surplus = owner.connections.withLock { $0.opened(address) }
        if let surplus, let connection = OpaquePointer(bitPattern: surplus) { countersign_mhd_end(connection) }
    }

    /// Called after the request line was read; returns the exchange, which libmicrohttpd passes to the other callbacks.
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

    /// Called when the header is complete, for each part of the body, at the end of the body, and after a resumption.
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
        case .respond(let response): return send(response, on: connection)
        }
    }

    /// Called when libmicrohttpd is done with the request.
    private static func completed(
        context: UnsafeMutableRawPointer?,
        connection: OpaquePointer?,
        slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
    ) {
        if let context, let connection {
            Unmanaged<Context>.fromOpaque(context).takeUnretainedValue().connections.withLock {
                $0.setHandled(UInt(bitPattern: connection), false)
            }
        }
        guard let opaque = slot?.pointee else { return }
        slot?.pointee = nil
        let exchange = Unmanaged<LoopbackExchange>.fromOpaque(opaque)
        exchange.takeUnretainedValue().end()
        exchange.release()
    }

    private static func send(_ response: LoopbackResponse, on connection: OpaquePointer) -> MHD_Result {
        let queued: OpaquePointer?
        let head: HTTP.Response
        switch response {
        case .closeWithoutResponse:
            return countersign_mhd_no
        case .response(let whole), .notifying(let whole, _):
            head = whole
            queued = whole.body.withUnsafeBytes { bytes in
                countersign_mhd_response(bytes.baseAddress, bytes.count)
            }
        case .truncated(let whole, let limit):
            head = whole
            queued = LoopbackTruncation(body: whole.body, limit: limit).makeResponse()
        }
        guard let queued else { return countersign_mhd_no }
        defer { MHD_destroy_response(queued) }
        for field in head.fields where !isManaged(field.name) {
            guard MHD_add_response_header(queued, field.name.rawName, field.value) == countersign_mhd_yes else {
                return countersign_mhd_no
            }
        }
        return MHD_queue_response(connection, UInt32(clamping: head.status.rawValue), queued)
    }

    /// Returns true for the fields that frame the message, which libmicrohttpd sets itself.
    private static func isManaged(_ name: HTTP.FieldName) -> Bool {
        name == "Content-Length" || name == "Transfer-Encoding"
    }
}
