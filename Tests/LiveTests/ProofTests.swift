import Countersign
import TestSupport
import Testing

@Suite("DPoP at glewlwyd and Apache", .liveServers)
struct ProofTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()

    init() throws {
        servers = try LiveServers.load()
    }

    private let hello = BoundGreetingAPI.Greeting(place: "dpop", text: "hello")

    private func api(_ bySecret: ClientCredentials, byKey: ClientCredentials? = nil) throws -> BoundGreetingAPI {
        BoundGreetingAPI(
            bySecret: bySecret,
            byKey: try byKey ?? servers.privateKey("key"),
            server: servers.api,
            runtime: CountersignRuntime(transport: transport)
        )
    }

    @Test("A token is bound to the given key, and every call has a new proof")
    func bound() async throws {
        let key = try DPoPKey.generate()
        let api = try api(servers.secret("bound").dpopKey(key))
        for _ in 0..<5 { #expect(try await api.greet() == hello) }

        let token = try await api.tokens.current()
        #expect(token.type == .dpop)
        #expect(try claims(ofToken: token.value)["cnf"] == .object(["jkt": .string(key.thumbprint)]))
        let tokenProof = try #require(try transport.exchanges(at: "/token").first?.proof)
        #expect(tokenProof["htm"] == "POST")
        #expect(tokenProof["ath"] == nil)
        #expect(transport.statuses(at: "/dpop/greeting.json") == [200, 200, 200, 200, 200])
        let proofs = try transport.exchanges(at: "/dpop/greeting.json").compactMap { try $0.proof }
        #expect(proofs.allSatisfy { $0["htu"] == .string(servers.api + "/dpop/greeting.json") })
        #expect(Set(proofs.compactMap { $0["jti"] }).count == 5)
        #expect(Set(proofs.compactMap { $0["ath"] }).count == 1)
    }

    @Test("Tokens of a client without a key are bound to the key of its runtime, and runtimes have different keys")
    func runtimeKey() async throws {
        var bindings: Set<JSONValue> = []
        for _ in 0..<2 {
            let api = try api(servers.secret("bound"))
            #expect(try await api.greet() == hello)
            let token = try await api.tokens.current()
            bindings.insert(try #require(try claims(ofToken: token.value)["cnf"]))
        }
        #expect(bindings.count == 2)
    }

    @Test("A token request can use private_key_jwt and DPoP")
    func privateKey() async throws {
        let api = try api(servers.secret("bound"), byKey: servers.privateKey("key"))
        #expect(try await api.greetByKey() == hello)
        #expect(transport.statuses(at: "/token") == [200])
    }

    @Test("A token endpoint that requires nonces sends one challenge, and later requests have its newest nonce")
    func nonceAtTokenEndpoint() async throws {
        let api = try api(servers.secret("nonce", at: "nonce"))
        #expect(try await api.greet() == hello)
        #expect(transport.statuses(at: "/token") == [400, 200])
        let exchanges = transport.exchanges(at: "/token")
        #expect(try exchanges[0].proof?["nonce"] == nil)
        #expect(try exchanges[1].proof?["nonce"] == exchanges[0].fields[.dpopNonce].map { .string($0) })

        for _ in 0..<10 { _ = try await api.options(.forceTokenRenewal).tokens.current() }
        let nonces = try transport.exchanges(at: "/token").compactMap { try $0.proof?["nonce"] }
        #expect(transport.statuses(at: "/token") == [400] + Array(repeating: 200, count: 11))
        #expect(Set(nonces).count > 1, "the server must change its nonce")
    }

    @Test("After a nonce challenge, the request has a new client assertion")
    func nonceWithAssertion() async throws {
        let api = try api(servers.secret("bound"), byKey: servers.privateKey("nonce-key", at: "nonce"))
        #expect(try await api.greetByKey() == hello)
        #expect(transport.statuses(at: "/token") == [400, 200])
        let assertions = transport.exchanges(at: "/token").compactMap { $0.form["client_assertion"] }
        #expect(try Set(assertions.map { try claims(ofToken: $0)["jti"] }).count == 2)
    }

    @Test("An API that requires nonces sends one challenge, and later calls use the same token with its newest nonce")
    func nonceAtAPI() async throws {
        let user = SignedInUser(
            of: servers,
            at: servers.authorizationServer,
            issuer: "nonce",
            clientID: "user",
            key: try DPoPKey.generate()
        )
        let api = UserInfoAPI(
            token: user,
            server: servers.issuer("nonce"),
            runtime: CountersignRuntime(transport: transport)
        )
        let subject = try await api.userInfo().sub
        #expect(transport.statuses(at: "/userinfo") == [401, 200])
        for _ in 0..<10 { #expect(try await api.userInfo().sub == subject) }

        let exchanges = transport.exchanges(at: "/userinfo")
        #expect(exchanges.map(\.status) == [401] + Array(repeating: 200, count: 11))
        #expect(try exchanges[0].proof?["nonce"] == nil)
        #expect(try exchanges[1].proof?["nonce"] == exchanges[0].fields[.dpopNonce].map { .string($0) })
        #expect(Set(exchanges.map { $0.request.fields[.authorization] }).count == 1)
        #expect(try Set(exchanges.compactMap { try $0.proof?["nonce"] }).count > 1)
        #expect(await user.signIns == 1)
    }

    @Test("Another HTTP client can send a request with the authorization headers")
    func otherClient() async throws {
        let api = try api(servers.secret("bound"))
        let url = servers.api + "/dpop/greeting.json"
        let fields = try await api.tokens.authorizationHeaders(method: .get, url: url)
        let response = try await CurlTransport.shared.send(
            HTTP.Request(method: .get, url: HTTP.URL(url), fields: fields)
        )
        #expect(response.status == 200)
    }
}
