import CMicroHTTPD
import CountersignHTTP

/// A request and its response, from the request line to the last byte.
///
/// The callbacks run on libmicrohttpd's thread, the response comes from the handler's task, and `stop()` may end the
/// exchange on any thread. The address of the connection is only used in the phase `waiting`: libmicrohttpd keeps a
/// suspended connection alive, and the code that ends the phase resumes it, once and under the lock.
final class LoopbackExchange: Sendable {
    enum Step {
        case proceed
        case respond(LoopbackResponse)
    }

    private enum Phase {
        case head
        case body(Head)
        case waiting(connection: UInt)
        case responded(LoopbackResponse)
        case ended
    }

    private struct Head {
        var method: HTTP.Method
        var url: HTTP.URL
        var fields: HTTP.Fields
    }

    private struct State {
        var phase = Phase.head
        var body: [UInt8] = []
        /// The number of dropped bytes of a body that is too long.
        var excess = 0
        var task: Task<Void, Never>?
    }

    private let target: [UInt8]
    private let context: LoopbackDaemon.Context
    private let state = Locked(State())

    init(target: [UInt8], context: LoopbackDaemon.Context) {
        self.target = target
        self.context = context
    }

    // MARK: On libmicrohttpd's thread

    /// Processes one callback of libmicrohttpd.
    func step(connection: OpaquePointer, method: String, received: UnsafeRawBufferPointer) -> Step {
        switch state.withLock({ $0.phase }) {
        case .head: takeHead(connection: connection, method: method)
        case .body(let head) where received.isEmpty:
            isTooLong ? .respond(.bodyTooLong(context.limits)) : startHandler(for: head, connection: connection)
        case .body: takeBody(received)
        case .responded(let response): .respond(response)
        case .waiting, .ended: .respond(.closeWithoutResponse)
        }
    }

    private var isTooLong: Bool { state.withLock { $0.excess > 0 } }

    /// Validates the header.
    private func takeHead(connection: OpaquePointer, method: String) -> Step {
        guard let origin = context.origin.withLock({ $0 }) else { return .respond(.closeWithoutResponse) }
        let fields = Self.fields(of: connection)
        guard let method = HTTP.Method(rawValue: method) else { return .respond(.rejection(400, "invalid method")) }
        guard let fields else { return .respond(.rejection(400, "invalid header field")) }
        let hosts = fields.values(for: "Host")
        guard let host = hosts.first, hosts.count == 1, Self.isOwnAuthority(host, port: origin.port) else {
            return .respond(.rejection(421, "the Host must be a loopback name with the port of this server"))
        }
        let target = String(decoding: target, as: UTF8.self)
        guard target.utf8.first == UInt8(ascii: "/"), let url = try? HTTP.URL("http://" + host + target) else {
            return .respond(.rejection(400, "invalid request target; it must start with /"))
        }
        if let length = fields["Content-Length"].flatMap({ Int($0) }), length > context.limits.maximumBodyBytes {
            return .respond(.bodyTooLong(context.limits))
        }
        state.withLock { $0.phase = .body(Head(method: method, url: url, fields: fields)) }
        return .proceed
    }

    /// Collects a part of the body.
    ///
    /// libmicrohttpd only accepts a response at the end of the body. A body that is too long is therefore read and dropped,
    /// up to the same length again, before the connection is closed.
    private func takeBody(_ received: UnsafeRawBufferPointer) -> Step {
        let limit = context.limits.maximumBodyBytes
        return state.withLock { state in
            if state.excess == 0, state.body.count + received.count <= limit {
                state.body.append(contentsOf: received)
            } else {
                state.body = []
                state.excess += received.count
            }
            return state.excess <= max(limit, 1 << 16) ? .proceed : .respond(.closeWithoutResponse)
        }
    }

