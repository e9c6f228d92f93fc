public import CountersignHTTP

/// An HTTP/1.1 server that listens on this machine's loopback interface and nowhere else.
///
/// It is there for redirect receivers, fake servers in tests, and examples. It is no production server: there is no TLS,
/// no HTTP/2, no routing, no streaming (a body is whole before the handler sees it), no log, and no way to bind it to
/// another address, so nothing but this machine reaches it. A web back end has its framework's server, and gives
/// `UserSessions` of CountersignOIDC that one's `Cookie` field. Requests whose `Host` is not `localhost`, `127.0.0.1` or `[::1]` with the server's own port are refused with
/// status 421, so that a web page cannot reach it through a name that it points here (DNS rebinding).
///
/// ```swift
/// let server = LoopbackServer { request in
///     guard request.method == .get else { return HTTPResponse(status: HTTPStatus(405)) }
///     return HTTPResponse(status: .ok, fields: ["Content-Type": "text/plain"], body: Array(request.target.utf8))
/// }
/// let url = try server.start()        // http://127.0.0.1:49213/
/// defer { server.stop() }
/// ```
///
/// The handler runs as a task of its own, for each request; a slow one does not delay the others. What it answers after
/// ``stop()`` is dropped.
public final class LoopbackServer: Sendable {
    /// Which of the two loopback addresses to listen on.
    public enum Address: Sendable, Hashable {
        /// 127.0.0.1
        case v4
        /// ::1
        case v6
    }

    /// What a client may take up, so that a broken or hostile one cannot exhaust the process.
    public struct Limits: Sendable, Hashable {
        /// The longest body of a request; a longer one is answered with status 413.
        public var maximumBodyBytes = 1 << 20
        /// The memory for request line and header fields of a connection; more is answered with status 414 or 431.
        public var maximumHeaderBytes = 64 << 10
        /// The connections that are served at once; further ones wait in the system's queue or are closed.
        public var maximumConnections = 512
        /// How long a connection may stay silent before it is closed, in whole seconds (at least one).
        public var idleTimeout: Duration = .seconds(60)

        /// The limits named above.
        public init() {}
    }

    private let requestedPort: UInt16
    private let address: Address
    private let limits: Limits
    private let handler: @Sendable (LoopbackRequest) async -> LoopbackAnswer
    /// Nil while stopped.
    private let daemon = Locked<LoopbackDaemon?>(nil)

    /// A server that answers every request with a response.
    ///
    /// - Parameters:
    ///   - port: the port to listen on; 0 takes any free one.
    ///   - address: the loopback address to listen on.
    ///   - limits: what a client may take up.
    ///   - handler: answers one request. Its task is cancelled when the server stops.
    public convenience init(
        port: UInt16 = 0,
        address: Address = .v4,
        limits: Limits = Limits(),
        handler: @escaping @Sendable (LoopbackRequest) async -> HTTPResponse
    ) {
        self.init(port: port, address: address, limits: limits, answering: { .response(await handler($0)) })
    }

    /// A server that can also break off, as ``LoopbackAnswer`` says: for tests of what clients make of that.
    @_disfavoredOverload
    public init(
        port: UInt16 = 0,
        address: Address = .v4,
        limits: Limits = Limits(),
        answering handler: @escaping @Sendable (LoopbackRequest) async -> LoopbackAnswer
    ) {
        self.requestedPort = port
        self.address = address
        self.limits = limits
        self.handler = handler
    }

    deinit {
        stop()
    }

    /// Starts listening; does nothing when the server already does.
    ///
    /// - Returns: the server's ``url``.
    /// - Throws: ``LoopbackError`` when the port is taken or the address is not available.
    @discardableResult
    public func start() throws(LoopbackError) -> HTTPURL {
        try daemon.withLock { running throws(LoopbackError) in
            if let running { return running.url }
            let started = try LoopbackDaemon(port: requestedPort, address: address, limits: limits, handler: handler)
            running = started
            return started.url
        }
    }

    /// Stops listening, closes every connection, and cancels the handlers that still run; it does not wait for those.
    ///
    /// It may be called several times, and from a handler.
    public func stop() {
        daemon.withLock { $0.take() }?.stop()
    }

    /// Takes no further connection, and serves those that are there to their end; nobody else can reach the port.
    ///
    /// ``stop()`` closes those, too.
    public func stopListening() {
        daemon.withLock { $0?.stopListening() }
    }

    /// The address that clients use, with path `/`; nil while the server is stopped.
    public var url: HTTPURL? {
        daemon.withLock { $0?.url }
    }

    /// The port that the server listens on; nil while it is stopped.
    public var port: UInt16? {
        url.flatMap { UInt16(exactly: $0.origin.port) }
    }
}
