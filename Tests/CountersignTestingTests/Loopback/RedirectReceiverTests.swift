import CountersignHTTP
import CountersignLoopback
import TestSupport
import Testing

@Suite("Redirect receiver", .timeLimit(.minutes(15)))
struct RedirectReceiverTests {
    private func get(_ url: String) async throws -> HTTP.Response {
        var request = HTTP.Request(url: try HTTP.URL(url))
        // Long enough for a busy machine; the requests end by themselves.
        request.timeout = .seconds(900)
        return try await CurlTransport().send(request)
    }

    @Test("The query arrives byte for byte, before and after the call of callback")
    func query() async throws {
        for waitsFirst in [true, false] {
            let receiver = try RedirectReceiver()
            let sent = "code=a%2Fb+c&state=s"
            async let early = waitsFirst ? receiver.callback { _ in true } : ""
            let page = try await get("\(receiver.redirectURI)?\(sent)")
            #expect(page.status == 200)
            #expect(try await early == (waitsFirst ? sent : ""))
            if !waitsFirst { #expect(try await receiver.callback { _ in true } == sent) }
        }
    }

    @Test("The page has no cache, no referrer and no script, and does not repeat the query")
    func page() async throws {
        let receiver = try RedirectReceiver()
        let page = try await get("\(receiver.redirectURI)?code=canary-7531&state=s")
        #expect(page.fields["Cache-Control"] == "no-store")
        #expect(page.fields["Referrer-Policy"] == "no-referrer")
        #expect(page.fields["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(!String(decoding: page.body, as: UTF8.self).contains("canary"))
    }

    @Test(
        "Other requests are rejected and are not the redirect",
        arguments: [("/favicon.ico?x=1", 404), ("/callback", 400)]
    )
    func others(_ target: String, _ status: Int) async throws {
        let receiver = try RedirectReceiver()
        let origin = try HTTP.URL(receiver.redirectURI).origin
        #expect(try await get("\(origin)\(target)").status.rawValue == status)
        _ = try await get("\(receiver.redirectURI)?code=1")
        #expect(try await receiver.callback { _ in true } == "code=1")
    }

    @Test("After the redirect, the port is closed, and another call of callback fails")
    func once() async throws {
        let receiver = try RedirectReceiver()
        _ = try await get("\(receiver.redirectURI)?code=1")
        #expect(try await receiver.callback { _ in true } == "code=1")
        await #expect(throws: HTTP.TransportError.self) { _ = try await get("\(receiver.redirectURI)?code=2") }
        await #expect(throws: CancellationError.self) { _ = try await receiver.callback { _ in true } }
    }

    @Test("A hundred half-open connections do not keep the redirect out")
    func halfOpen() async throws {
        var owner: RedirectReceiver? = try RedirectReceiver()
        let redirectURI = try #require(owner?.redirectURI)
        let port = try #require(UInt16(exactly: HTTP.URL(redirectURI).origin.port))
        let closed = LoopbackServerTests.Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    let received = try await RawSocket.exchange(port: port, "GET /callback?")
                    #expect(received == "")
                    closed.count.withLock { $0 += 1 }
                }
            }
            try await waitUntil("36 connections are closed", checkingEvery: .milliseconds(10)) {
                closed.count.withLock { $0 } >= 36
            }
            #expect(try await get("\(redirectURI)?code=1").status == 200)
            #expect(try await owner?.callback { _ in true } == "code=1")
            // The receiver closes the others when it is released.
            owner = nil
            try await group.waitForAll()
        }
    }

    @Test("Requests without the state are rejected, before and during callback", arguments: [true, false])
    func foreignRequests(waitsFirst: Bool) async throws {
        let receiver = try RedirectReceiver()
        if !waitsFirst { _ = try await get("\(receiver.redirectURI)?code=0&state=guessed") }
        let waiting = Task { try await receiver.callback { $0.hasSuffix("state=own") } }
        try await waitUntil("the receiver rejects another state") {
            try await get("\(receiver.redirectURI)?code=1&state=guessed").status == 400
        }
        #expect(try await get("\(receiver.redirectURI)?code=2&state=own").status == 200)
        #expect(try await waiting.value == "code=2&state=own")
    }

    @Test("The redirect is found among other requests from before callback")
    func earlyForeignRequests() async throws {
        let receiver = try RedirectReceiver()
        for number in 0..<80 { _ = try await get("\(receiver.redirectURI)?code=\(number)&state=guessed") }
        #expect(try await get("\(receiver.redirectURI)?code=2&state=own").status == 200)
        for number in 0..<20 { _ = try await get("\(receiver.redirectURI)?code=\(number)&state=guessed") }
        #expect(try await receiver.callback { $0.hasSuffix("state=own") } == "code=2&state=own")
    }

    @Test("Cancelling the task or closing the receiver ends callback", arguments: [true, false])
    func cancellation(_ byClosing: Bool) async throws {
        let receiver = try RedirectReceiver()
        let waiting = Task { try await receiver.callback { _ in true } }
        if byClosing { receiver.close() } else { waiting.cancel() }
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
    }

    @Test("The browser has received the complete page when callback returns")
    func completePage() async throws {
        let page = try await page(of: RedirectReceiver())
        for round in 0..<200 {
            var receiver: RedirectReceiver? = try RedirectReceiver()
            let url = try HTTP.URL(#require(receiver).redirectURI)
            let request = "GET /callback?code=\(round) HTTP/1.1\r\nHost: 127.0.0.1:\(url.origin.port)\r\n\r\n"
            async let response = RawSocket.exchange(port: UInt16(clamping: url.origin.port), request)
            // Varies which is first: the call of callback or the redirect.
            for _ in 0..<round { await Task.yield() }
            #expect(try await receiver?.callback { _ in true } == "code=\(round)")
            // Nothing is sent after this.
            receiver = nil
            #expect(try await response.hasSuffix(page), "round \(round)")
        }
    }

    private func page(of receiver: RedirectReceiver) async throws -> String {
        String(decoding: try await get("\(receiver.redirectURI)?code=1").body, as: UTF8.self)
    }
}
