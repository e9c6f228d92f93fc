import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import Testing

@Suite("Fake resource server")
struct FakeResourceServerTests {
    let clock = VirtualClock()
    let server: FakeAuthorizationServer
    let api: FakeResourceServer
    let key: SigningKey

    init() throws {
        server = FakeAuthorizationServer(clock: clock)
        server.register(
            .init(id: "worker", authentication: .clientSecretPost(secret: "s"), scopes: ["catalog"], audience: ["api"])
        )
        api = FakeResourceServer(trusting: server)
        key = try SigningKey.generate(.es256)
        api.on(.get, "/items/{id}", scopes: ["catalog"]) { request in
            .json(#"{"id":"\#(request.parameter("id") ?? "")","q":"\#(request.query("q") ?? "")"}"#)
        }
        api.on(.post, "/items", scopes: ["catalog", "write"]) { _ in HTTP.Response(status: 201) }
        api.on(.get, "/open", access: .open) { request in .json(request.token == nil ? "{}" : "null") }
    }

    /// Requests a token, bound to the key or not.
    func token(isBound: Bool) async throws -> String {
        var fields: HTTP.Fields = [:]
        if isBound { fields["DPoP"] = try proof(method: "POST", url: server.url(of: .token)) }
        let body = "grant_type=client_credentials&client_id=worker&client_secret=s"
        let response = try await server.send(HandMade.form(server.url(of: .token), body, fields: fields))
        return try #require(try response.member("access_token")?.string)
    }

    func proof(
        method: String = "GET",
        url: String = "https://api.example.com/items/1",
        token: String? = nil,
        nonce: String? = nil,
        key: SigningKey? = nil
    ) throws -> String {
        var proof = HandMade.Proof(key: key ?? self.key)
        proof.htm = "\"\(method)\""
        proof.htu = "\"\(url)\""
        proof.iat = "\(Int(clock.date().timeIntervalSince1970))"
        proof.ath = token.map { "\"\(HandMade.digest($0))\"" }
        proof.nonce = nonce.map { "\"\($0)\"" }
        return try proof.compact()
    }

    func get(_ target: String = "/items/1", _ fields: HTTP.Fields = [:]) async throws -> HTTP.Response {
        try await api.send(HTTP.Request(url: api.url(target), fields: fields))
    }

    // MARK: Routes

    @Test(
        "A second route with the same method and path replaces the first, in its place",
        arguments: ["{id}", "{name}"]
    )
    func replacedRoute(parameter: String) async throws {
        let api = FakeResourceServer(trusting: server)
        api.on(.get, "/items/{id}", access: .open) { _ in .json("1") }
        api.on(.get, "/items/new", access: .open) { _ in .json("2") }
        api.on(.get, "/items/\(parameter)", access: .open) { _ in .json("3") }
        api.on(.delete, "/items/{id}", access: .open) { _ in .json("4") }
        for (method, path, expected) in [
            (HTTP.Method.get, "/items/1", "3"), (.get, "/items/new", "3"), (.delete, "/items/1", "4"),
        ] {
            let request = HTTP.Request(method: method, url: try api.url(path))
            #expect(try await api.send(request).text == expected)
        }
    }

    @Test("A handler reads a JSON body and responds with a JSON value; an invalid body is nil")
    func jsonBodies() async throws {
        api.on(.post, "/notes", access: .open) { request in
            .json(value: ["heard": request.json?["text"] ?? nil, "names": [.string(request.json?["a"]?.string ?? "")]])
        }
        func post(_ body: String) async throws -> String {
            let request = HTTP.Request(method: .post, url: try api.url("/notes"), body: .bytes(Array(body.utf8)))
            return String(decoding: try await api.send(request).body, as: UTF8.self)
        }
        #expect(try await post(#"{"text":"a \"b\"","a":"c"}"#) == #"{"heard":"a \"b\"","names":["c"]}"#)
        #expect(try await post("{") == #"{"heard":null,"names":[""]}"#)
    }

    @Test("The description of a request contains no body that is not declared as a form")
    func printedBodies() async throws {
        for (type, body) in [("application/json", #"{"password":"hunter2"}"#), ("text/plain", "hunter2=1&x=hunter2")] {
            let fields: HTTP.Fields = ["Content-Type": type]
            let url = try api.url("/open")
            _ = try await api.send(
                HTTP.Request(method: .post, url: url, fields: fields, body: .bytes(Array(body.utf8)))
            )
            let recorded = try #require(api.requests.last)
            #expect(recorded.form.isEmpty)
            #expect(!recorded.description.contains("hunter2"))
        }
    }

    @Test("A handler gets decoded path parameters and query")
    func routes() async throws {
        let token = try await token(isBound: false)
        let response = try await get("/items/a%2Fb+c%20d?q=x+y%26", ["Authorization": "Bearer \(token)"])
        #expect(response.text == #"{"id":"a/b+c d","q":"x y&"}"#)
        #expect(try await get("/items/", ["Authorization": "Bearer \(token)"]).status == 404)
        #expect(try await get("/items", ["Authorization": "Bearer \(token)"]).status == 405)
        #expect(try await get("/elsewhere").status == 404)
        #expect(try await get("/open", ["Authorization": "Bearer nonsense"]).text == "{}")
        #expect(api.requests.map(\.endpoint).first == "GET /items/{id}")
        #expect(api.count == 5)
    }

    @Test("The default handler gets the token of the request")
    func handler() async throws {
        let api = FakeResourceServer(origin: "https://other.example", trusting: server) { request in
            .json("\"\(request.method) \(request.url.path) \(request.token?.subject ?? "nobody")\"")
        }
        let fields: HTTP.Fields = ["Authorization": "bearer \(try await token(isBound: false))"]
        let response = try await api.send(HTTP.Request(method: .delete, url: api.url("/x"), fields: fields))
        #expect(response.text == "\"DELETE /x worker\"")
        #expect(try await api.send(HTTP.Request(url: api.url("/x"))).status == 401)
    }

    // MARK: Bearer

    @Test("A request without credentials gets challenges for both schemes, without an error")
    func noCredentials() async throws {
        let response = try await get()
        #expect(response.status == 401)
        let challenges = response.fields.values(for: .wwwAuthenticate)
        #expect(challenges == [#"DPoP algs="ES256 ES384 ES512 EdDSA PS256 RS256""#, "Bearer"])
        api.configuration.acceptsDPoP = false
        #expect(try await get().fields.values(for: .wwwAuthenticate) == ["Bearer"])
        api.configuration.challenges = .none
        #expect(try await get().fields.values(for: .wwwAuthenticate) == [])
    }

    @Test("A bearer token is accepted until it expires, is revoked or is rejected")
    func bearer() async throws {
        let first = try await token(isBound: false)
        func status(_ token: String) async throws -> Int {
            try await get("/items/1", ["Authorization": "Bearer \(token)"]).status.rawValue
        }
        #expect(try await status(first) == 200)
        api.rejectIssuedTokens()
        let rejected = try await get("/items/1", ["Authorization": "Bearer \(first)"])
        #expect(rejected.status == 401)
        #expect(rejected.fields[.wwwAuthenticate]?.hasPrefix(#"Bearer error="invalid_token""#) == true)
        let second = try await token(isBound: false)
        #expect(try await status(second) == 200)
        clock.advance(by: .seconds(3600))
        #expect(try await status(second) == 401)
        let third = try await token(isBound: false)
        #expect(try await status(third) == 200)
        server.revokeAllTokens()
        #expect(try await status(third) == 401)
        #expect(try await status("unknown") == 401)
    }

    @Test("A token with too few scopes is rejected, and the challenge has the required scopes")
    func scopes() async throws {
        let fields: HTTP.Fields = ["Authorization": "Bearer \(try await token(isBound: false))"]
        let response = try await api.send(HTTP.Request(method: .post, url: api.url("/items"), fields: fields))
        #expect(response.status == 403)
        let challenge = try #require(response.fields[.wwwAuthenticate])
        #expect(challenge.hasPrefix(#"Bearer error="insufficient_scope""#))
        #expect(challenge.contains(#"scope="catalog write""#))
        #expect(api.requests.last?.error == "insufficient_scope")
        api.configuration.scopes = ["admin"]
        #expect(try await get("/items/1", fields).status == 403)
    }

    @Test("The audience is validated if one is required")
    func audience() async throws {
        let fields: HTTP.Fields = ["Authorization": "Bearer \(try await token(isBound: false))"]
        api.configuration.audience = "api"
        #expect(try await get("/items/1", fields).status == 200)
        api.configuration.audience = "other"
        #expect(try await get("/items/1", fields).status == 401)
    }

    @Test(
        "Malformed credentials are rejected as the RFC specifies",
        arguments: [
            (["Basic eDp5"], 401, nil), ([""], 401, nil), (["Bearer"], 400, "invalid_request"),
            (["Bearer "], 400, "invalid_request"), (["Bearer a", "Bearer a"], 400, "invalid_request"),
            (["Bearer a b"], 401, "invalid_token"), (["DPoP"], 400, "invalid_request"),
        ] as [([String], Int, String?)]
    )
    func malformed(values: [String], status: Int, code: String?) async throws {
        var request = HTTP.Request(url: try api.url("/items/1"))
        for value in values { request.fields.append(name: .authorization, value: value) }
        let response = try await api.send(request)
        #expect(response.status.rawValue == status)
        #expect(api.requests.last?.error == code)
    }

    // MARK: DPoP

    @Test("A bound token is accepted with a proof of its key, once per proof")
    func bound() async throws {
        let token = try await token(isBound: true)
        let fields: HTTP.Fields = ["Authorization": "DPoP \(token)", "DPoP": try proof(token: token)]
        #expect(try await get("/items/1", fields).status == 200)
        let again = try await get("/items/1", fields)
        #expect(again.status == 401)
        #expect(again.fields[.wwwAuthenticate]?.hasPrefix(#"DPoP error="invalid_dpop_proof""#) == true)
        let lowerCase: HTTP.Fields = ["Authorization": "dpop \(token)", "DPoP": try proof(token: token)]
        #expect(try await get("/items/1?q=1", lowerCase).status == 200)
    }

    @Test("A token and a proof that do not match are rejected, with an error for each mistake")
    func mismatched() async throws {
        let bound = try await token(isBound: true)
        let other = try await token(isBound: true)
        let bearer = try await token(isBound: false)
        let otherKey = try SigningKey.generate(.es256)
        let cases: [(String, HTTP.Fields, String)] = [
            ("bound token as bearer", ["Authorization": "Bearer \(bound)"], "invalid_token"),
            (
                "bound token as bearer, with a proof",
                ["Authorization": "Bearer \(bound)", "DPoP": try proof(token: bound)], "invalid_token"
            ),
            (
                "bearer token as DPoP",
                ["Authorization": "DPoP \(bearer)", "DPoP": try proof(token: bearer)], "invalid_token"
            ),
            ("no proof", ["Authorization": "DPoP \(bound)"], "invalid_dpop_proof"),
            ("no ath", ["Authorization": "DPoP \(bound)", "DPoP": try proof()], "invalid_dpop_proof"),
            (
                "ath of another token", ["Authorization": "DPoP \(bound)", "DPoP": try proof(token: other)],
                "invalid_dpop_proof"
            ),
            (
                "proof of another key",
                ["Authorization": "DPoP \(bound)", "DPoP": try proof(token: bound, key: otherKey)],
                "invalid_token"
            ),
            (
                "proof of another method",
                ["Authorization": "DPoP \(bound)", "DPoP": try proof(method: "PUT", token: bound)], "invalid_dpop_proof"
            ),
            (
                "proof of another path",
                [
                    "Authorization": "DPoP \(bound)",
                    "DPoP": try proof(url: "https://api.example.com/items/2", token: bound),
                ], "invalid_dpop_proof"
            ),
        ]
        for (name, fields, code) in cases {
            let response = try await get("/items/1", fields)
            #expect(response.status == 401, "\(name)")
            #expect(api.requests.last?.error == code, "\(name)")
            #expect(response.fields[.wwwAuthenticate]?.hasPrefix("DPoP error=\"\(code)\"") == true, "\(name)")
        }
    }

    @Test("The htu of a proof is compared byte by byte", arguments: ["/items/a%2fb", "/items/a%2Fb", "/items/%61"])
    func exactTarget(target: String) async throws {
        let token = try await token(isBound: true)
        func status(_ proved: String) async throws -> Int {
            let proof = try proof(url: "https://api.example.com" + proved, token: token)
            return try await get(target, ["Authorization": "DPoP \(token)", "DPoP": proof]).status.rawValue
        }
        for proved in ["/items/a%2fb", "/items/a%2Fb", "/items/%61", "/items/a"] {
            #expect(try await status(proved) == (proved == target ? 200 : 401))
        }
    }

    @Test("A required nonce is the resource server's own, sent with 401 as in RFC 9449 section 9")
    func nonce() async throws {
        api.configuration.nonces = .rotating(every: 1, acceptingPrevious: 0)
        server.configuration.nonces = .none
        let token = try await token(isBound: true)
        func send(_ nonce: String?) async throws -> HTTP.Response {
            try await get(
                "/items/1",
                ["Authorization": "DPoP \(token)", "DPoP": try self.proof(token: token, nonce: nonce)]
            )
        }
        let challenge = try await send(nil)
        #expect(challenge.status == 401)
        #expect(
            challenge.fields[.wwwAuthenticate]?.hasPrefix(
                #"DPoP error="use_dpop_nonce", error_description="Resource server requires nonce in DPoP proof""#
            ) == true
        )
        let first = try #require(challenge.fields[.dpopNonce])
        let response = try await send(first)
        #expect(response.status == 200)
        let second = try #require(response.fields[.dpopNonce])
        #expect(second != first)
        #expect(try await send(first).status == 401)
        let other = FakeResourceServer(origin: "https://other.example", trusting: server) { _ in .json("{}") }
        other.configuration.nonces = .required
        let proof = try proof(url: "https://other.example/items/1", token: token, nonce: second)
        let fields: HTTP.Fields = ["Authorization": "DPoP \(token)", "DPoP": proof]
        let foreign = try await other.send(HTTP.Request(url: try other.url("/items/1"), fields: fields))
        #expect(foreign.status == 401)
        #expect(foreign.fields[.dpopNonce] != second)
    }

    @Test("A server can send Bearer challenges although it accepts DPoP")
    func bearerOnly() async throws {
        api.configuration.challenges = .bearerOnly
        let token = try await token(isBound: true)
        server.revokeAllTokens()
        let response = try await get("/items/1", ["Authorization": "DPoP \(token)", "DPoP": try proof(token: token)])
        #expect(response.fields.values(for: .wwwAuthenticate).count == 1)
        #expect(response.fields[.wwwAuthenticate]?.hasPrefix(#"Bearer error="invalid_token""#) == true)
    }

    @Test("Faults apply to APIs too, and no description contains the token")
    func faults() async throws {
        api.inject(.status(503), times: 1)
        let token = try await token(isBound: true)
        let proof = try proof(token: token)
        let fields: HTTP.Fields = ["Authorization": "DPoP \(token)", "DPoP": proof]
        #expect(try await get("/items/1", fields).status == 503)
        #expect(try await get("/items/1", fields).status == 200)
        var printed = "\(api.requests)"
        dump(api.requests, to: &printed)
        for secret in [token, proof] { #expect(!printed.contains(String(secret.prefix(8)))) }
    }

    @Test("Of a hundred concurrent requests all get responses, and a repeated proof is accepted once")
    func parallel() async throws {
        let token = try await token(isBound: true)
        let same = try proof(token: token)
        let statuses = try await withThrowingTaskGroup(of: (Bool, Int).self) { group in
            for number in 0..<100 {
                let isSame = number.isMultiple(of: 2)
                let proof = isSame ? same : try proof(token: token)
                group.addTask {
                    let fields: HTTP.Fields = ["Authorization": "DPoP \(token)", "DPoP": proof]
                    return (isSame, try await get("/items/1", fields).status.rawValue)
                }
            }
            return try await group.reduce(into: [(Bool, Int)]()) { $0.append($1) }
        }
        #expect(statuses.filter { !$0.0 && $0.1 == 200 }.count == 50)
        #expect(statuses.filter { $0.0 && $0.1 == 200 }.count == 1)
    }
}
