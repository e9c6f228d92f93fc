import Countersign
@testable import CountersignOIDC
import TestSupport
import Testing

@Suite("Sessions with DPoP, at glewlwyd with required nonces", .liveServers)
struct BoundSessionTests {
    private let servers: LiveServers
    private let transport = RecordingTransport()
    private let store = MemoryTokenStore()
    private let runtime: CountersignRuntime
    private let key: DPoPKey

    init() throws {
        servers = try LiveServers.load()
        runtime = CountersignRuntime(transport: transport)
        key = try DPoPKey.generate()
    }

    private func client(
        _ key: DPoPKey,
        at issuer: String = "nonce",
        pushed: SignInConfiguration.PushedAuthorizationRequests = .never
    ) throws -> OIDCClient {
        servers.client(try servers.secret("bound-user", at: issuer).dpopKey(key), runtime: runtime) {
            $0.dpop = key.algorithm
            // glewlwyd rejects pushed requests whose proof has no nonce, without sending one.
            $0.pushedAuthorizationRequests = pushed
        }
    }

    @Test("The code remains valid after the nonce challenge, and three refreshes need no other challenge")
    func rotation() async throws {
        let session = try await client(key).session(with: servers.browser(), in: store)
        #expect(transport.statuses(at: "/token") == [400, 200])
        #expect(Set(transport.exchanges(at: "/token").map { $0.form["code"] }).count == 1)
        for _ in 0..<3 {
            let token = try await session.accessToken(forceRenewal: true)
            #expect(token.type == .dpop)
            #expect(try claims(ofToken: token.value)["cnf"] == .object(["jkt": .string(key.thumbprint)]))
        }
        #expect(transport.statuses(at: "/token") == [400, 200, 200, 200, 200])
        let proofs = try transport.exchanges(at: "/token").compactMap { try $0.proof }
        #expect(Set(proofs.compactMap { $0["jti"] }).count == 5)
        #expect(proofs.dropFirst().allSatisfy { $0["nonce"] != nil })
    }

    @Test("Calls of a generated client carry proofs, and after one nonce challenge are resent with the same token")
    func calls() async throws {
        let session = try await client(key).session(with: servers.browser(), in: store)
        let api = ProfileAPI(user: session, server: servers.issuer("nonce"), runtime: runtime)
        for _ in 0..<6 { #expect(try await api.userInfo().sub == session.subject) }
        #expect(transport.statuses(at: "/userinfo") == [401, 200, 200, 200, 200, 200, 200])
        #expect(Set(transport.exchanges(at: "/userinfo").map { $0.request.fields[.authorization] }).count == 1)
        let greetings = UserGreetingAPI(user: session, server: servers.api, runtime: runtime)
        #expect(try await greetings.greetWithProof().place == "dpop")
    }

    @Test("The refresh token is bound too: with another key it is rejected, and the session continues")
    func otherKey() async throws {
        let session = try await client(key).session(with: servers.browser(), in: store)
        let refreshToken = SecretValue(try #require(session.core.record.refreshToken))
        let thief = try client(DPoPKey.generate())
        let theft = await #expect(throws: SignInError.self) { try await thief.refresh(refreshToken) }
        #expect(theft?.tokenError?.kind == .rejected)
        #expect(theft?.oauthError == "invalid_dpop_proof")
        _ = try await session.accessToken(forceRenewal: true)
        #expect(session.state == .active)
    }

    @Test("P50: a session makes no request with another key or without its key")
    func keyIsMissing() async throws {
        _ = try await client(key).session(with: servers.browser(), in: store)
        let requests = transport.exchanges(at: "").count
        let keyless = servers.client(try servers.secret("bound-user", at: "nonce"), runtime: runtime)
        for client in [try client(DPoPKey.generate()), keyless] {
            let failure = await #expect(throws: TokenError.self) { try await client.session(id: "session", in: store) }
            #expect(failure?.kind == .configuration)
        }
        #expect(transport.exchanges(at: "").count == requests)
    }

    @Test("A pushed request has a proof with the key, if the server requires both")
    func pushed() async throws {
        let result = try await client(key, at: "par", pushed: .whenOffered).signIn(with: servers.browser())
        #expect(result.claims.name == "Alice")
        let pushed = try #require(transport.exchanges(at: "/par/par").first)
        #expect(pushed.form["dpop_jkt"] == key.thumbprint)
        #expect(try pushed.proof?["htu"] == .string(servers.issuer("par") + "/par"))
    }
}
