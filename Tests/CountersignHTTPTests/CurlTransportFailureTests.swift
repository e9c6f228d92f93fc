import CountersignHTTP
import Testing

@Suite("Curl transport: failures", .timeLimit(.minutes(15)))
struct CurlTransportFailureTests {
    @Test(
        "A request on a pooled connection that closes is sent once and may have been processed",
        arguments: [HTTP.Method.get, .post, .put]
    )
    func noResend(method: HTTP.Method) async throws {
        let server = try ScriptedServer(
            [.readRequest, ScriptedServer.ok, .readRequest],
            [.readRequest, ScriptedServer.ok]
        )
        let transport = CurlTransport()
        let body = method == .get ? nil : HTTP.Body.bytes(Array("x=1".utf8))
        let first = HTTP.Request(method: method, url: try server.url("/1"), body: body)
        let second = HTTP.Request(method: method, url: try server.url("/2"), body: body)
        #expect(try await transport.send(first).status == 200)
        let error = await transportError { try await transport.send(second) }
        #expect(error?.kind == .closed)
        #expect(error?.requestMayHaveBeenProcessed == true)
        // The third request shows that the second one was not resent.
        #expect(try await transport.send(HTTP.Request(url: try server.url("/3"))).status == 200)
        #expect(server.received.map { $0.requestLine.split(separator: " ")[1] } == ["/1", "/2", "/3"])
        #expect(server.received.prefix(2).allSatisfy { $0.connection == 0 })
    }

    @Test("A request on a pooled connection that is reset is sent once")
    func noResendAfterReset() async throws {
        let server = try ScriptedServer(
            [.readRequest, ScriptedServer.ok, .readRequest, .reset],
            [.readRequest, ScriptedServer.ok]
        )
        let transport = CurlTransport()
        let request = HTTP.Request(method: .post, url: try server.url(), body: .bytes([0x78]))
        _ = try await transport.send(request)
        let error = await transportError { try await transport.send(request) }
        #expect(error?.kind == .closed)
        #expect(error?.requestMayHaveBeenProcessed == true)
        #expect(server.received.count == 2)
    }

    @Test("A pooled connection that closed before the request is replaced")
    func stalePool() async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok, .end])
        let transport = CurlTransport()
        let url = try server.url()
        for connection in 0..<5 {
            #expect(try await transport.send(HTTP.Request(method: .post, url: url)).status == 200)
            #expect(try await server.next().connection == connection)
            #expect(try await server.next().text == "ended")
        }
        #expect(server.received.count == 10)
    }

    @Test(
        "A truncated response is an error",
        arguments: [
            "", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n012",
        ]
    )
    func partial(text: String) async throws {
        let server = try ScriptedServer([.readRequest, .send(text)])
        let url = try server.url()
        let error = await transportError { try await CurlTransport().send(HTTP.Request(url: url)) }
        #expect(error?.kind == .closed)
        #expect(error?.requestMayHaveBeenProcessed == true)
        #expect(server.received.count == 1)
    }

    @Test("A connection reset is an error")
    func reset() async throws {
        let server = try ScriptedServer([.readRequest, .reset])
        let url = try server.url()
        let error = await transportError { try await CurlTransport().send(HTTP.Request(url: url)) }
        #expect(error?.kind == .closed)
        #expect(error?.requestMayHaveBeenProcessed == true)
    }

    @Test("A refused connection means that the request was not processed")
    func connectionRefused() async throws {
        // TCP port 1 of the loopback address is not in use.
        let url = try HTTP.URL("http://127.0.0.1:1/?code=secret")
        let error = await transportError { try await CurlTransport().send(HTTP.Request(url: url)) }
        #expect(error?.kind == .connect)
        #expect(error?.requestMayHaveBeenProcessed == false)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("An unknown host name has its own kind of error")
    func unknownHost() async throws {
        // RFC 6761: this domain never resolves.
        let url = try HTTP.URL("http://host.invalid/")
        let error = await transportError { try await CurlTransport().send(HTTP.Request(url: url)) }
        #expect(error?.kind == .nameResolution)
        #expect(error?.requestMayHaveBeenProcessed == false)
    }

    @Test("A silent server times out before the response and within its body")
    func timeout() async throws {
        for text in ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n01"] {
            let server = try ScriptedServer([.readRequest, .send(text), .awaitClose])
            let request = HTTP.Request(url: try server.url(), timeout: .milliseconds(100))
            let error = await transportError { try await CurlTransport().send(request) }
            #expect(error?.kind == .timedOut)
            #expect(error?.requestMayHaveBeenProcessed == true)
        }
    }

    @Test("A timeout of zero or less does not mean no timeout", arguments: [Duration.zero, .seconds(-1)])
    func zeroTimeout(timeout: Duration) async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose])
        let request = HTTP.Request(url: try server.url(), timeout: timeout)
        #expect(await transportError { try await CurlTransport().send(request) }?.kind == .timedOut)
    }

    @Test("A request that waits for a connection times out without being sent")
    func timeoutInQueue() async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose])
        var configuration = CurlTransport.Configuration()
        configuration.maximumConnectionsPerOrigin = 1
        let transport = CurlTransport(configuration)
        let url = try server.url()
        let first = Task { try await transport.send(HTTP.Request(url: url)) }
        _ = try await server.next()
        let error = await transportError {
            try await transport.send(HTTP.Request(method: .post, url: url, timeout: .milliseconds(100)))
        }
        #expect(error?.kind == .timedOut)
        #expect(error?.requestMayHaveBeenProcessed == false)
        first.cancel()
        #expect(await transportError { try await first.value }?.kind == .cancelled)
        #expect(server.received.filter { $0.text != "closed" }.count == 1)
    }

    @Test("A waiting request gets the connection when the previous request is cancelled")
    func nextInQueue() async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose], [.readRequest, ScriptedServer.ok])
        var configuration = CurlTransport.Configuration()
        configuration.maximumConnectionsPerOrigin = 1
        let transport = CurlTransport(configuration)
        let url = try server.url()
        let first = Task { try await transport.send(HTTP.Request(url: url)) }
        _ = try await server.next()
        let second = Task { try await transport.send(HTTP.Request(url: url)) }
        first.cancel()
        #expect(try await second.value.status == 200)
    }

    @Test("A request without a response does not delay the next one")
    func independent() async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose], [.readRequest, ScriptedServer.ok])
        let transport = CurlTransport()
        let url = try server.url()
        let silent = Task { try await transport.send(HTTP.Request(url: url)) }
        _ = try await server.next()
        #expect(try await transport.send(HTTP.Request(url: url)).status == 200)
        silent.cancel()
        #expect(await transportError { try await silent.value }?.kind == .cancelled)
    }

    @Test("Releasing a transport ends its threads and closes its connections")
    func released() async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok, .awaitClose])
        let url = try server.url()
        _ = try await CurlTransport().send(HTTP.Request(url: url))
        #expect(try await server.next().text != "closed")
        #expect(try await server.next().text == "closed")
    }
}
