import CountersignHTTP
import CountersignLoopback
import Testing

@Suite("Receiving a redirect on loopback", .timeLimit(.minutes(15)))
struct RedirectReceiverTests {
    private func get(_ url: String) async throws -> HTTP.Response {
        var request = HTTP.Request(url: try HTTP.URL(url))
        // Longer than any machine is busy: what is tested ends by itself.
        request.timeout = .seconds(900)
        return try await CurlTransport().send(request)
    }

    @Test("The query of the redirect arrives byte for byte, whether it comes before or after the waiting")
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

    @Test("The answer's page keeps nothing: no cache, no referrer, no script, and not what it was sent")
    func page() async throws {
        let receiver = try RedirectReceiver()
        let page = try await get("\(receiver.redirectURI)?code=canary-7531&state=s")
        #expect(page.fields["Cache-Control"] == "no-store")
        #expect(page.fields["Referrer-Policy"] == "no-referrer")
        #expect(page.fields["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
        #expect(!String(decoding: page.body, as: UTF8.self).contains("canary"))
    }

    @Test(
        "What is no redirect is refused and not taken for one",
        arguments: [("/favicon.ico?x=1", 404), ("/callback", 400)]
    )
    func others(_ target: String, _ status: Int) async throws {
        let receiver = try RedirectReceiver()
        let origin = try HTTP.URL(receiver.redirectURI).origin
        #expect(try await get("\(origin)\(target)").status.rawValue == status)
        _ = try await get("\(receiver.redirectURI)?code=1")
        #expect(try await receiver.callback { _ in true } == "code=1")
    }

    @Test("After the answer was taken, whoever waits again is told so, and the port is closed")
    func once() async throws {
        let receiver = try RedirectReceiver()
        _ = try await get("\(receiver.redirectURI)?code=1")
        #expect(try await receiver.callback { _ in true } == "code=1")
        await #expect(throws: HTTP.TransportError.self) { _ = try await get("\(receiver.redirectURI)?code=2") }
        await #expect(throws: CancellationError.self) { _ = try await receiver.callback { _ in true } }
    }

    @Test("What a stranger sends is passed over, before anybody waits and then", arguments: [true, false])
    func strangers(waitsFirst: Bool) async throws {
        let receiver = try RedirectReceiver()
        if !waitsFirst { _ = try await get("\(receiver.redirectURI)?code=0&state=guessed") }
        let waiting = Task { try await receiver.callback { $0.hasSuffix("state=own") } }
        while try await get("\(receiver.redirectURI)?code=1&state=guessed").status != 400 {}
        #expect(try await get("\(receiver.redirectURI)?code=2&state=own").status == 200)
        #expect(try await waiting.value == "code=2&state=own")
    }

    @Test("The answer is found among what strangers sent before anybody waited")
    func earlyStrangers() async throws {
        let receiver = try RedirectReceiver()
        for number in 0..<80 { _ = try await get("\(receiver.redirectURI)?code=\(number)&state=guessed") }
        #expect(try await get("\(receiver.redirectURI)?code=2&state=own").status == 200)
        for number in 0..<20 { _ = try await get("\(receiver.redirectURI)?code=\(number)&state=guessed") }
        #expect(try await receiver.callback { $0.hasSuffix("state=own") } == "code=2&state=own")
    }

    @Test("A waiter that is cancelled, or whose receiver is closed, leaves", arguments: [true, false])
    func leaving(_ byClosing: Bool) async throws {
        let receiver = try RedirectReceiver()
        let waiting = Task { try await receiver.callback { _ in true } }
        if byClosing { receiver.close() } else { waiting.cancel() }
        await #expect(throws: CancellationError.self) { _ = try await waiting.value }
    }

    @Test("The browser has the whole page when the program learns of the answer, and may end at once")
    func wholePage() async throws {
        let whole = try await page(of: RedirectReceiver())
        for round in 0..<200 {
            var receiver: RedirectReceiver? = try RedirectReceiver()
            let url = try HTTP.URL(#require(receiver).redirectURI)
            let request = "GET /callback?code=\(round) HTTP/1.1\r\nHost: 127.0.0.1:\(url.origin.port)\r\n\r\n"
            async let answer = RawSocket.exchange(port: UInt16(clamping: url.origin.port), request)
            // Now the program waits first, now the answer is there first.
            for _ in 0..<round { await Task.yield() }
            #expect(try await receiver?.callback { _ in true } == "code=\(round)")
            // What is not sent now never will be.
            receiver = nil
            #expect(try await answer.hasSuffix(whole), "round \(round)")
        }
    }

    private func page(of receiver: RedirectReceiver) async throws -> String {
        String(decoding: try await get("\(receiver.redirectURI)?code=1").body, as: UTF8.self)
    }
}
