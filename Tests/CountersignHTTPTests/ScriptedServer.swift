import CountersignHTTP
import Foundation
import TestSupport

#if canImport(Glibc)
import Glibc
#endif

/// A server on 127.0.0.1 that follows a script for each connection, including the behavior of faulty servers.
final class ScriptedServer: Sendable {
    enum Step: Sendable {
        /// Reads a request: the head and a body of `Content-Length`.
        case readRequest
        case send(String)
        /// Waits until the client closes the connection, and reports that as a request with the text `closed`.
        case awaitClose
        /// Closes the connection, and reports that as a request with the text `ended`.
        case end
        /// Makes the connection end with a reset.
        case reset
    }

    struct Request: Sendable, Equatable {
        var connection: Int
        var text: String

        /// The field lines of the head.
        var fieldLines: [String] {
            let head = text.components(separatedBy: "\r\n\r\n").first ?? ""
            return Array(head.components(separatedBy: "\r\n").dropFirst())
        }

        var requestLine: String { text.components(separatedBy: "\r\n").first ?? "" }
        var body: String { text.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n") }
    }

    static let ok = Step.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    let port: Int
    private let socket: Int32
    private let log = Log()

    private final class Log: Sendable {
        let requests = Locked<[Request]>([])
        /// The number of requests that ``ScriptedServer/next()`` has returned.
        let readCount = Locked(0)
    }

    /// Starts listening; the last script is used for all further connections.
    init(_ scripts: [Step]...) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        port = try Self.listen(socket)
        Thread.detachNewThread { [socket, log] in
            var connection = 0
            while case let client = accept(socket, nil, nil), client >= 0 {
                let number = connection
                let script = scripts[min(number, scripts.count - 1)]
                connection += 1
                Thread.detachNewThread {
                    Self.run(script, on: client) { text in
                        let request = Request(connection: number, text: text)
                        log.requests.withLock { $0.append(request) }
                    }
                }
            }
            close(socket)
        }
    }

    deinit { shutdown(socket, Int32(SHUT_RDWR)) }

    /// The requests received so far, in order.
    var received: [Request] { log.requests.withLock { $0 } }

    /// Waits for the next request and returns it.
    nonisolated(nonsending) func next() async throws -> Request {
        let index = log.readCount.withLock { count in
            defer { count += 1 }
            return count
        }
        try await waitUntil("the server has received \(index + 1) requests", checkingEvery: .milliseconds(1)) {
            received.count > index
        }
        return received[index]
    }

    func url(_ target: String = "/", scheme: String = "http") throws -> HTTP.URL {
        try HTTP.URL(origin: HTTP.URL("\(scheme)://127.0.0.1:\(port)").origin, target: target)
    }

    private static func listen(_ socket: Int32) throws -> Int {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, length) | Glibc.listen(socket, 64) | getsockname(socket, pointer, &length)
            }
        }
        guard result == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func run(_ script: [Step], on client: Int32, report: (String) -> Void) {
        defer { close(client) }
        for step in script {
            switch step {
            case .readRequest:
                guard let text = readRequest(client) else { return }
                report(text)
            case .send(let text):
                let bytes = Array(text.utf8)
                var sent = 0
                while sent < bytes.count {
                    let count = bytes.withUnsafeBytes { buffer in
                        Glibc.send(
                            client,
                            buffer.baseAddress.map { $0 + sent },
                            buffer.count - sent,
                            Int32(MSG_NOSIGNAL)
                        )
                    }
                    if count <= 0 { return }
                    sent += count
                }
            case .awaitClose:
                var buffer = [UInt8](repeating: 0, count: 4096)
                while recv(client, &buffer, buffer.count, 0) > 0 {}
                report("closed")
            case .end:
                shutdown(client, Int32(SHUT_RDWR))
                return report("ended")
            case .reset:
                var lingering = linger(l_onoff: 1, l_linger: 0)
                setsockopt(client, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
            }
        }
    }

    private static func readRequest(_ client: Int32) -> String? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var missing = Int.max
        while missing > 0 {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer[..<count]
            let text = String(decoding: bytes, as: UTF8.self)
            guard let end = text.range(of: "\r\n\r\n") else { continue }
            let head = text[..<end.lowerBound].components(separatedBy: "\r\n")
            let length = head.first { $0.lowercased().hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) }
            missing = (length ?? 0) - text[end.upperBound...].utf8.count
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Returns the transport error of an operation, or `nil` if it succeeds.
nonisolated(nonsending)
    func transportError<T>(_ operation: () async throws -> T) async -> HTTP.TransportError?
{
    do {
        _ = try await operation()
        return nil
    } catch {
        return error as? HTTP.TransportError
    }
}
