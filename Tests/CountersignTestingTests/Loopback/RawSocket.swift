import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A TCP client without HTTP, which sends exactly the given bytes.
enum RawSocket {
    struct Failure: Error {
        var call: String
        var code: Int32
    }

    /// Connects, sends a text, and returns everything until the server closes the connection.
    ///
    /// It blocks a thread of its own, and fails after two minutes without a byte.
    static func exchange(port: UInt16, host: String = "127.0.0.1", _ text: String) async throws -> String {
        try await exchange(port: port, host: host, pieces: [Array(text.utf8)])
    }

    static func exchange(port: UInt16, host: String = "127.0.0.1", pieces: [[UInt8]]) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue(label: "RawSocket").async {
                continuation.resume(with: Result { try blockingExchange(port: port, host: host, pieces: pieces) })
            }
        }
    }

    private static func blockingExchange(port: UInt16, host: String, pieces: [[UInt8]]) throws -> String {
        #if canImport(Darwin)
        let stream = SOCK_STREAM
        #else
        let stream = Int32(SOCK_STREAM.rawValue)
        #endif
        let descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { throw Failure(call: "socket", code: errno) }
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 120, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))

        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.sin_addr)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(call: "connect", code: errno) }

        for piece in pieces {
            var sent = 0
            while sent < piece.count {
                let count = piece.withUnsafeBytes {
                    send(descriptor, $0.baseAddress.map { $0 + sent }, piece.count - sent, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { break }  // the server may close the connection before it has read everything
                sent += count
            }
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count < 0, errno == EAGAIN { throw Failure(call: "recv", code: errno) }
            if count <= 0 { break }
            received.append(contentsOf: buffer[..<count])
        }
        return String(decoding: received, as: UTF8.self)
    }
}
