import Foundation

@_spi(Testing) @testable @_spi(Generated) import Countersign

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A server on a loopback port that responds to each request, or imitates network faults.
///
/// It reads and writes the bytes itself, so that a test sees the bytes on the wire.
final class FaultyServer: Sendable {
    enum Fault: CaseIterable, Sendable {
        case none
        /// Connections are reset as soon as they are accepted.
        case resetOnAccept
        /// Requests are read, and no response follows: a black hole.
        case silence
        /// Connections stay open and nothing is read from them, as if the machine had disappeared.
        case halfOpen
        /// The request is read and the connection closed.
        case droppedReply
        /// The request is read and the connection reset.
        case resetReply
        /// The response is sent at 50 bytes a second.
        case drip
        /// The connection is reset in the middle of the response body.
        case cut
    }

    /// A request as received, up to the empty line.
    ///
    /// The body was read and is not kept.
    struct Head: Sendable {
        let lines: [String]

        var method: String { lines[0].split(separator: " ").first.map(String.init) ?? "" }
        /// The request target, byte for byte.
        var target: String { lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? "" }

        subscript(name: String) -> String? {
            let prefix = name.lowercased() + ":"
            return lines.dropFirst().first { $0.lowercased().hasPrefix(prefix) }
                .map { String($0.dropFirst(prefix.count)).trimmingCharacters(in: .whitespaces) }
        }
    }

    private struct State {
        var fault = Fault.none
        var requests: [Head] = []
        var connections: Set<Int32> = []
        var isStopped = false
    }

    let port: Int
    private let responseBody: @Sendable (Int) -> String
    private let status: String
    private let listener: Int32
    private let state = Locked(State())

    /// - Parameters:
    ///   - status: The rest of the status line of a response after the version, and any fields after that line.
    ///   - responseBody: The JSON body of the response to the request with this number, from 1.
    init(
        isIPv6: Bool = false,
        status: String = "200 OK",
        responseBody: @escaping @Sendable (Int) -> String = { _ in "{}" }
    ) throws {
        self.status = status
        self.responseBody = responseBody
        listener = Self.socket(isIPv6 ? AF_INET6 : AF_INET)
        port = try Self.listen(listener, isIPv6: isIPv6)
    }

    /// Accepts connections until ``stop()``.
    func start() {
        Thread.detachNewThread { [self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                let isTaken = state.withLock { state in
                    if !state.isStopped { state.connections.insert(client) }
                    return !state.isStopped
                }
                guard isTaken else {
                    close(client)
                    break
                }
                Thread.detachNewThread { [self] in serve(client) }
            }
            close(listener)
        }
    }

    func stop() {
        state.withLock { $0.isStopped = true }
        shutdown(listener, Int32(SHUT_RDWR))
        breakConnections()
    }

    /// The fault for later connections.
    ///
    /// Existing connections are broken.
    var fault: Fault {
        get { state.withLock { $0.fault } }
        set {
            state.withLock { $0.fault = newValue }
            breakConnections()
        }
    }

    /// The requests that were received, in order.
    var requests: [Head] { state.withLock { $0.requests } }

    var count: Int { state.withLock { $0.requests.count } }

    private func breakConnections() {
        state.withLock { state in
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    private func serve(_ client: Int32) {
        defer {
            state.withLock { _ = $0.connections.remove(client) }
            close(client)
        }
        if fault == .resetOnAccept { return Self.reset(client) }
        var buffer: [UInt8] = []
        while true {
            if fault == .halfOpen {
                // Until the next fault or the end breaks the connection.
                var poll = pollfd(fd: client, events: 0, revents: 0)
                Glibc.poll(&poll, 1, -1)
                return
            }
            guard let head = Self.readRequest(client, &buffer) else { return }
            let (fault, number) = state.withLock { state in
                state.requests.append(head)
                return (state.fault, state.requests.count)
            }
            let body = responseBody(number)
            let text =
                "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
            let bytes = Array((text + body).utf8)
            switch fault {
            case .none, .resetOnAccept, .halfOpen:
                guard Self.send(bytes[...], to: client) else { return }
            case .silence:
                while Self.receive(client, &buffer) {}
                return
            case .droppedReply: return
            case .resetReply: return Self.reset(client)
            case .drip:
                for index in bytes.indices {
                    guard Self.send(bytes[index...index], to: client) else { return }
                    usleep(20_000)
                }
            case .cut:
                _ = Self.send(bytes[..<(bytes.count - body.utf8.count / 2 - 1)], to: client)
                return Self.reset(client)
            }
        }
    }

    // MARK: Sockets

    private static func socket(_ family: Int32) -> Int32 {
        #if canImport(Darwin)
        Darwin.socket(family, SOCK_STREAM, 0)
        #else
        Glibc.socket(family, Int32(SOCK_STREAM.rawValue), 0)
        #endif
    }

    private static func listen(_ socket: Int32, isIPv6: Bool) throws -> Int {
        var v4 = sockaddr_in()
        v4.sin_family = sa_family_t(AF_INET)
        v4.sin_addr.s_addr = inet_addr("127.0.0.1")
        var v6 = sockaddr_in6()
        v6.sin6_family = sa_family_t(AF_INET6)
        v6.sin6_addr = in6addr_loopback
        let result =
            isIPv6
            ? bind(socket, &v6, MemoryLayout<sockaddr_in6>.size) : bind(socket, &v4, MemoryLayout<sockaddr_in>.size)
        guard result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return Int(UInt16(bigEndian: isIPv6 ? v6.sin6_port : v4.sin_port))
    }

    /// Binds to a free port, listens, and stores the port in the address.
    private static func bind<Address>(_ socket: Int32, _ address: inout Address, _ size: Int) -> Int32 {
        var length = socklen_t(size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Glibc.bind(socket, pointer, length) | Glibc.listen(socket, 128) | getsockname(socket, pointer, &length)
            }
        }
    }

    /// Makes closing the descriptor reset the connection.
    private static func reset(_ client: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(client, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    private static func send(_ bytes: ArraySlice<UInt8>, to client: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Glibc.send(client, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return false }
            rest = rest.dropFirst(sent)
        }
        return true
    }

    private static func receive(_ client: Int32, _ buffer: inout [UInt8]) -> Bool {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        let count = recv(client, &chunk, chunk.count, 0)
        guard count > 0 else { return false }
        buffer += chunk[..<count]
        return true
    }

    /// Reads one request with its body, and leaves later bytes in the buffer.
    private static func readRequest(_ client: Int32, _ buffer: inout [UInt8]) -> Head? {
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let text = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
                let head = Head(lines: text.components(separatedBy: "\r\n"))
                let count = end.upperBound + (head["content-length"].flatMap(Int.init) ?? 0)
                while buffer.count < count {
                    guard receive(client, &buffer) else { return nil }
                }
                buffer.removeFirst(count)
                return head
            }
            guard receive(client, &buffer) else { return nil }
        }
    }
}
