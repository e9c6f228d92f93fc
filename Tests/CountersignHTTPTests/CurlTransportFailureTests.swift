import CountersignHTTP
import Testing

@Suite("When something fails", .timeLimit(.minutes(15)))
struct CurlTransportFailureTests {
    @Test(
        "A request that a pooled connection swallows is sent once and fails as one that may have been processed",
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
        // The third shows that nothing came after the second.
        #expect(try await transport.send(HTTP.Request(url: try server.url("/3"))).status == 200)
        #expect(server.received.map { $0.requestLine.split(separator: " ")[1] } == ["/1", "/2", "/3"])
        #expect(server.received.prefix(2).allSatisfy { $0.connection == 0 })
    }

    @Test("A request that a pooled connection resets is sent once")
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

    @Test("A pooled connection that was closed before the request is replaced")
    func stalePool() async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok, .end])
        let transport = CurlTransport()
        let url = try server.url()
        for connection in 0..<5 {
            #expect(try await transport.send(HTTP.Request(method: .post, url: url)).status == 200)
            #expect(await server.next()?.connection == connection)
            #expect(await server.next()?.text == "ended")
        }
        #expect(server.received.count == 10)
    }

    @Test(
        "An answer that breaks off is an error",
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

    @Test("A reset is an error")
    func reset() async throws {
        let server = try ScriptedServer([.readRequest, .reset])
        let url = try server.url()
        let error = await transportError { try await CurlTransport().send(HTTP.Request(url: url)) }
        #expect(error?.kind == .closed)
        #expect(error?.requestMayHaveBeenProcessed == true)
    }

    @Test("A port where nobody listens cannot have processed the request")
    func connectionRefused() async throws {
        // TCP port 1 of the loopback address is not in use on any sane machine.
        let url = try HTTP.URL("http://127.0.0.1:1/?code=secret")
        let error = await transportError { try await CurlTransport().send(HTTP.Request(url: url)) }
        #expect(error?.kind == .connect)
        #expect(error?.requestMayHaveBeenProcessed == false)
        #expect(error?.description.contains("secret") == false)
    }

    @Test("A name that does not exist is an error of its own")
    func unknownHost() async throws {
        // RFC 6761: this domain never resolves.
        let url = try HTTP.URL("http://host.invalid/")
        let error = await transportError { try await CurlTransport().send(HTTP.Request(url: url)) }
        #expect(error?.kind == .nameResolution)
        #expect(error?.requestMayHaveBeenProcessed == false)
    }

    @Test("A silent server is given up after the time-out, also within a body")
    func timeout() async throws {
        for text in ["", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n01"] {
            let server = try ScriptedServer([.readRequest, .send(text), .awaitClose])
            let request = HTTP.Request(url: try server.url(), timeout: .milliseconds(100))
            let error = await transportError { try await CurlTransport().send(request) }
            #expect(error?.kind == .timedOut)
            #expect(error?.requestMayHaveBeenProcessed == true)
        }
    }

    @Test("A time-out of zero or less is not one of for ever", arguments: [Duration.zero, .seconds(-1)])
    func zeroTimeout(timeout: Duration) async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose])
        let request = HTTP.Request(url: try server.url(), timeout: timeout)
        #expect(await transportError { try await CurlTransport().send(request) }?.kind == .timedOut)
    }

    @Test("A request that waits for the only connection times out unsent")
    func timeoutInQueue() async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose])
        var configuration = CurlTransport.Configuration()
        configuration.maximumConnectionsPerOrigin = 1
        let transport = CurlTransport(configuration)
        let url = try server.url()
        let first = Task { try await transport.send(HTTP.Request(url: url)) }
        _ = await server.next()
        let error = await transportError {
            try await transport.send(HTTP.Request(method: .post, url: url, timeout: .milliseconds(100)))
        }
        #expect(error?.kind == .timedOut)
        #expect(error?.requestMayHaveBeenProcessed == false)
        first.cancel()
        #expect(await transportError { try await first.value }?.kind == .cancelled)
        #expect(server.received.filter { $0.text != "closed" }.count == 1)
    }

    @Test("A request that waits for the only connection gets it when the one before is cancelled")
    func nextInQueue() async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose], [.readRequest, ScriptedServer.ok])
        var configuration = CurlTransport.Configuration()
        configuration.maximumConnectionsPerOrigin = 1
        let transport = CurlTransport(configuration)
        let url = try server.url()
        let first = Task { try await transport.send(HTTP.Request(url: url)) }
        _ = await server.next()
        let second = Task { try await transport.send(HTTP.Request(url: url)) }
        first.cancel()
        #expect(try await second.value.status == 200)
    }

    @Test("A request that is never answered does not hold up the next")
    func independent() async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose], [.readRequest, ScriptedServer.ok])
        let transport = CurlTransport()
        let url = try server.url()
        let silent = Task { try await transport.send(HTTP.Request(url: url)) }
        _ = await server.next()
        #expect(try await transport.send(HTTP.Request(url: url)).status == 200)
        silent.cancel()
        #expect(await transportError { try await silent.value }?.kind == .cancelled)
    }

    @Test("The thread that no transport needs any more ends, and closes its connections")
    func released() async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok, .awaitClose])
        let url = try server.url()
        _ = try await CurlTransport().send(HTTP.Request(url: url))
        #expect(await server.next()?.text != "closed")
        #expect(await server.next()?.text == "closed")
    }
}
