import CountersignHTTP
import Testing

@Suite("Curl transport: requests on the wire", .timeLimit(.minutes(15)))
struct CurlTransportWireTests {
    /// Sends a request and returns it as received by the server.
    private func wire(_ request: (ScriptedServer) throws -> HTTP.Request) async throws -> ScriptedServer.Request {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok])
        let response = try await CurlTransport().send(request(server))
        #expect(response.status == 200)
        #expect(server.received.count == 1)
        return try #require(server.received.first)
    }

    @Test(
        "The target is sent byte for byte",
        arguments: [
            "/", "//double", "/a/../b", "/./a/.", "/..", "/a%2fb", "/a%2Fb%40", "/?x=1&y", "/?", "/dir/", "/a;p=1",
            "/a:b", "/@me", "/~x!$&'()*+,=", "/{id}|^`\"<>\\", "/a?b?c/../d", "/%00%0d%0a", "///", "/http://other/",
        ]
    )
    func target(_ target: String) async throws {
        let seen = try await wire { HTTP.Request(url: try $0.url(target)) }
        #expect(seen.requestLine == "GET \(target) HTTP/1.1")
    }

    @Test("Nothing is added to a request but Host and User-Agent")
    func nothingAdded() async throws {
        var port = 0
        let seen = try await wire { server in
            port = server.port
            return HTTP.Request(url: try server.url())
        }
        #expect(seen.fieldLines == ["Host: 127.0.0.1:\(port)", "User-Agent: countersign"])
    }

    @Test("Fields are sent in order, in their spelling, with duplicates and empty values")
    func fields() async throws {
        let seen = try await wire { server in
            var fields: HTTP.Fields = ["x-B": "2", "X-a": "", "dpop": "p", "Accept": "*/*", "USER-AGENT": "mine"]
            fields.append(name: "x-B", value: "3; \u{E4}\t")
            fields.append(name: "X-Blank", value: "  ")
            return HTTP.Request(url: try server.url(), fields: fields)
        }
        #expect(
            seen.fieldLines.dropFirst().map { $0.replacing(" ", with: "") }
                == ["x-B:2", "X-a:", "dpop:p", "Accept:*/*", "USER-AGENT:mine", "x-B:3;\u{E4}\t", "X-Blank:"]
        )
    }

    @Test("The User-Agent is configurable")
    func userAgent() async throws {
        for (agent, expected) in [("mine/1", ["User-Agent: mine/1"]), (nil, [])] as [(String?, [String])] {
            let server = try ScriptedServer([.readRequest, ScriptedServer.ok])
            var configuration = CurlTransport.Configuration()
            configuration.userAgent = agent
            _ = try await CurlTransport(configuration).send(HTTP.Request(url: try server.url()))
            #expect(server.received.first?.fieldLines.dropFirst().map(\.self) == expected)
        }
    }

    @Test(
        "Bodies have a Content-Length, even if they are empty, and do not change the method",
        arguments: [
            ("POST", "a=1" as String?, ["Content-Length: 3"]), ("POST", "", ["Content-Length: 0"]),
            ("POST", nil, ["Content-Length: 0"]), ("PUT", nil, ["Content-Length: 0"]),
            ("PATCH", "{}", ["Content-Length: 2"]), ("DELETE", nil, []), ("DELETE", "x", ["Content-Length: 1"]),
            ("GET", "x", ["Content-Length: 1"]), ("OPTIONS", nil, []), ("QUERY", "q", ["Content-Length: 1"]),
            ("M-SEARCH", nil, []),
        ]
    )
    func bodies(name: String, body: String?, length: [String]) async throws {
        let method = try #require(HTTP.Method(rawValue: name))
        let seen = try await wire { server in
            HTTP.Request(method: method, url: try server.url("/p"), body: body.map { .bytes(Array($0.utf8)) })
        }
        #expect(seen.requestLine == "\(name) /p HTTP/1.1")
        #expect(seen.fieldLines.dropFirst(2).map(\.self) == length)
        #expect(seen.body == body ?? "")
    }

    @Test("A body of several megabytes arrives complete, without waiting for 100 Continue")
    func largeBody() async throws {
        let text = String(repeating: "0123456789abcdef", count: 200_000)
        let seen = try await wire { server in
            HTTP.Request(
                method: .post,
                url: try server.url(),
                fields: [.contentType: "text/plain"],
                body: .bytes(Array(text.utf8))
            )
        }
        #expect(seen.body == text)
        #expect(seen.fieldLines.dropFirst(2).map(\.self) == ["Content-Type: text/plain", "Content-Length: 3200000"])
    }

    @Test("A reused handle keeps nothing of the previous request")
    func kindsInTurn() async throws {
        let response = ScriptedServer.Step.send("HTTP/1.1 204 No Content\r\n\r\n")
        let script = Array(repeating: [.readRequest, response], count: 7).flatMap(\.self)
        let server = try ScriptedServer(script)
        var configuration = CurlTransport.Configuration()
        configuration.maximumIdleTime = .seconds(3600)
        let transport = CurlTransport(configuration)
        let methods: [HTTP.Method] = [.post, .get, .head, .delete, .put, .head, .get]
        for method in methods {
            let body = method == .post ? HTTP.Body.bytes(Array("x".utf8)) : nil
            _ = try await transport.send(HTTP.Request(method: method, url: try server.url(), body: body))
        }
        #expect(server.received.map(\.requestLine) == methods.map { "\($0) / HTTP/1.1" })
        #expect(server.received.map { $0.fieldLines.count } == [3, 2, 2, 2, 3, 2, 2])
        #expect(server.received.allSatisfy { $0.connection == 0 })
    }

    @Test(
        "A request that would break the framing is rejected, and nothing is sent",
        arguments: [
            ("GET", ["X": "a\r\nY: b"], nil), ("GET", ["X": "\n"], nil),
            ("GET", ["X": "a\u{0}b"], nil), ("GET", ["Host": "other"], nil), ("POST", ["content-length": "7"], "x"),
            ("POST", ["Transfer-Encoding": "chunked"], "x"), ("GET", ["Connection": "close"], nil),
            ("POST", ["expect": "100-continue"], "x"), ("HEAD", [:], "x"), ("CONNECT", [:], nil),
        ] as [(String, HTTP.Fields, String?)]
    )
    func rejected(name: String, fields: HTTP.Fields, body: String?) async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok])
        let method = try #require(HTTP.Method(rawValue: name))
        let url = try server.url()
        let error = await transportError {
            try await CurlTransport().send(
                HTTP.Request(method: method, url: url, fields: fields, body: body.map { .bytes(Array($0.utf8)) })
            )
        }
        #expect(error?.kind == .invalidRequest)
        #expect(error?.requestMayHaveBeenProcessed == false)
        #expect(server.received.isEmpty)
    }

    @Test(
        "An unchecked target cannot split a request",
        arguments: ["/ HTTP/1.1\r\nX: y", "", "x", "/a b", "/\u{E4}"]
    )
    func uncheckedTarget(target: String) async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok])
        let url = HTTP.URL(origin: try server.url().origin, uncheckedTarget: target)
        let error = await transportError { try await CurlTransport().send(HTTP.Request(url: url)) }
        #expect(error?.kind == .invalidRequest)
        #expect(server.received.isEmpty)
    }

    @Test("A configured User-Agent that would break the framing is rejected")
    func badUserAgent() async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok])
        var configuration = CurlTransport.Configuration()
        configuration.userAgent = "a\r\nX: y"
        let transport = CurlTransport(configuration)
        let url = try server.url()
        #expect(await transportError { try await transport.send(HTTP.Request(url: url)) }?.kind == .invalidRequest)
        #expect(server.received.isEmpty)
    }

    @Test("A configuration with extreme values works")
    func extremes() async throws {
        let server = try ScriptedServer([.readRequest, ScriptedServer.ok])
        var configuration = CurlTransport.Configuration()
        configuration.connectTimeout = .seconds(Int64.max)
        configuration.timeout = .seconds(Int64.max)
        configuration.maximumIdleTime = .seconds(Int64.max)
        configuration.maximumConnectionsPerOrigin = .max
        configuration.maximumHeaderBytes = .max
        configuration.maximumResponseBytes = .max
        let url = try server.url()
        #expect(try await CurlTransport(configuration).send(HTTP.Request(url: url)).status == 200)
        configuration.timeout = .seconds(Int64.min)
        let transport = CurlTransport(configuration)
        #expect(await transportError { try await transport.send(HTTP.Request(url: url)) }?.kind == .timedOut)
    }
}
