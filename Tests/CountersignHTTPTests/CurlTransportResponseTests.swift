import CountersignHTTP
import Testing

@Suite("Curl transport: responses", .timeLimit(.minutes(15)))
struct CurlTransportResponseTests {
    /// Sends a request to a server that responds with a text and closes the connection.
    private func response(
        _ text: String,
        method: HTTP.Method = .get,
        maximum: Int? = nil,
        configuration: CurlTransport.Configuration = .init()
    ) async throws -> HTTP.Response {
        let server = try ScriptedServer([.readRequest, .send(text)])
        let transport = CurlTransport(configuration)
        return try await transport.send(
            HTTP.Request(method: method, url: try server.url(), maximumResponseBytes: maximum)
        )
    }

    @Test("Fields keep their order, spelling and duplicates")
    func fields() async throws {
        let response = try await response(
            "HTTP/1.1 401 No\r\nset-COOKIE: a=1\r\nSet-Cookie: b=2, 3\r\nDPoP-Nonce:  n \r\nX-Empty:\r\nContent-Length: 3\r\n\r\nno!"
        )
        #expect(response.status == 401)
        #expect(
            response.fields.map(\.name.rawName) == [
                "set-COOKIE", "Set-Cookie", "DPoP-Nonce", "X-Empty", "Content-Length",
            ]
        )
        #expect(response.fields.values(for: .setCookie) == ["a=1", "b=2, 3"])
        #expect(response.fields[.dpopNonce] == "n")
        #expect(response.fields["x-empty"] == "")
        #expect(response.body == Array("no!".utf8))
    }

    @Test("Invalid field lines are dropped, folded lines are joined, and control characters become spaces")
    func oddFields() async throws {
        let response = try await response(
            "HTTP/1.1 200 OK\r\nBad Name: x\r\n: y\r\nX: a\r\n  b\r\nY: c\u{1B}d\r\nContent-Length: 0\r\n\r\n"
        )
        #expect(response.fields.map(\.name.rawName) == ["X", "Y", "Content-Length"])
        #expect(response.fields["X"] == "a b")
        #expect(response.fields["Y"] == "c d")
    }

    @Test("Informational responses add nothing to the final one")
    func informational() async throws {
        let response = try await response(
            "HTTP/1.1 100 Continue\r\nA: 1\r\n\r\nHTTP/1.1 103 Early Hints\r\nB: 2\r\n\r\n"
                + "HTTP/1.1 200 OK\r\nC: 3\r\nContent-Length: 2\r\n\r\nok"
        )
        #expect(response.status == 200)
        #expect(response.fields == ["C": "3", "Content-Length": "2"])
    }

    @Test("Trailers are not fields")
    func trailers() async throws {
        let response = try await response(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: DPoP-Nonce\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n"
                + "DPoP-Nonce: late\r\n\r\n"
        )
        #expect(response.status == 200)
        #expect(response.body == Array("abcde".utf8))
        #expect(response.fields[.dpopNonce] == nil)
    }

    @Test(
        "A redirect is returned, not followed",
        arguments: [301, 302, 303, 307, 308]
    )
    func redirects(status: Int) async throws {
        let other = try ScriptedServer([.readRequest, ScriptedServer.ok])
        let location = try other.url("/x").string
        let response = try await response(
            "HTTP/1.1 \(status) Moved\r\nLocation: \(location)\r\nContent-Length: 0\r\n\r\n"
        )
        #expect(response.status.rawValue == status)
        #expect(response.fields[.location] == location)
        #expect(other.received.isEmpty)
    }

    @Test("Cookies of a server are not sent back")
    func cookies() async throws {
        let setsCookie = ScriptedServer.Step.send(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Path=/\r\nContent-Length: 0\r\n\r\n"
        )
        let server = try ScriptedServer([.readRequest, setsCookie, .readRequest, setsCookie])
        let transport = CurlTransport()
        for _ in 1...2 { _ = try await transport.send(HTTP.Request(url: try server.url())) }
        #expect(server.received.count == 2)
        #expect(!server.received.contains { $0.text.lowercased().contains("cookie") })
    }

    @Test("Responses to HEAD and with status 204 or 304 have no body")
    func noBody() async throws {
        let head = try await response("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", method: .head)
        #expect(head.body == [] && head.fields[.contentLength] == "99")
        for status in [204, 304] {
            let response = try await response("HTTP/1.1 \(status) None\r\nETag: \"x\"\r\n\r\n")
            #expect(response.status.rawValue == status && response.body == [])
        }
    }

    @Test(
        "A Content-Length that contradicts itself, overflows or is not a number is an error",
        arguments: [
            "Content-Length: 4\r\nContent-Length: 2\r\n", "Content-Length: 2\r\ncontent-length: 4\r\n",
            "Content-Length: 4, 2\r\n", "Content-Length: 2,4\r\n", "Content-Length: 9223372036854775808\r\n",
            "Content-Length: 99999999999999999999999\r\n", "Content-Length: 4x\r\n", "Content-Length: -1\r\n",
            "Content-Length: +4\r\n", "Content-Length: 0x4\r\n", "Content-Length: 4 4\r\n", "Content-Length:\r\n",
            "Content-Length: 4,\r\n", "Content-Length: 4\r\nContent-Length: 99999999999999999999\r\n",
            "Transfer-Encoding: identity\r\nContent-Length: 4\r\nContent-Length: 2\r\n",
        ]
    )
    func contradictoryLength(fields: String) async throws {
        let error = await transportError { try await response("HTTP/1.1 200 OK\r\n" + fields + "\r\nabcd") }
        #expect(error?.kind == .other)
        #expect(
            error?.message.contains("Content-Length") == true,
            "\(error.map(String.init(describing:)) ?? "no error")"
        )
        #expect(error?.requestMayHaveBeenProcessed == true)
    }

    @Test(
        "A Content-Length that is repeated with one value, or that is not used, is no error",
        arguments: [
            ("200 OK", "Content-Length: 4\r\nContent-Length: 4\r\n", "abcd"),
            ("200 OK", "Content-Length: 4, 4\r\n", "abcd"),
            ("200 OK", "Content-Length: \t04 \r\n", "abcd"),
            ("204 None", "Content-Length: 4\r\nContent-Length: 2\r\n", ""),
            ("200 OK", "Content-Length: 9\r\nContent-Length: 2\r\nTransfer-Encoding: Chunked\r\n", nil),
        ] as [(String, String, String?)]
    )
    func harmlessLength(status: String, fields: String, body: String?) async throws {
        let sent = body ?? "4\r\nabcd\r\n0\r\n\r\n"
        let response = try await response("HTTP/1.1 \(status)\r\n" + fields + "\r\n" + sent)
        #expect(response.body == Array((body ?? "abcd").utf8))
        let head = try await self.response(
            "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 2\r\n\r\n",
            method: .head
        )
        #expect(head.fields.values(for: .contentLength) == ["4", "2"])
    }

    @Test("A body without a length ends when the connection is closed")
    func untilClose() async throws {
        #expect(try await response("HTTP/1.0 200 OK\r\n\r\nall of it").body == Array("all of it".utf8))
    }

    @Test(
        "A body over the limit is an error, with a Content-Length and without; a body at the limit is not",
        arguments: [
            ("Content-Length: 10\r\n\r\n0123456789", 10, true), ("Content-Length: 10\r\n\r\n0123456789", 9, false),
            ("\r\n0123456789", 10, true), ("\r\n0123456789", 9, false),
            ("Content-Length: 99999999999\r\n\r\n0", 1_000_000, false),
            ("Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n", 9, false),
        ]
    )
    func bodyLimit(rest: String, maximum: Int, isAllowed: Bool) async throws {
        let error = await transportError {
            let response = try await response("HTTP/1.1 200 OK\r\n" + rest, maximum: maximum)
            #expect(response.body == Array("0123456789".utf8))
        }
        #expect(error?.kind == (isAllowed ? nil : .tooLarge))
        #expect(error.map { $0.message.contains("maximumResponseBytes (\(maximum))") } ?? true)
        #expect(error?.requestMayHaveBeenProcessed != false)
    }

    @Test(
        "A header over the limit is an error: one long line, many lines, many informational responses",
        arguments: [
            ("HTTP/1.1 200 OK\r\nX: ", "a", 500_000), ("HTTP/1.1 200 OK\r\n", "X: aaaaaaaaaaaaaaaa\r\n", 10_000),
            ("", "HTTP/1.1 103 Early\r\nX: aaaaaaaaaa\r\n\r\n", 10_000),
        ]
    )
    func headerLimit(start: String, repeated: String, count: Int) async throws {
        let text = start + String(repeating: repeated, count: count) + "\r\n\r\n"
        let error = await transportError { try await response(text) }
        #expect(error?.kind == .tooLarge)
    }

    @Test("The header limit is configurable")
    func headerLimitConfigured() async throws {
        var configuration = CurlTransport.Configuration()
        configuration.maximumHeaderBytes = 64
        let short = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        #expect(try await response(short, configuration: configuration).status == 200)
        let long = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX: " + String(repeating: "a", count: 64) + "\r\n\r\n"
        let error = await transportError { try await response(long, configuration: configuration) }
        #expect(error?.kind == .tooLarge)
        #expect(error?.message == "the response header exceeds maximumHeaderBytes (64)")
    }

    @Test(
        "A response that is not HTTP is an error",
        arguments: ["SSH-2.0-OpenSSH\r\n", "garbage", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 101 Switch\r\n\r\n"]
    )
    func notHTTP(text: String) async throws {
        let error = await transportError { try await response(text) }
        #expect(error != nil)
        #expect(error?.requestMayHaveBeenProcessed == true)
    }
}
