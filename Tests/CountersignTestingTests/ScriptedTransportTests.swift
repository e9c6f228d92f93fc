import CountersignHTTP
import CountersignTesting
import Testing

@Suite("Scripted transport", .timeLimit(.minutes(15)))
struct ScriptedTransportTests {
    static func request(_ path: String) throws -> HTTP.Request {
        HTTP.Request(url: try HTTP.URL("https://api.example.com" + path))
    }

    static let broken = HTTP.TransportError(kind: .closed, message: "reset", requestMayHaveBeenProcessed: true)

    @Test("Responses follow the script, and requests are recorded in order")
    func script() async throws {
        let transport = ScriptedTransport(
            .response(.json("1")),
            .failure(Self.broken),
            .computed { request in .json("\"\(request.url.target)\"") }
        )
        #expect(try await transport.send(Self.request("/1")).body == Array("1".utf8))
        await #expect(throws: Self.broken) { try await transport.send(Self.request("/2")) }
        #expect(try await transport.send(Self.request("/3")).body == Array("\"/3\"".utf8))
        #expect(transport.requests.map(\.url.target) == ["/1", "/2", "/3"])
        #expect(transport.remainingResponses == 0)
        #expect(transport.unexpectedRequests.isEmpty)
    }

    @Test("A request without a scripted response fails with its URL and is recorded")
    func unexpected() async throws {
        let transport = ScriptedTransport()
        let error = await #expect(throws: HTTP.TransportError.self) {
            try await transport.send(Self.request("/secret?token=t0p"))
        }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.requestMayHaveBeenProcessed == false)
        #expect(error?.message.contains("GET https://api.example.com/secret") == true)
        #expect(error?.message.contains("t0p") == false)
        #expect(transport.unexpectedRequests.count == 1)
        transport.enqueue(.response(.json("{}")))
        #expect(try await transport.send(Self.request("/")).status == 200)
    }

    @Test("A default response serves all requests that the script does not cover")
    func otherwise() async throws {
        let transport = ScriptedTransport(otherwise: .response(.json("{}")))
        transport.enqueue(.failure(Self.broken))
        await #expect(throws: Self.broken) { try await transport.send(Self.request("/")) }
        for _ in 0..<3 { #expect(try await transport.send(Self.request("/")).status == 200) }
        #expect(transport.unexpectedRequests.isEmpty)
    }

    @Test("A held response waits until its gate opens, and the next may overtake it")
    func held() async throws {
        let gate = AsyncGate()
        let transport = ScriptedTransport(.response(.json("1")).held(by: gate), .response(.json("2")))
        async let first = transport.send(Self.request("/1"))
        await gate.waitForArrivals(1)
        #expect(try await transport.send(Self.request("/2")).body == Array("2".utf8))
        gate.open()
        #expect(try await first.body == Array("1".utf8))
    }

    @Test("A cancelled task stops waiting at the gate immediately")
    func cancelled() async throws {
        let gate = AsyncGate()
        let transport = ScriptedTransport(.response(.json("1")).held(by: gate))
        let task = Task { try await transport.send(Self.request("/1")) }
        await gate.waitForArrivals(1)
        task.cancel()
        let error = await #expect(throws: HTTP.TransportError.self) { try await task.value }
        #expect(error?.kind == .cancelled)
        #expect(error?.requestMayHaveBeenProcessed == true)
    }

    @Test("A test can wait for a number of requests")
    func waiting() async throws {
        let transport = ScriptedTransport(otherwise: .response(.json("{}")))
        async let all: Void = withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 { group.addTask { _ = try await transport.send(Self.request("/\(number)")) } }
            try await group.waitForAll()
        }
        await transport.waitForRequests(20)
        #expect(Set(transport.requests.map(\.url.target)).count == 20)
        try await all
    }
}