    /// Suspends the connection and starts the handler, unless the server is stopping.
    private func startHandler(for head: Head, connection: OpaquePointer) -> Step {
        let isStopping = context.waiting.withLock { waiting in
            if !waiting.isStopping { waiting.exchanges[ObjectIdentifier(self)] = self }
            return waiting.isStopping
        }
        if isStopping { return .respond(.closeWithoutResponse) }
        return state.withLock { state in
            // `stop()` may have run between the two locks, and found nothing to resume.
            guard case .body = state.phase else { return .respond(.closeWithoutResponse) }
            let request = LoopbackRequest(
                method: head.method,
                target: head.url.target,
                fields: head.fields,
                body: exchange(&state.body, with: []),
                url: head.url
            )
            context.connections.withLock { $0.setHandled(UInt(bitPattern: connection), true) }
            MHD_suspend_connection(connection)
            state.phase = .waiting(connection: UInt(bitPattern: connection))
            state.task = Task { [context] in self.finish(await context.handler(request)) }
            return .proceed
        }
    }

    /// Ends the exchange, after the response was sent or the connection was closed.
    func end() {
        let response = state.withLock { state -> LoopbackResponse? in
            defer { state.phase = .ended }
            if case .responded(let response) = state.phase { return response }
            return nil
        }
        response?.notifySent()
    }

    // MARK: On other threads

    private func finish(_ response: LoopbackResponse) {
        // In this order: an exchange that `stop()` does not find must no longer be suspended.
        if !resume(with: response).isAccepted { response.notifySent() }
        context.waiting.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(self)) }
    }

    /// Closes the connection without a response, and cancels the handler.
    func abandon() {
        resume(with: .closeWithoutResponse).task?.cancel()
    }

    /// Resumes the connection with a response.
    ///
    /// - Returns: True if no other response came first, and the task of the handler.
    private func resume(with response: LoopbackResponse) -> (isAccepted: Bool, task: Task<Void, Never>?) {
        state.withLock { state in
            var isAccepted = true
            switch state.phase {
            case .waiting(let address):
                state.phase = .responded(response)
                if let connection = OpaquePointer(bitPattern: address) { MHD_resume_connection(connection) }
            case .head, .body:
                state.phase = .responded(response)
            case .responded, .ended:
                isAccepted = false
            }
            return (isAccepted, state.task.take())
        }
    }

    // MARK: Reading the header

    /// Returns all header fields in order, or nil if a name or a value is invalid.
    private static func fields(of connection: OpaquePointer) -> HTTP.Fields? {
        var fields: HTTP.Fields? = HTTP.Fields()
        withUnsafeMutablePointer(to: &fields) { pointer in
            countersign_mhd_header_fields(
                connection,
                { context, _, name, nameSize, value, valueSize in
                    guard let fields = context?.assumingMemoryBound(to: HTTP.Fields?.self) else {
                        return countersign_mhd_no
                    }
                    let value = LoopbackExchange.text(value, valueSize)
                    guard let name = HTTP.FieldName(LoopbackExchange.text(name, nameSize)),
                        HTTP.Field.isValidValue(value)
                    else {
                        fields.pointee = nil
                        return countersign_mhd_no
                    }
                    fields.pointee?.append(name: name, value: value)
                    return countersign_mhd_yes
                },
                pointer
            )
        }
        return fields
    }

    private static func text(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
        String(decoding: UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count), as: UTF8.self)
    }

    /// Returns true if `host` is a name of the loopback interface with this port.
    private static func isOwnAuthority(_ host: String, port: Int) -> Bool {
        let host = host.lowercased()
        let suffixes = port == 80 ? ["", ":80"] : [":\(port)"]
        return ["localhost", "127.0.0.1", "[::1]"].contains { name in suffixes.contains { host == name + $0 } }
    }
}

extension LoopbackResponse {
    /// Calls the closure of ``notifying(_:whenSent:)``.
    fileprivate func notifySent() {
        if case .notifying(_, let whenSent) = self { whenSent() }
    }

    fileprivate static func bodyTooLong(_ limits: LoopbackServer.Limits) -> LoopbackResponse {
        .rejection(413, "the body exceeds \(limits.maximumBodyBytes) bytes")
    }

    fileprivate static func rejection(_ status: HTTP.Status, _ reason: String) -> LoopbackResponse {
        .response(
            HTTP.Response(status: status, fields: ["Content-Type": "text/plain"], body: Array((reason + "\n").utf8))
        )
    }
}
