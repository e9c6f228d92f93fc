public import CountersignHTTP

/// An HTTP/1.1 server that only listens on the loopback interface.
///
/// It serves redirect receivers, fake servers in tests, and examples. It is not a production server: it has no TLS, no
/// HTTP/2, no routing, no streaming and no log, and it cannot listen on another address. A web back end uses the server of
/// its framework, and passes the `Cookie` field to `BrowserSessions` of CountersignOIDC.
///
/// Requests whose `Host` is not `localhost`, `127.0.0.1` or `[::1]` with the server's port are rejected with status 421.
/// This prevents DNS rebinding, where a web page reaches the server through a domain name that resolves to this machine.
///
/// ```swift
/// let server = LoopbackServer { request in
///     guard request.method == .get else { return HTTP.Response(status: HTTP.Status(405)) }
///     return HTTP.Response(status: .ok, fields: ["Content-Type": "text/plain"], body: Array(request.target.utf8))
/// }
/// let url = try server.start()        // http://127.0.0.1:49213/
/// defer { server.stop() }
/// ```
///
/// Each request has its own handler task, so that slow handlers do not delay others. A response after ``stop()`` is
/// dropped.
public final class LoopbackServer: Sendable {
    /// A loopback address to listen on.
    public enum Address: Sendable, Hashable, CustomStringConvertible {
        /// The IPv4 address 127.0.0.1.
        case v4
        /// The IPv6 address ::1.
        case v6

        /// The address as text.
        public var description: String {
            switch self {
            case .v4: "127.0.0.1"
            case .v6: "::1"
            }
        }
    }

    /// The limits for clients, so that a faulty or hostile client cannot exhaust the process.
    public struct Limits: Sendable, Hashable {
        /// The maximum length of a request body in bytes; a longer one is rejected with status 413.
        public var maximumBodyBytes = 1 << 20
        /// The maximum length of the request line and header fields in bytes; more is rejected with status 414 or 431.
        ///
        /// It is at least 4 KiB and at most 16 MiB.
        public var maximumHeaderBytes = 64 << 10
        /// The maximum number of concurrent connections.
        ///
        /// Beyond it, the connection that has waited longest for a complete request is closed. While all of them have a
        /// request in progress, further ones wait.
        public var maximumConnections = 512
        /// The time after which an idle connection is closed, in whole seconds and at least one second.
        public var idleTimeout: Duration = .seconds(60)

        /// Creates the default limits.
        public init() {}
    }

    private let requestedPort: UInt16
    private let address: Address
    private let limits: Limits
    private let handler: @Sendable (LoopbackRequest) async -> LoopbackResponse
    /// The running daemon; nil while the server is stopped.
    private let daemon = Locked<LoopbackDaemon?>(nil)

    /// Creates a server that responds to every request.
    ///
    /// - Parameters:
    ///   - port: The port to listen on; 0 means any free port.
    ///   - address: The loopback address to listen on.
    ///   - limits: The limits for clients.
    ///   - handler: The handler of a request. Its task is cancelled when the server stops.
    public convenience init(
        port: UInt16 = 0,
        address: Address = .v4,
        limits: Limits = Limits(),
        handler: @escaping @Sendable (LoopbackRequest) async -> HTTP.Response
    ) {
        self.init(port: port, address: address, limits: limits, responding: { .response(await handler($0)) })
    }

    /// Creates a server that can also close connections without a complete response, for tests of clients.
    ///
    /// - Parameters:
    ///   - port: The port to listen on; 0 means any free port.
    ///   - address: The loopback address to listen on.
    ///   - limits: The limits for clients.
    ///   - handler: The handler of a request. Its task is cancelled when the server stops.
    @_disfavoredOverload
    public init(
        port: UInt16 = 0,
        address: Address = .v4,
        limits: Limits = Limits(),
        responding handler: @escaping @Sendable (LoopbackRequest) async -> LoopbackResponse
    ) {
        self.requestedPort = port
        self.address = address
        self.limits = limits
        self.handler = handler
    }

    deinit {
        stop()
    }

    /// Starts listening, unless the server is already running.
    ///
    /// - Returns: The ``url`` of the server.
    /// - Throws: ``LoopbackError`` if the port or the address is unavailable.
    @discardableResult
    public func start() throws(LoopbackError) -> HTTP.URL {
        try daemon.withLock { running throws(LoopbackError) in
            if let running { return running.url }
            let started = try LoopbackDaemon(port: requestedPort, address: address, limits: limits, handler: handler)
            running = started
            return started.url
        }
    }

    /// Stops listening, closes all connections, and cancels running handlers without waiting for them.
    ///
    /// It may be called repeatedly, and from a handler.
    public func stop() {
        daemon.withLock { $0.take() }?.stop()
    }

    /// Accepts no more connections, and serves the existing ones until they end.
    ///
    /// ``stop()`` closes the existing connections as well.
    public func stopListening() {
        daemon.withLock { $0?.stopListening() }
    }

    /// The URL of the server, with the path `/`; nil while it is stopped.
    public var url: HTTP.URL? {
        daemon.withLock { $0?.url }
    }

    /// The port of the server; nil while it is stopped.
    public var port: UInt16? {
        url.flatMap { UInt16(exactly: $0.origin.port) }
    }
}
