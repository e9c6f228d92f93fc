import CountersignCrypto
import CountersignTesting
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("P59: secrets stay secret")
struct CanaryTests {
    private static let secret = "cAnArYsecret-0123456789"
    private static let assertion = "CANARYASSERTION.e30.signature-of-it"

    /// Returns the texts of a value, in each way in which Swift converts values to text.
    static func texts<Value>(of value: Value) -> [String] {
        var dumped = ""
        dump(value, to: &dumped)
        var texts = [dumped, String(describing: value), String(reflecting: value), "\(value)"]
        if let error = value as? any Error { texts += ["\(error)", String(reflecting: error)] }
        var children = Mirror(reflecting: value).children.map(\.value)
        var visited = 0
        while let child = children.popLast(), visited < 1000 {
            visited += 1
            texts += [String(describing: child), String(reflecting: child)]
            children += Mirror(reflecting: child).children.map(\.value)
        }
        return texts
    }

    /// Records an issue if a text contains eight characters in a row of a secret.
    static func check<Value>(
        _ value: Value,
        for secrets: [String],
        location: SourceLocation = #_sourceLocation
    ) {
        let texts = texts(of: value)
        for secret in secrets {
            let characters = Array(secret)
            guard characters.count >= 8 else { continue }
            for start in 0...(characters.count - 8) {
                let piece = String(characters[start..<start + 8])
                if texts.contains(where: { $0.contains(piece) }) {
                    Issue.record("\(type(of: value)) shows a secret", sourceLocation: location)
                    return
                }
            }
        }
    }

