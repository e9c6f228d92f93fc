import CountersignHTTP
import Testing

@Suite("Curl transport: cancellation", .timeLimit(.minutes(15)))
struct CurlTransportCancellationTests {
    @Test("A cancelled request fails immediately, and its connection is closed")
    func inFlight() async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose])
        let transport = CurlTransport()
        let url = try server.url()
        let task = Task { try await transport.send(HTTP.Request(url: url)) }
        _ = try await server.next()
        task.cancel()
        let error = await transportError { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(error?.requestMayHaveBeenProcessed == true)
        #expect(try await server.next().text == "closed")
    }

    @Test("A task that is already cancelled sends nothing")
    func before() async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok])
        let transport = CurlTransport()
        let url = try server.url()
        let error = await transportError {
            try await withThrowingTaskGroup(of: HTTP.Response.self) { group in
                group.cancelAll()
                group.addTask { try await transport.send(HTTP.Request(url: url)) }
                for try await _ in group {}
            }
        }
        #expect(error?.kind == .cancelled)
        #expect(error?.requestMayHaveBeenProcessed == false)
        #expect(try await transport.send(HTTP.Request(url: try server.url("/after"))).status == 200)
        #expect(server.received.map(\.requestLine) == ["GET /after HTTP/1.1"])
    }

    @Test("Every request returns once when cancellations race with responses")
    func race() async throws {
        let script = Array(repeating: [.readRequest, ScriptedServer.ok], count: 500).flatMap(\.self)
        let server = try ScriptedServer(script)
        let transport = CurlTransport()
        let url = try server.url()
        for round in 0..<20 {
            let tasks = (0..<25).map { _ in Task { try await transport.send(HTTP.Request(url: url)) } }
            for (index, task) in tasks.enumerated() where (index + round).isMultiple(of: 2) { task.cancel() }
            for (index, task) in tasks.enumerated() {
                let error = await transportError { try await task.value }
                #expect(error == nil || ((index + round).isMultiple(of: 2) && error?.kind == .cancelled))
            }
        }
        #expect(try await transport.send(HTTP.Request(url: url)).status == 200)
    }

    @Test("Closing the transport fails requests in flight and later requests")
    func close() async throws {
        let server = try ScriptedServer([.readRequest, .awaitClose])
        let transport = CurlTransport()
        let url = try server.url()
        let tasks = (0..<10).map { _ in Task { try await transport.send(HTTP.Request(url: url)) } }
        for _ in tasks { _ = try await server.next() }
        transport.close()
        for task in tasks { #expect(await transportError { try await task.value }?.kind == .cancelled) }
        let late = await transportError { try await transport.send(HTTP.Request(url: url)) }
        #expect(late?.kind == .cancelled)
        #expect(late?.requestMayHaveBeenProcessed == false)
        #expect(server.received.filter { $0.text != "closed" }.count == 10)
    }

    @Test("Closing the transport while requests start leaves no request waiting")
    func closeRace() async throws {
        let script = Array(repeating: [.readRequest, ScriptedServer.ok], count: 200).flatMap(\.self)
        let server = try ScriptedServer(script)
        let url = try server.url()
        for _ in 0..<20 {
            let transport = CurlTransport()
            let tasks = (0..<10).map { _ in Task { try await transport.send(HTTP.Request(url: url)) } }
            transport.close()
            for task in tasks {
                let error = await transportError { try await task.value }
                #expect(error == nil || error?.kind == .cancelled)
            }
        }
    }
}
