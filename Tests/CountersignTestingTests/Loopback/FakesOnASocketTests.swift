import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import Testing

@Suite("Fakes on a socket", .timeLimit(.minutes(15)))
struct FakesOnASocketTests {
    let server: FakeAuthorizationServer
    let api: FakeResourceServer

    init() throws {
        server = FakeAuthorizationServer(issuer: "https://login.example.com/tenant")
        server.register(
            .init(id: "worker", authentication: .clientSecretBasic(secret: "s3cret"), scopes: ["catalog"])
        )
        api = FakeResourceServer(trusting: server) { request in
            .json("\"\(request.token?.subject ?? "")\"")
        }
        try server.start()
        try api.start()
    }

    /// Gets metadata and a bound token, and makes a call with it, over any transport.
    func callOnce(over transport: some HTTP.Transport) async throws {
        let known = HTTP.Request(url: try HTTP.URL(server.issuer + "/.well-known/openid-configuration"))
        let metadata = try await transport.send(known)
        #expect(try metadata.member("issuer")?.string == server.issuer)
        let endpoint = try #require(try metadata.member("token_endpoint")?.string)

        let key = try SigningKey.generate(.es256)
        var proof = HandMade.Proof(key: key, htu: "\"\(endpoint)\"", iat: "\(Int(Date().timeIntervalSince1970))")
        let fields: HTTP.Fields = ["Authorization": HandMade.basic("worker", "s3cret"), "DPoP": try proof.compact()]
        let response = try await transport.send(
            HandMade.form(endpoint, "grant_type=client_credentials&scope=catalog", fields: fields)
        )
        #expect(response.status == 200)
        let token = try #require(try response.member("access_token")?.string)

        let url = try api.url("/things/a%2Fb")
        proof.htm = #""GET""#
        proof.htu = "\"\(url.string)\""
        proof.ath = "\"\(HandMade.digest(token))\""
        proof.jti = "\"\(UUID().uuidString)\""
        let call = HTTP.Request(
            url: try api.url("/things/a%2Fb?q=1"),
            fields: ["Authorization": "DPoP \(token)", "DPoP": try proof.compact()]
        )
        #expect(try await transport.send(call).text == "\"worker\"")
        #expect(try await transport.send(call).status == 401)  // the same proof, replayed
    }

    @Test("The issuer and the origin have the port, and the issuer keeps its path")
    func addresses() throws {
        #expect(server.issuer.hasPrefix("http://127.0.0.1:"))
        #expect(server.issuer.hasSuffix("/tenant"))
        #expect(api.origin.isLoopback)
        #expect(api.origin != server.origin)
        let issuer = server.issuer
        #expect(try server.start() == issuer)
    }

    @Test("A token request and a call work over libcurl")
    func curl() async throws {
        try await callOnce(over: CurlTransport())
    }

    @Test("A token request and a call work in process while the port is open")
    func inProcess() async throws {
        try await callOnce(over: FakeNetwork(server, api))
    }

    @Test("A user signs in on the page, over libcurl")
    func signInPage() async throws {
        server.register(FakeUser(subject: "u1"))
        server.register(
            .init(
                id: "native",
                authentication: .none,
                scopes: ["openid"],
                grantTypes: [.authorizationCode],
                redirectURIs: ["http://127.0.0.1/cb"]
            )
        )
        let curl = CurlTransport()
        let query = SignInFixture.encode([
            "response_type": "code", "client_id": "native", "redirect_uri": "http://127.0.0.1:9/cb",
            "code_challenge": SignInFixture.challenge, "code_challenge_method": "S256",
        ])
        let page = try await curl.send(HTTP.Request(url: HTTP.URL(server.url(of: .authorization) + "?" + query)))
        let id = try #require(page.text.firstMatch(of: #/name="sign_in" value="([^"]+)"/#)?.output.1)
        #expect(page.text.contains("action=\"\(server.issuer)/authorize\""))
        let response = try await curl.send(
            HandMade.form(server.url(of: .authorization), "sign_in=\(id)&subject=u1")
        )
        #expect(response.status == 303)
        let location = try #require(response.fields["Location"])
        #expect(location.hasPrefix("http://127.0.0.1:9/cb?code="))
        #expect(location.hasSuffix("&iss=http%3A%2F%2F127.0.0.1%3A\(server.origin.port)%2Ftenant"))
    }

    @Test("A token request works over a raw socket")
    func rawSocket() async throws {
        let port = try #require(UInt16(exactly: server.origin.port))
        let body = "grant_type=client_credentials"
        let response = try await RawSocket.exchange(
            port: port,
            """
            POST /tenant/token HTTP/1.1\r
            Host: 127.0.0.1:\(port)\r
            Authorization: \(HandMade.basic("worker", "s3cret"))\r
            Content-Type: application/x-www-form-urlencoded\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
        )
        #expect(response.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(response.contains(#""token_type":"Bearer""#))
        #expect(response.ranges(of: "Date: ").count == 1)
    }

    @Test("A fault closes the connection before or within the response")
    func faults() async throws {
        let port = try #require(UInt16(exactly: server.origin.port))
        let request = "GET /tenant/jwks HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"
        server.inject(.lostResponse, at: .jwks)
        #expect(try await RawSocket.exchange(port: port, request) == "")
        server.inject(.truncatedBody(after: 3), at: .jwks)
        #expect(try await RawSocket.exchange(port: port, request).hasSuffix("\r\n\r\n{\"k"))
        let curl = CurlTransport()
        server.inject(.truncatedBody(after: 3), at: .jwks)
        let call = HTTP.Request(url: try HTTP.URL(server.url(of: .jwks)))
        let error = await #expect(throws: HTTP.TransportError.self) { try await curl.send(call) }
        #expect(error?.kind == .closed)
    }

    @Test("Stopping the server while a response is held closes the connection")
    func stopping() async throws {
        let port = try #require(UInt16(exactly: server.origin.port))
        let gate = AsyncGate()
        server.inject(.held(by: gate), at: .jwks)
        async let response = RawSocket.exchange(
            port: port,
            "GET /tenant/jwks HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n"
        )
        await gate.waitForArrivals(1)
        server.stop()
        #expect(try await response == "")
        gate.open()
    }
}