    @Test(
        "P59: fields whose names suggest a credential, queries of URLs in fields, and bodies show nothing of what they hold",
        arguments: [
            "X-Auth-Token", "Api-Key", "X-CSRF-Token", "x-xsrf-token", "X-Amz-Security-Token",
            "Ocp-Apim-Subscription-Key",
            "X-Goog-Iap-JWT-Assertion", "X-Client-Secret", "X-Forwarded-Authorization", "Mcp-Session-Id", "X-Password",
            "Proxy-Authorization", "Set-Cookie", "X-AuthKey", "Private-Token", "Cf-Access-Client-Secret",
        ]
    )
    func fields(name: String) throws {
        let field = HTTP.Field(name: try #require(HTTP.FieldName(name)), value: Self.secret)
        Self.check(field, for: [Self.secret])
        #expect(field.description == "\(name): <redacted>")
        for field in ["Location", "Content-Location", "Link", "Referer", "Refresh"] {
            for url in [
                "https://app.example/callback?code=\(Self.secret)", "/callback#access_token=\(Self.secret)",
                "https://user:\(Self.secret)@app.example/", "</items?key=\(Self.secret)>; rel=next", "?\(Self.secret)",
            ] {
                let response = HTTP.Response(
                    status: 302,
                    fields: HTTP.Fields([HTTP.Field(name: try #require(HTTP.FieldName(field)), value: url)]),
                    body: Array(Self.secret.utf8)
                )
                Self.check(response, for: [Self.secret])
                Self.check(ResponseHead(status: 302, fields: response.fields), for: [Self.secret])
            }
        }
        let body = HTTP.Body.once(Array(Self.secret.utf8))
        #expect(
            Self.texts(of: body).allSatisfy {
                !$0.contains("\(Self.secret.utf8.first ?? 0)") && $0.contains("23 bytes")
            }
        )
        let request = HTTP.Request(
            method: .post,
            url: try HTTP.URL("https://api.example.com/"),
            fields: [:],
            body: body
        )
        Self.check(request, for: [Self.secret])
        #expect(Self.texts(of: request).allSatisfy { !$0.contains(", \(Self.secret.utf8.first ?? 0)") })
    }

    @Test("Fields that hold no credential are shown")
    func harmlessFields() {
        let fields: HTTP.Fields = [
            "Location": "https://app.example/items/7", "Idempotency-Key": "k-1", "DPoP-Nonce": "n-1",
            "Accept": "text/plain",
            "WWW-Authenticate": "DPoP error=\"use_dpop_nonce\"", "Retry-After": "7", "ETag": "\"x\"",
            "Content-Encoding": "br",
        ]
        for field in fields { #expect(field.description == "\(field.name): \(field.value)") }
    }

    @Test("P59: an API key in a header field with any name does not appear in the text of a request")
    func namedKey() async throws {
        let transport = ScriptedTransport(otherwise: .response(.json("{}")))
        var configuration = CountersignRuntime.Configuration()
        configuration.transport = transport
        let client = APIClient(
            server: "https://api.example.com",
            authorization: .apiKey(header: "X-Tenant-Key", SecretValue(Self.secret)),
            runtime: CountersignRuntime(configuration)
        )
        #expect(await client.outcome() == "200")
        let request = try #require(transport.requests.first)
        #expect(request.fields["X-Tenant-Key"] == Self.secret)
        #expect(request.fields.contains(HTTP.Field(name: "X-Tenant-Key", value: Self.secret)))
        Self.check(request, for: [Self.secret])
        Self.check(request.fields, for: [Self.secret])
    }

    @Test("P59: the texts of credentials, keys, tokens, clients and runtimes contain no secrets")
    func values() async throws {
        let secrets = [Self.secret, Self.assertion]
        let secret = SecretValue(Self.secret)
        let token = try AccessToken(Self.secret, boundTo: DPoPKey.generate())
        let credentials = ClientCredentials.secret(id: "worker", secret)
        let world = World()
        world.server.register(.init(id: "worker", authentication: .clientSecretBasic(secret: Self.secret)))
        let client = world.client(credentials, dpop: .es256)
        #expect(await client.outcome() == "200")
        let keyed = APIClient(
            server: world.api.origin.description,
            authorization: .apiKey(header: "X-Key", secret),
            runtime: world.runtime
        )
        _ = await keyed.outcome()
        let queried = APIClient(
            server: world.api.origin.description,
            authorization: .apiKey(query: "key", secret),
            runtime: world.runtime
        )
        _ = await queried.outcome()
        Self.check(secret, for: secrets)
        Self.check([secret], for: secrets)
        Self.check(SecretValue?.some(secret), for: secrets)
        Self.check(token, for: secrets)
        Self.check(credentials, for: secrets)
        Self.check(BasicCredentials(user: "u", password: secret), for: secrets)
        Self.check(APIAuthorization.bearer(secret), for: secrets)
        Self.check(APIAuthorization.clientCredentials(credentials), for: secrets)
        Self.check(SchemeCredentials.apiKey(secret), for: secrets)
        Self.check(CallOption.assertion(SecretValue(Self.assertion)), for: secrets)
        let issued = try #require(world.server.issuedTokens.first).value
        let proof = try #require(world.api.requests.first?.request.fields[.dpop])
        let all = secrets + [issued, String(proof.split(separator: ".")[1]), String(proof.split(separator: ".")[2])]
        for client in [client, keyed, queried, client.options(.parameters(["password": Self.secret]))] {
            Self.check(client, for: all)
            Self.check(client.configuration, for: all)
            Self.check(client.tokens, for: all)
        }
        Self.check(world.runtime, for: all)
        Self.check(CatalogAPI(world), for: all)
        Self.check(
            TokenSourceRequest(scopes: [], resources: [], rejectedToken: token, forceRenewal: false),
            for: secrets
        )
        #expect("\(secret)" == "<redacted>")
        #expect(String(reflecting: token) == "DPoP token <redacted>")
    }

    /// Responses of servers that repeat the request in different places.
    private static let echoes: [Fault] = [
        .response(.json(#"{"error":"invalid_request","error_description":"\#(secret) \#(assertion)"}"#, status: 400)),
        .response(.json(#"{"error":"\#(secret) is wrong","error_uri":"\#(secret)"}"#, status: 400)),
        .response(.json(#"{"error":{"secret":"\#(secret)"}}"#, status: 401)),
        .response(.json(#"{"access_token":"\#(secret)\r\nX: y","token_type":"Bearer"}"#)),
        .response(.json(#"{"access_token":"\#(secret)","token_type":"\#(secret)"}"#)),
        .response(.json(#"{"access_token":"\#(secret)","access_token":"\#(secret) "}"#)),
        .response(.json(#"{"access_token":"\#(secret)","token_type":"Bearer""#)),
        .status(500, body: secret), .status(302, fields: ["Location": "https://evil.example/?s=\(secret)"]),
        .status(503, body: secret, fields: ["Retry-After": secret]),
        .status(400, body: secret, fields: ["Content-Type": secret]),
        .transportError(HTTP.TransportError(kind: .tls, message: "", requestMayHaveBeenProcessed: false)),
    ]

    @Test(
        "P59: token errors contain nothing of the request, whatever the server repeats",
        arguments: echoes.indices
    )
    func tokenErrors(index: Int) async throws {
        let secrets = [Self.secret, Self.assertion]
        let world = World()
        world.server.inject(Self.echoes[index], times: nil)
        let credentials = ClientCredentials.secret(id: "worker", SecretValue(Self.secret))
        for client in [
            world.client(credentials),
            world.client(credentials, dpop: .es256).options(.assertion(SecretValue(Self.assertion))),
        ] {
            let failure = try #require(await client.failure())
            Self.check(failure, for: secrets)
            let error = try #require(failure.tokenError)
            Self.check(error, for: secrets)
            let sent = try #require(world.server.requests(to: .token).last?.request)
            let field = sent.fields[.authorization].map { [String($0.dropFirst("Basic ".utf8.count))] } ?? []
            let proof = sent.fields[.dpop].map { $0.split(separator: ".").dropFirst().map(String.init) } ?? []
            Self.check(failure, for: field + proof)
            Self.check(error, for: field + proof)
        }
    }

    @Test("P59: call errors contain nothing of the token and the proof, whatever the API repeats", arguments: 0..<6)
    func callErrors(index: Int) async throws {
        let world = World()
        let catalog = CatalogAPI(world, dpop: .es256).options(.withoutRetries)
        _ = try await catalog.client.tokens.current()
        let token = try #require(world.server.issuedTokens.first).value
        world.api.inject(
            .editing { response in
                response = HTTP.Response(
                    status: [200, 200, 404, 500, 302, 403][index],
                    fields: [
                        "Content-Type": "text/\(token)", "Location": "/?t=\(token)",
                        "WWW-Authenticate": "Bearer error=\"\(token)\"",
                    ],
                    body: Array((index == 1 ? #"{"id":{"\#(token)":1}}"# : token).utf8)
                )
            },
            times: nil
        )
        do {
            _ = try await catalog.getItem(id: "1")
            Issue.record("the call succeeded")
        } catch {
            let proof = try #require(world.api.requests.last?.request.fields[.dpop])
            Self.check(error, for: [token] + proof.split(separator: ".").dropFirst().map(String.init))
        }
    }

    @Test(
        "P59: the error about an invalid URL does not contain it, since it may contain a password",
        arguments: ["https://user:\(secret)@api.example.com", "\(secret)", "https://api.example.com/?key=\(secret)"]
    )
    func urls(url: String) async throws {
        let runtime = World().runtime
        let credentials = ClientCredentials.secret(id: "worker", SecretValue("x"))
        for client in [
            APIClient(server: url, runtime: runtime),
            APIClient(
                server: "https://api.example.com",
                authorization: .clientCredentials(credentials, OAuthConfiguration(issuer: url)),
                runtime: runtime
            ),
            APIClient(
                server: "https://api.example.com",
                authorization: .clientCredentials(credentials.tokenEndpoint(url)),
                runtime: runtime
            ),
        ] {
            let failure = try #require(await client.failure())
            Self.check(failure, for: [Self.secret])
            Self.check(failure.tokenError, for: [Self.secret])
            Self.check(client, for: [Self.secret])
        }
        do {
            _ = try await World().client().tokens.authorizationHeaders(method: .get, url: url)
        } catch {
            Self.check(error, for: [Self.secret])
        }
    }

    @Test("Secrets with equal values are equal")
    func equality() {
        #expect(SecretValue("a") == SecretValue("a"))
        #expect(SecretValue("a") != SecretValue("b"))
        #expect(SecretValue("a") != SecretValue("aa"))
        #expect(SecretValue.environment("A") == .environment("A"))
        #expect(SecretValue.environment("A") != SecretValue("A"))
    }
}
