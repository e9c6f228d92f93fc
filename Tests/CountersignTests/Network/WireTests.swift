import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Proofs and the bytes on the wire", .timeLimit(.minutes(15)))
struct WireTests {
    @Test(
        "P52: no redirect is followed, neither to another origin nor to the same one",
        arguments: [301, 302, 303, 307, 308]
    )
    func redirects(status: Int) async throws {
        let target = try FaultyServer()
        target.start()
        defer { target.stop() }
        for location in ["http://127.0.0.1:\(target.port)/stolen", "/elsewhere"] {
            let api = try FaultyServer(status: "\(status) Elsewhere\r\nLocation: \(location)")
            api.start()
            defer { api.stop() }
            let client = APIClient(
                server: "http://127.0.0.1:\(api.port)",
                authorization: .token(OneToken(token: try AccessToken("t", boundTo: .generate()))),
                runtime: CountersignRuntime()
            )
            for method in [HTTP.Method.get, .post] {
                let outcome = try await client.send(method, "/items", fields: ["Cookie": "a=b"])
                #expect(outcome.status.rawValue == status)
            }
            #expect(api.requests.map(\.target) == ["/items", "/items"])
            #expect(api.requests.allSatisfy { $0["DPoP"] != nil && $0["Cookie"] != nil })
        }
        #expect(target.count == 0)
        Promise.seen(52, "\(target.count) requests at the target, over sockets")
    }

    private struct OneToken: TokenSource {
        let token: AccessToken

        func accessToken(for request: TokenSourceRequest) async throws -> AccessToken { token }
    }

    @Test(
        "P42: htu equals the scheme, host, port and path that a socket received, byte for byte, for 10,000 random URLs"
    )
    func uri() async throws {
        var generator = SeededGenerator(seed: 42)
        let pieces = [
            "/", "//", "a", "Z9", "%2F", "%2f", "%40", "@", ":", "..", ".", "~", "!$&'()*+,;=", "%C3%A4", "%00", "-_",
            "%25", "%252F", "[", "xn--bcher-kva",
        ]
        var (checked, different) = (0, 0)
        for (isIPv6, host) in [(false, "127.0.0.1"), (false, "LocalHost"), (true, "[::1]"), (true, "[0:0::1]")] {
            let server: FaultyServer
            do {
                server = try FaultyServer(isIPv6: isIPv6)
            } catch {
                // A machine without IPv6 still tests the other half.
                if isIPv6 { continue }
                throw error
            }
            server.start()
            defer { server.stop() }
            let base = ["", "/", "/v1", "/a%2Fb//"][Int.random(in: 0..<4, using: &generator)]
            let client = APIClient(
                server: "HTTP://\(host):\(server.port)\(base)",
                authorization: .token(OneToken(token: try AccessToken("t", boundTo: .generate()))),
                runtime: CountersignRuntime()
            )
            while server.count < 2500 {
                var path = "/"
                for _ in 0..<Int.random(in: 0...8, using: &generator) {
                    path += pieces[Int.random(in: 0..<pieces.count, using: &generator)]
                }
                path += ["", "?", "?a=1", "?a=?&b=%2F"][Int.random(in: 0..<4, using: &generator)]
                // An invalid path is rejected, and nothing is sent.
                let before = server.count
                let outcome = await client.outcome(.get, path)
                if outcome == "invalidRequest" {
                    #expect(server.count == before)
                } else {
                    #expect(outcome == "200")
                }
            }
            for request in server.requests {
                checked += 1
                let proof = try #require(request["DPoP"])
                let parts = proof.split(separator: ".").map(String.init)
                let claims = try JSONDocument(parsing: #require(Base64URL.decode(parts[1]))).root
                let received = "http://" + (request["Host"] ?? "") + request.target.prefix { $0 != "?" }
                if claims["htu"]?.string != received {
                    different += 1
                    Issue.record("\(received) was signed as \(claims["htu"]?.string ?? "")")
                }
                if claims["htm"]?.string != request.method { Issue.record("the method of \(received)") }
            }
        }
        #expect(checked >= 5000)
        Promise.seen(42, "\(different) of \(checked) differ from the bytes that a socket received")
    }
}
