import CMicroHTTPD
import CountersignHTTP

/// One request and its answer, from the request line to the last byte.
///
/// Its callbacks come from libmicrohttpd's thread, its answer from the handler's task, its end perhaps from `stop()`.
/// The connection's address is used only while the phase is `waiting`: libmicrohttpd keeps a connection as long as it is
/// suspended, and whoever ends that phase resumes it, once, under the lock.
final class LoopbackExchange: Sendable {
    enum Step {
        case proceed
        case answer(LoopbackAnswer)
    }

    private enum Phase {
        case head
        case body(Head)
        case waiting(connection: UInt)
        case answered(LoopbackAnswer)
        case ended
    }

    private struct Head {
        var method: HTTPMethod
        var url: HTTPURL
        var fields: HTTPFields
    }

    private struct State {
        var phase = Phase.head
        var body: [UInt8] = []
        /// How much of a body that is too long was dropped.
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

    /// Takes the request one call further.
    func step(connection: OpaquePointer, method: String, received: UnsafeRawBufferPointer) -> Step {
        switch state.withLock({ $0.phase }) {
        case .head: takeHead(connection: connection, method: method)
        case .body(let head) where received.isEmpty:
            isTooLong ? .answer(.refusal(413, "the body is too long")) : handOver(head, connection: connection)
        case .body: takeBody(received)
        case .answered(let answer): .answer(answer)
        case .waiting, .ended: .answer(.closeWithoutAnswer)
        }
    }

    private var isTooLong: Bool { state.withLock { $0.excess > 0 } }

    private func takeHead(connection: OpaquePointer, method: String) -> Step {
        guard let origin = context.origin.withLock({ $0 }) else { return .answer(.closeWithoutAnswer) }
        let fields = Self.fields(of: connection)
        guard let method = HTTPMethod(rawValue: method) else { return .answer(.refusal(400, "not a method")) }
        guard let fields else { return .answer(.refusal(400, "a header field is not valid")) }
        let hosts = fields.values(for: "Host")
        guard let host = hosts.first, hosts.count == 1, Self.isOwnAuthority(host, port: origin.port) else {
            return .answer(.refusal(421, "this server answers only under its own loopback address and port"))
        }
        let target = String(decoding: target, as: UTF8.self)
        guard target.utf8.first == UInt8(ascii: "/"), let url = try? HTTPURL("http://" + host + target) else {
            return .answer(.refusal(400, "the request target is not a path"))
        }
        if let length = fields["Content-Length"].flatMap({ Int($0) }), length > context.limits.maximumBodyBytes {
            return .answer(.refusal(413, "the body is too long"))
        }
        state.withLock { $0.phase = .body(Head(method: method, url: url, fields: fields)) }
        return .proceed
    }

    /// Collects a piece of the body.
    ///
    /// An answer can only be given at its end, so a body that is too long is read on and
    /// dropped, up to as much again; then the connection is closed.
    private func takeBody(_ received: UnsafeRawBufferPointer) -> Step {
        let limit = context.limits.maximumBodyBytes
        return state.withLock { state in
            if state.excess == 0, state.body.count + received.count <= limit {
                state.body.append(contentsOf: received)
            } else {
                state.body = []
                state.excess += received.count
            }
            return state.excess <= max(limit, 1 << 16) ? .proceed : .answer(.closeWithoutAnswer)
        }
    }

    /// Suspends the connection and starts the handler, unless the server stops.
    private func handOver(_ head: Head, connection: OpaquePointer) -> Step {
        let isStopping = context.waiting.withLock { waiting in
            if !waiting.isStopping { waiting.exchanges[ObjectIdentifier(self)] = self }
            return waiting.isStopping
        }
        if isStopping { return .answer(.closeWithoutAnswer) }
        return state.withLock { state in
            // `stop()` may have come between the two locks; it then has found nothing to resume.
            guard case .body = state.phase else { return .answer(.closeWithoutAnswer) }
            let request = LoopbackRequest(
                method: head.method,
                target: head.url.target,
                fields: head.fields,
                body: exchange(&state.body, with: []),
                url: head.url
            )
            MHD_suspend_connection(connection)
            state.phase = .waiting(connection: UInt(bitPattern: connection))
            state.task = Task { [context] in self.finish(await context.handler(request)) }
            return .proceed
        }
    }

    /// libmicrohttpd is done with the request: sent, broken off, or shut down.
    func end() {
        let answer = state.withLock { state -> LoopbackAnswer? in
            defer { state.phase = .ended }
            if case .answered(let answer) = state.phase { return answer }
            return nil
        }
        answer?.hasBeenSent()
    }

    // MARK: On other threads

    private func finish(_ answer: LoopbackAnswer) {
        // In this order: an exchange that `stop()` does not find must not be suspended any more.
        if !resume(with: answer).isTaken { answer.hasBeenSent() }
        context.waiting.withLock { _ = $0.exchanges.removeValue(forKey: ObjectIdentifier(self)) }
    }

    /// Gives the connection back to be closed, and cancels the handler.
    func abandon() {
        resume(with: .closeWithoutAnswer).task?.cancel()
    }

    /// - Returns: Whether the answer is the one that counts, and the handler's task.
    private func resume(with answer: LoopbackAnswer) -> (isTaken: Bool, task: Task<Void, Never>?) {
        state.withLock { state in
            var isTaken = true
            switch state.phase {
            case .waiting(let address):
                state.phase = .answered(answer)
                if let connection = OpaquePointer(bitPattern: address) { MHD_resume_connection(connection) }
            case .head, .body:
                state.phase = .answered(answer)
            case .answered, .ended:
                isTaken = false
            }
            return (isTaken, state.task.take())
        }
    }

    // MARK: Reading the header

    /// All header fields in order; nil when a name or a value is not valid.
    private static func fields(of connection: OpaquePointer) -> HTTPFields? {
        var fields: HTTPFields? = HTTPFields()
        withUnsafeMutablePointer(to: &fields) { pointer in
            countersign_mhd_header_fields(
                connection,
                { context, _, name, nameSize, value, valueSize in
                    guard let fields = context?.assumingMemoryBound(to: HTTPFields?.self) else {
                        return countersign_mhd_no
                    }
                    let value = LoopbackExchange.text(value, valueSize)
                    guard let name = HTTPFieldName(LoopbackExchange.text(name, nameSize)), HTTPField.isValidValue(value)
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

    /// True when `host` is a name of the loopback interface with this port.
    private static func isOwnAuthority(_ host: String, port: Int) -> Bool {
        let host = host.lowercased()
        let suffixes = port == 80 ? ["", ":80"] : [":\(port)"]
        return ["localhost", "127.0.0.1", "[::1]"].contains { name in suffixes.contains { host == name + $0 } }
    }
}

extension LoopbackAnswer {
    /// Tells whoever wants to know.
    fileprivate func hasBeenSent() {
        if case .notifying(_, let whenSent) = self { whenSent() }
    }

    fileprivate static func refusal(_ status: HTTPStatus, _ reason: String) -> LoopbackAnswer {
        .response(
            HTTPResponse(status: status, fields: ["Content-Type": "text/plain"], body: Array((reason + "\n").utf8))
        )
    }
}
