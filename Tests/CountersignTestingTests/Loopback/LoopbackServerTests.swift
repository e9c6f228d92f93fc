import CountersignHTTP
import CountersignLoopback
import Foundation
import TestSupport
import Testing

@Suite("Loopback server", .timeLimit(.minutes(15)))
struct LoopbackServerTests {
    private final class HandlerCounts: Sendable {
        let started = Locked(0)
        let cancelled = Locked(0)
    }

    /// A counter that tasks share.
    final class Counter: Sendable {
        let count = Locked(0)
    }

    /// Creates a server that responds with the request: a line for the target, a line for each field, and the body.
    static func echo(_ limits: LoopbackServer.Limits = .init()) -> LoopbackServer {
        LoopbackServer(limits: limits) { request in
            let lines = ["\(request.method) \(request.target)"] + request.fields.map { "\($0.name): \($0.value)" }
            return HTTP.Response(status: 200, body: Array(lines.joined(separator: "\n").utf8) + [10] + request.body)
        }
    }

    static func port(of server: LoopbackServer) throws -> UInt16 {
        try server.start()
        return try #require(server.port)
    }

    static func status(_ response: String) -> Int? {
        response.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap { Int($0) }
    }

    @Test(
        "The target arrives byte for byte",
        arguments: [
            "/", "/a%2Fb", "/a/../b", "//x", "/a+b?c=d+e&f=%20&&=", "/%C3%A9%00", "/a;b=c:@!$&'()*,", "/?", "/a?b?c#",
        ]
    )
    func target(target: String) async throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        let response = try await RawSocket.exchange(
            port: port,
            "GET \(target) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
        )
        // A URL drops a fragment, which clients never send.
        let expected = target.split(separator: "#", omittingEmptySubsequences: false)[0]
        #expect(response.contains("\r\n\r\nGET \(expected)\nHost:"))
    }

    @Test("Fields keep their order, their spelling and their duplicates")
    func fields() async throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        let response = try await RawSocket.exchange(
            port: port,
            "GET / HTTP/1.1\r\nX-b: 1\r\nHost: 127.0.0.1:\(port)\r\nx-A: two words\r\nX-B: 3\r\nConnection: close\r\n\r\n"
        )
        #expect(
            response.hasSuffix(
                "\r\n\r\nGET /\nX-b: 1\nHost: 127.0.0.1:\(port)\nx-A: two words\nX-B: 3\nConnection: close\n"
            )
        )
    }

    @Test("A body arrives complete, with a length or in chunks")
    func body() async throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        let head = "POST / HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n"
        let sized = try await RawSocket.exchange(port: port, head + "Content-Length: 5\r\n\r\nhello")
        #expect(sized.hasSuffix("\nhello"))
        let chunked = try await RawSocket.exchange(
            port: port,
            head + "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"
        )
        #expect(chunked.hasSuffix("\nhello"))
        let large = String(repeating: "x", count: 700_000)
        let long = try await RawSocket.exchange(port: port, head + "Content-Length: 700000\r\n\r\n" + large)
        #expect(long.hasSuffix("\n" + large))
    }

    @Test("A body over the limit is rejected with 413, with a Content-Length and without")
    func bodyLimit() async throws {
        var limits = LoopbackServer.Limits()
        limits.maximumBodyBytes = 10
        let server = Self.echo(limits)
        let port = try Self.port(of: server)
        let head = "POST / HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n"
        let sized = try await RawSocket.exchange(port: port, head + "Content-Length: 11\r\n\r\nhello hello")
        #expect(Self.status(sized) == 413)
        let chunked = try await RawSocket.exchange(
            port: port,
            head + "Transfer-Encoding: chunked\r\n\r\nb\r\nhello hello\r\n0\r\n\r\n"
        )
        #expect(Self.status(chunked) == 413)
        let fits = try await RawSocket.exchange(port: port, head + "Content-Length: 10\r\n\r\nhello hell")
        #expect(Self.status(fits) == 200)
    }

    @Test("An endless body closes the connection")
    func endlessBody() async throws {
        var limits = LoopbackServer.Limits()
        limits.maximumBodyBytes = 1000
        let server = Self.echo(limits)
        let port = try Self.port(of: server)
        let chunk = Array(("1000\r\n" + String(repeating: "x", count: 4096) + "\r\n").utf8)
        let head = "POST / HTTP/1.1\r\nHost: localhost:\(port)\r\nTransfer-Encoding: chunked\r\n\r\n"
        let response = try await RawSocket.exchange(
            port: port,
            pieces: [Array(head.utf8)] + Array(repeating: chunk, count: 2000)
        )
        #expect(response == "")
    }

    @Test(
        "Only loopback names with the port of the server are accepted as Host",
        arguments: [
            ("localhost:PORT", 200), ("127.0.0.1:PORT", 200), ("[::1]:PORT", 200), ("LOCALHOST:PORT", 200),
            ("localhost", 421), ("localhost:1", 421), ("evil.example:PORT", 421), ("127.0.0.1.evil.example:PORT", 421),
            ("localhost.:PORT", 421), ("127.0.0.2:PORT", 421), ("", 421), ("localhost:PORT@evil.example", 421),
            ("localhost:PORT\r\nHost: localhost:PORT", 421), ("0.0.0.0:PORT", 421),
        ]
    )
    func host(host: String, status: Int) async throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        let response = try await RawSocket.exchange(
            port: port,
            "GET / HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".replacing("PORT", with: String(port))
        )
        #expect(Self.status(response) == status)
    }

    @Test(
        "Malformed requests are rejected or closed, and the server keeps running",
        arguments: [
            "\r\n\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            "GET http://evil.example/ HTTP/1.1\r\nHost: HOST\r\n\r\n",
            "GET evil HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n", "\u{0}\u{1}\u{2}\r\n\r\n",
            "CONNECT evil.example:443 HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
            "GET /é HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
            "G(T / HTTP/1.1\r\nHost: HOST\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: HOST\r\nBad Name: x\r\nConnection: close\r\n\r\n",
            "GET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: -1\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "POST / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        ]
    )
    func malformed(text: String) async throws {
        var limits = LoopbackServer.Limits()
        limits.idleTimeout = .seconds(1)
        let server = Self.echo(limits)
        let port = try Self.port(of: server)
        let response = try await RawSocket.exchange(port: port, text.replacing("HOST", with: "localhost:\(port)"))
        #expect(response.isEmpty || (400...505).contains(Self.status(response) ?? 0), "\(response)")
        let alive = try await RawSocket.exchange(
            port: port,
            "GET / HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
        )
        #expect(Self.status(alive) == 200)
    }

    @Test("A header over the limit is rejected")
    func headerLimit() async throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        let field = "X-Long: " + String(repeating: "x", count: 70 << 10)
        let response = try await RawSocket.exchange(
            port: port,
            "GET / HTTP/1.1\r\nHost: localhost:\(port)\r\n\(field)\r\n\r\n"
        )
        #expect(Self.status(response).map { (400..<500).contains($0) } ?? true)
        #expect(!response.contains("\r\n\r\nGET /"))
    }

    @Test("One connection carries several requests")
    func keepAlive() async throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        let first = "GET /1 HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"
        let second = "GET /2 HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
        let response = try await RawSocket.exchange(port: port, first + second)
        #expect(response.ranges(of: "HTTP/1.1 200").count == 2)
        #expect(response.contains("GET /1\n") && response.contains("GET /2\n"))
    }

    @Test("A connection can be closed without a response, and a body truncated")
    func truncation() async throws {
        let server = LoopbackServer(responding: { request in
            let whole = HTTP.Response(status: 200, body: Array("0123456789".utf8))
            return request.target == "/close" ? .closeWithoutResponse : .truncated(whole, after: 4)
        })
        let port = try Self.port(of: server)
        let close = "GET /close HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"
        #expect(try await RawSocket.exchange(port: port, close) == "")
        let truncated = try await RawSocket.exchange(
            port: port,
            "GET /truncated HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n"
        )
        #expect(truncated.contains("Content-Length: 10\r\n"))
        #expect(truncated.hasSuffix("\r\n\r\n0123"))
    }

    @Test("The status, the fields and the date of a response are sent as given")
    func responseFields() async throws {
        let server = LoopbackServer { _ in
            HTTP.Response(
                status: 418,
                fields: [
                    "Set-Cookie": "a=1", "DPoP-Nonce": "n", "Set-Cookie": "b=2", "Content-Length": "999",
                    "Date": "Thu, 01 Jan 1970 00:00:00 GMT",
                ],
                body: [UInt8(ascii: "x")]
            )
        }
        let port = try Self.port(of: server)
        let response = try await RawSocket.exchange(
            port: port,
            "GET / HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
        )
        #expect(Self.status(response) == 418)
        #expect(response.contains("Set-Cookie: a=1\r\nDPoP-Nonce: n\r\nSet-Cookie: b=2\r\n"))
        #expect(response.ranges(of: "Date: ").count == 1)
        #expect(response.contains("Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"))
        #expect(response.contains("Content-Length: 1\r\n"))
    }

    @Test("Two hundred concurrent connections each get their own response")
    func parallel() async throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    let response = try await RawSocket.exchange(
                        port: port,
                        "GET /\(number) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
                    )
                    return response.contains("GET /\(number)\n")
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test(
        "Clients that send no complete request do not keep others out: the oldest ones are closed",
        arguments: [
            "", "GET / HT", "GET / HTTP/1.1\r\nHost: a",
            "POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 9\r\n\r\n12345678",
        ]
    )
    func halfOpen(text: String) async throws {
        var limits = LoopbackServer.Limits()
        limits.maximumConnections = 16
        limits.idleTimeout = .seconds(3600)
        let server = Self.echo(limits)
        let port = try Self.port(of: server)
        let closed = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<48 {
                group.addTask {
                    let sent = text.replacing("HOST", with: "localhost:\(port)")
                    let received = try await RawSocket.exchange(port: port, sent)
                    #expect(received == "")
                    closed.count.withLock { $0 += 1 }
                }
            }
            try await waitUntil("32 connections are closed") { closed.count.withLock { $0 } >= 32 }
            for number in 0..<20 {
                let request = "GET /\(number) HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
                #expect(try await RawSocket.exchange(port: port, request).contains("GET /\(number)\n"))
            }
            server.stop()
            try await group.waitForAll()
        }
    }

    @Test("A connection whose handler runs is not closed for newer ones")
    func busyConnections() async throws {
        var limits = LoopbackServer.Limits()
        limits.maximumConnections = 4
        let gate = Locked(false)
        let running = Locked(0)
        let server = LoopbackServer(limits: limits) { request in
            if request.target == "/slow" {
                running.withLock { $0 += 1 }
                try? await waitUntil("the gate opens") { gate.withLock { $0 } }
            }
            return HTTP.Response(status: 200, body: Array("done".utf8))
        }
        let port = try Self.port(of: server)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let request = "GET /slow HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
                    return try await RawSocket.exchange(port: port, request)
                }
            }
            try await waitUntil("4 handlers run") { running.withLock { $0 } == 4 }
            for _ in 0..<20 {
                let request = "GET /fast HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
                #expect(try await RawSocket.exchange(port: port, request).hasSuffix("done"))
            }
            gate.withLock { $0 = true }
            for try await response in group { #expect(response.hasSuffix("done")) }
        }
    }

    @Test("Limits of any size are accepted", arguments: [Int.min, -1, 0, 1, Int.max])
    func extremeLimits(number: Int) async throws {
        var limits = LoopbackServer.Limits()
        limits.maximumConnections = number
        limits.maximumHeaderBytes = number
        limits.idleTimeout = .seconds(number) * 2
        let server = Self.echo(limits)
        let port = try Self.port(of: server)
        let request = "GET /a HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
        #expect(try await RawSocket.exchange(port: port, request).contains("GET /a\n"))
    }

    @Test("Stopping closes connections with a running handler, cancels it, and drops its response")
    func stopWhileRunning() async throws {
        let counts = HandlerCounts()
        let server = LoopbackServer { _ in
            counts.started.withLock { $0 += 1 }
            try? await waitUntil("the handler is cancelled") { Task.isCancelled }
            if Task.isCancelled { counts.cancelled.withLock { $0 += 1 } }
            return HTTP.Response(status: 200)
        }
        let port = try Self.port(of: server)
        async let responses = withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await RawSocket.exchange(port: port, "GET / HTTP/1.1\r\nHost: localhost:\(port)\r\n\r\n")
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await waitUntil("8 handlers run") { counts.started.withLock { $0 } == 8 }
        server.stop()
        server.stop()
        #expect(try await responses == Array(repeating: "", count: 8))
        try await waitUntil("8 handlers are cancelled") { counts.cancelled.withLock { $0 } == 8 }
        #expect(server.url == nil && server.port == nil)
        await #expect(throws: RawSocket.Failure.self) { try await RawSocket.exchange(port: port, "x") }
    }

    @Test("A stopped server can be restarted, and starting a running one has no effect")
    func restart() throws {
        let server = Self.echo()
        let first = try server.start()
        #expect(try server.start() == first)
        server.stop()
        #expect(server.url == nil)
        try server.start()
        #expect(server.url != nil)
    }

    @Test("Starting and stopping under load neither crashes nor leaks the handler")
    func stopUnderLoad() async throws {
        final class Canary: Sendable {}
        weak var survivor: Canary?
        for _ in 0..<20 {
            let canary = Canary()
            survivor = canary
            let server = LoopbackServer { [canary] _ in
                _ = canary
                await Task.yield()
                return HTTP.Response(status: 204)
            }
            let port = try Self.port(of: server)
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<10 {
                    group.addTask {
                        if number == 5 { server.stop() }
                        let request = "GET / HTTP/1.1\r\nHost: localhost:\(port)\r\nConnection: close\r\n\r\n"
                        _ = try? await RawSocket.exchange(port: port, request)
                    }
                }
            }
        }
        // A cancelled handler may still be running.
        try await waitUntil("the handlers are released") { survivor == nil }
    }

    @Test("A port in use is an error that names it")
    func portInUse() throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        let second = LoopbackServer(port: port) { _ in HTTP.Response(status: 200) }
        #expect(throws: LoopbackError.self) { try second.start() }
        do {
            try second.start()
        } catch {
            #expect(error.kind == .portUnavailable)
            #expect(error.port == port)
            #expect(error.message.contains("port \(port)"))
        }
    }

    @Test("The server listens on no other address, not even on 127.0.0.2")
    func otherAddress() async throws {
        let server = Self.echo()
        let port = try Self.port(of: server)
        await #expect(throws: RawSocket.Failure.self) {
            try await RawSocket.exchange(port: port, host: "127.0.0.2", "GET / HTTP/1.1\r\n\r\n")
        }
    }

    /// True if this machine has an IPv6 loopback address.
    static let hasIPv6: Bool = {
        let server = LoopbackServer(address: .v6) { _ in HTTP.Response(status: 204) }
        return (try? server.start()) != nil
    }()

    @Test("A server can listen on ::1", .enabled(if: hasIPv6, "this machine has no ::1"))
    func ipv6() async throws {
        let server = LoopbackServer(address: .v6) { request in
            HTTP.Response(status: 200, body: Array(request.url.string.utf8))
        }
        let url = try server.start()
        #expect(url.origin.host == "[::1]")
        let response = try await CurlTransport().send(HTTP.Request(url: url))
        #expect(response.body == Array(url.string.utf8))
    }

    @Test("A body of several megabytes survives a round trip over libcurl")
    func largeBody() async throws {
        var limits = LoopbackServer.Limits()
        limits.maximumBodyBytes = 8 << 20
        let server = LoopbackServer(limits: limits) { HTTP.Response(status: 200, body: $0.body) }
        let body = (0..<(5 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
        let request = HTTP.Request(method: .put, url: try server.start(), body: .bytes(body))
        let response = try await CurlTransport().send(request)
        #expect(response.status == 200)
        #expect(response.body == body)
    }

    @Test("Stopping to listen twice does not close unrelated descriptors")
    func stopListeningTwice() throws {
        let server = Self.echo()
        try server.start()
        server.stopListening()
        // Opens the lowest free descriptors, including that of the closed socket.
        let descriptors = (0..<16).map { _ in dup(STDERR_FILENO) }
        server.stopListening()
        server.stop()
        for descriptor in descriptors {
            #expect(fcntl(descriptor, F_GETFD) >= 0)
            close(descriptor)
        }
    }
}
