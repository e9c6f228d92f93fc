import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Wire log", .timeLimit(.minutes(15)))
final class WireLogTests: Sendable {
    private let entries = Locked<[String]>([])

    private func log(_ transport: any HTTP.Transport, visibleFields: [HTTP.FieldName] = []) -> WireLog {
        WireLog(transport, visibleFields: visibleFields) { [self] entry in entries.withLock { $0.append(entry) } }
    }

    private func world(_ handler: @escaping FakeResourceServer.Handler = { _ in .json("{}") }) -> World {
        World(jitter: { 0 }, configure: { $0.transport = log($0.transport) }, handler: handler)
    }

    @Test("A call is logged with its token request, its proof and the server's nonce, but without secrets")
    func call() async throws {
        let world = world()
        world.api.configuration.nonces = .required
        #expect(await world.client(scopes: ["read"], dpop: .es256).outcome(.get, "/items/it_1?filter=s3cret") == "200")
        let log = entries.withLock { $0 }
        try #require(log.count == 6)
        #expect(log[0].hasPrefix("→ 1 POST https://login.example.com/token\n"))
        #expect(log[0].contains("\n    Authorization: Basic <redacted>\n"))
        #expect(log[0].contains("grant_type=client_credentials&scope=read"))
        #expect(log[1] == "← 1 200, access_token <redacted>, token_type DPoP, expires_in 3600, scope read")
        #expect(log[2].hasPrefix("→ 2 GET https://api.example.com/items/it_1?filter=<redacted>\n"))
        #expect(log[2].contains("Authorization: DPoP <redacted>"))
        #expect(
            log[2].contains("DPoP: <a proof for GET https://api.example.com/items/it_1, bound to the token>")
        )
        #expect(log[3].hasPrefix("← 2 401"))
        #expect(log[3].contains("WWW-Authenticate: DPoP") && log[3].contains("error=\"use_dpop_nonce\""))
        #expect(log[3].contains("\n    DPoP-Nonce: "))
        #expect(log[4].contains("with the server's nonce>"))
        let secrets =
            [World.secret, "s3cret"] + world.server.issuedTokens.map(\.value)
            + world.api.requests.compactMap { $0.request.fields[.dpop] }
        for secret in secrets { #expect(!log.joined().contains(secret)) }
    }

    @Test(
        "Nothing that a server repeats from the request, or that looks like a token, is logged",
        arguments: [
            HTTP.Response(status: 401, fields: ["WWW-Authenticate": "Bearer realm=\"the-k3y-of-the-api\""]),
            HTTP.Response(status: 401, fields: ["WWW-Authenticate": "the-k3y-of-the-api x=\"y\""]),
            HTTP.Response(status: 302, fields: ["Location": "/the-k3y-of-the-api?code=the-k3y-of-the-api"]),
            HTTP.Response(status: 302, fields: ["Location": "https://user:the-k3y-of-the-api@example.com/"]),
            HTTP.Response(status: 503, fields: ["Retry-After": "the-k3y-of-the-api"]),
            HTTP.Response(
                status: 200,
                fields: ["Set-Cookie": "a=the-k3y-of-the-api", "X-Visible": "the-k3y-of-the-api"]
            ),
            .json(#"{"error":"the-k3y-of-the-api"}"#, status: 400),
            .json(#"{"access_token":"the-k3y-of-the-api","token_type":"the-k3y-of-the-api"}"#),
        ]
    )
    func hostile(response: HTTP.Response) async throws {
        let transport = log(ScriptedTransport(.response(response)), visibleFields: ["X-Visible"])
        var request = HTTP.Request(url: try HTTP.URL("https://api.example.com/x"))
        request.fields = ["X-API-Key": "the-k3y-of-the-api"]
        _ = try await transport.send(request)
        #expect(!entries.withLock { $0.joined() }.contains("the-k3y-of-the-api"))
    }

    @Test("Forms, cookies and other bodies are logged without their values")
    func bodies() async throws {
        let transport = log(
            ScriptedTransport(otherwise: .response(HTTP.Response(status: 200, body: Array("hello".utf8)))),
            visibleFields: ["X-Request-ID"]
        )
        let url = try HTTP.URL("https://api.example.com/reset/3f2504e04f8911d39a0c0305e82c3301")
        let form = "grant_type=refresh_token&refresh_token=the-s3cret&%0A=x&client_id=web"
        _ = try await transport.send(
            HTTP.Request(
                method: .post,
                url: url,
                fields: [.contentType: FormURLEncoded.mediaType, .cookie: "a=b", "X-Request-ID": "r1", "X-Other": "o"],
                body: .bytes(Array(form.utf8))
            )
        )
        #expect(
            entries.withLock { $0 } == [
                """
                → 1 POST https://api.example.com/reset/<redacted>
                    Cookie: <redacted>
                    X-Request-ID: r1
                    grant_type=refresh_token&refresh_token=<redacted>& =<redacted>&client_id=web
                """,
                "← 1 200, <5 bytes>",
            ]
        )
        entries.withLock { $0 = [] }
        let body = HTTP.Body.bytes(Array("%%%".utf8))
        _ = try await transport.send(
            HTTP.Request(method: .put, url: url, fields: [.contentType: FormURLEncoded.mediaType], body: body)
        )
        #expect(entries.withLock { $0.first }?.hasSuffix("\n    <3 bytes>") == true)
    }

    @Test("A request without a response is logged with the kind of the failure")
    func failure() async throws {
        let world = world()
        world.api.inject(.transportError(.timedOut), times: nil)
        _ = await world.client().options(.withoutRetries).outcome()
        #expect(entries.withLock { $0.last } == "← 2 no response: timed out")
    }
}
