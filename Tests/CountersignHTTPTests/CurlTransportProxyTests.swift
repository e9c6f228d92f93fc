import CountersignHTTP
import Testing

@Suite("Curl transport: proxies", .timeLimit(.minutes(15)))
struct CurlTransportProxyTests {
    private func transport(through proxy: ScriptedServer) throws -> CurlTransport {
        var configuration = CurlTransport.Configuration()
        configuration.proxy = .server(try proxy.url().origin)
        return CurlTransport(configuration)
    }

    @Test("A configured proxy sees the tunnel but no field of the request")
    func tunnel() async throws {
        let proxy = try ScriptedServer([
            .readRequest, .send("HTTP/1.1 200 Connected\r\nX-Proxy: 1\r\n\r\n"), .readRequest, ScriptedServer.ok,
        ])
        let url = try HTTP.URL("http://api.invalid/a/../b?x")
        let response = try await transport(through: proxy).send(
            HTTP.Request(url: url, fields: [.authorization: "Bearer secret"])
        )
        #expect(response.status == 200)
        #expect(response.fields["X-Proxy"] == nil)
        #expect(proxy.received.map(\.requestLine) == ["CONNECT api.invalid:80 HTTP/1.1", "GET /a/../b?x HTTP/1.1"])
        #expect(proxy.received.first?.text.contains("secret") == false)
    }

    @Test("A proxy's rejection of the tunnel is an error, not a response of the server", arguments: [407, 502])
    func rejectedTunnel(status: Int) async throws {
        let proxy = try ScriptedServer([
            .readRequest, .send("HTTP/1.1 \(status) No\r\nContent-Length: 2\r\n\r\nno"), .awaitClose,
        ])
        let request = HTTP.Request(url: try HTTP.URL("http://api.invalid/"))
        let transport = try transport(through: proxy)
        let error = await transportError { try await transport.send(request) }
        #expect(error?.kind == .connect)
        #expect(error?.requestMayHaveBeenProcessed == false)
    }
}
