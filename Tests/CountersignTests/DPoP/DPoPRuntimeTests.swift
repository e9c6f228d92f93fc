import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("DPoP through the runtime", .timeLimit(.minutes(15)))
struct DPoPRuntimeTests {
    @Test("P41, P43: every call has a proof of its own with the token's hash, and no token request has that hash")
    func proofs() async throws {
        for algorithm in DPoPAlgorithm.allCases {
            let world = World()
            let client = world.client(dpop: algorithm)
            for _ in 0..<20 { #expect(await client.outcome() == "200") }
            #expect(world.tokenRequests == 1)
            let tokenProof = try #require(world.server.requests(to: .token).first?.claims)
            #expect(tokenProof["ath"] == nil)
            #expect(tokenProof["htm"]?.text == "POST")
            #expect(tokenProof["htu"]?.text == world.server.url(of: .token))
            let proofs = world.api.requests.compactMap(\.claims)
            #expect(proofs.count == 20)
            let token = try #require(world.server.issuedTokens.first)
            let hash = Base64URL.encode(SHA2.sha256(Array(token.value.utf8)))
            #expect(proofs.allSatisfy { $0["ath"]?.text == hash })
            #expect(world.api.requests.allSatisfy { $0.request.fields[.authorization] == "DPoP \(token.value)" })
            let identifiers = Set((proofs + [tokenProof]).compactMap { $0["jti"]?.text })
            #expect(identifiers.count == 21)
            // 128 bits in base64url.
            #expect(identifiers.allSatisfy { $0.utf8.count == 22 })
            Promise.seen(43, "\(algorithm): ath in \(proofs.count) of \(proofs.count) calls, in 0 token requests")
        }
    }

    @Test("P42: htu is what the server received up to the query, byte for byte, over 2,000 paths")
    func uri() async throws {
        var generator = SeededGenerator(seed: 42)
        let world = World()
        let client = world.client(dpop: .es256)
        let pieces = [
            "/", "//", "a", "Z9", "%2F", "%2f", "%40", "@", ":", "..", ".", "~", "!$&'()*+,;=", "%C3%A4", "-_",
        ]
        var expected: [String] = []
        for _ in 0..<2000 {
            let path =
                "/" + (0..<Int.random(in: 0...8, using: &generator)).map { _ in pieces.random(&generator) }.joined()
            let query = ["", "?", "?a=1", "?a=?&b=%2F"].random(&generator)
            #expect(await client.outcome(.get, path + query) == "200")
            expected.append(path + query)
        }
        let requests = world.api.requests
        #expect(requests.map(\.request.url.target) == expected)
        for request in requests {
            let path = request.request.url.target.prefix { $0 != "?" }
            #expect(request.claims?["htu"]?.text == "https://api.example.com" + path)
        }
    }

    @Test(
        "P42: scheme and host of htu are in lower case, and the scheme's own port is dropped",
        arguments: [
            ("HTTPS://API.Example.COM:443/V1/", "https://api.example.com/V1/items"),
            ("https://api.example.com:8443", "https://api.example.com:8443/items"),
            ("https://[2001:DB8::1]:443", "https://[2001:db8::1]/items"),
            ("http://LocalHost:80/a%2Fb", "http://localhost/a%2Fb/items"),
        ]
    )
    func origins(server: String, htu: String) async throws {
        let origin = try HTTP.URL(server).origin.description
        let world = World(api: origin)
        let client = APIClient(
            server: server,
            authorization: .clientCredentials(World.credentials, issuer: world.server.issuer, dpop: .es256),
            runtime: world.runtime
        )
        #expect(await client.outcome() == "200")
        #expect(world.api.requests.first?.claims?["htu"]?.text == htu)
        #expect(world.api.requests.first?.request.url.string == htu)
    }

    @Test("P44: each server gets its own nonces, and none before it gave one")
    func noncesApart() async throws {
        // One origin, so that only the roles tell the servers apart.
        let world = World()
        world.server.configuration.nonces = .required
        world.api.configuration.nonces = .required
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        #expect(await client.options(.forceTokenRenewal).outcome() == "200")
        let atServer = world.server.requests(to: .token).map { $0.claims?["nonce"]?.text }
        let atAPI = world.api.requests.map { $0.claims?["nonce"]?.text }
        #expect(atServer.count == 3)
        #expect(atServer.first == .some(nil))
        #expect(atServer.dropFirst().allSatisfy { $0?.hasPrefix("as.") == true })
        #expect(atAPI.count == 3)
        #expect(atAPI.first == .some(nil))
        #expect(atAPI.dropFirst().allSatisfy { $0?.hasPrefix("rs.") == true })
        Promise.seen(44, "0 of \(atServer.count + atAPI.count) nonces mixed, none before one was given")
    }

    @Test("P44: an authorization server and an API at one origin keep their nonces apart")
    func noncesByRole() {
        let origins = DPoPOrigins()
        guard let origin = try? HTTP.Origin("https://one.example") else { return }
        let server = origins.origin(origin, as: .authorizationServer)
        server.learnNonce(from: ["DPoP-Nonce": "n"], request: 1)
        #expect(origins.origin(origin, as: .resourceServer).nextProof().nonce == nil)
        #expect(origins.origin(origin, as: .authorizationServer).nextProof().nonce == "n")
    }

    @Test(
        "P44: a nonce that is empty, too long, or of other characters than RFC 9449 allows is ignored; so are two",
        arguments: [
            (["good"], "good"), ([""], nil),
            ([String(repeating: "a", count: 1024)], String(repeating: "a", count: 1024)),
            ([String(repeating: "a", count: 1025)], nil), (["a b"], nil), (["a\"b"], nil), (["a\\b"], nil),
            (["ä"], nil),
            (["a", "b"], nil),
        ]
    )
    func hostileNonces(values: [String], kept: String?) {
        let origin = DPoPOrigin(tellsTime: true)
        var fields = HTTP.Fields()
        for value in values { fields.append(name: .dpopNonce, value: value) }
        #expect(origin.learnNonce(from: fields, request: 1) == kept)
        #expect(origin.nextProof().nonce == kept)
    }

    @Test("P44: what origins teach is kept for a hundred of them")
    func boundedOrigins() throws {
        let origins = DPoPOrigins()
        for number in 0..<1000 {
            let origin = try HTTP.Origin("https://h\(number).example")
            origins.origin(origin, as: .resourceServer).learnNonce(from: ["DPoP-Nonce": "n\(number)"], request: 1)
        }
        let known = try (0..<1000).filter { number in
            let origin = try HTTP.Origin("https://h\(number).example")
            return origins.origin(origin, as: .resourceServer).nextProof().nonce != nil
        }
        #expect(known.count <= 100)
        Promise.seen(44, "\(known.count) of 1,000 origins kept")
    }

    @Test("P45: an API that challenges without end gets two requests, and the token is not renewed")
    func endlessChallengeOfAPI() async throws {
        for nonce in ["n1", nil] {
            let world = World()
            let client = world.client(dpop: .es256)
            #expect(await client.outcome() == "200")
            var fields: HTTP.Fields = ["WWW-Authenticate": "dpop ERROR=\"use_dpop_nonce\""]
            if let nonce { fields.append(name: .dpopNonce, value: nonce) }
            world.api.inject(.status(401, fields: fields), times: nil)
            #expect(await client.outcome() == "401")
            #expect(world.api.count == (nonce == nil ? 2 : 3))
            #expect(world.tokenRequests == 1)
            if nonce != nil { Promise.seen(45, "an API: \(world.api.count - 1) sends") }
        }
    }

    @Test("P45: a token endpoint that challenges without end gets two requests, and the error says so")
    func endlessChallengeOfServer() async throws {
        for nonce in ["n1", nil] {
            let world = World()
            var fields: HTTP.Fields = [:]
            if let nonce { fields.append(name: .dpopNonce, value: nonce) }
            world.server.inject(.status(400, body: #"{"error":"use_dpop_nonce"}"#, fields: fields), times: nil)
            let failure = await world.client(dpop: .es256).failure()
            #expect(failure?.tokenError?.oauthError == "use_dpop_nonce")
            #expect(world.tokenRequests == (nonce == nil ? 1 : 2))
            #expect(world.api.count == 0)
            if nonce != nil { Promise.seen(45, "a token endpoint: \(world.tokenRequests) sends") }
        }
    }

    @Test("P45: a nonce challenge does not count as the refusal of the token that may follow it")
    func challengeThenRefusal() async throws {
        let world = World()
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        world.api.inject(.nonceChallenge)
        world.api.refuseTokensIssuedSoFar()
        #expect(await client.outcome() == "200")
        #expect(world.api.requests.map(\.status) == [200, 401, 401, 200])
        #expect(world.tokenRequests == 2)
    }

    @Test("P46: where every answer brings a new nonce, a thousand calls in a row are challenged once")
    func rotatingNonces() async throws {
        let world = World()
        world.api.configuration.nonces = .rotating(every: 1, acceptingPrevious: 0)
        let client = world.client(dpop: .es256)
        for _ in 0..<1000 { #expect(await client.outcome() == "200") }
        #expect(world.api.requests.filter { $0.error == "use_dpop_nonce" }.count == 1)
        #expect(world.api.count == 1001)
        Promise.seen(46, "\(world.api.count - 1000) challenge in 1,000 calls")
    }

    @Test("P46: a hundred calls that are under way when the nonce changes are sent once more each")
    func nonceChange() async throws {
        let world = World()
        world.api.configuration.nonces = .required
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        let before = world.api.count
        let gate = AsyncGate()
        world.api.inject(.held(by: gate), times: 100)
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { await client.outcome() } }
            await gate.waitForArrivals(100)
            world.api.rotateNonce()
            gate.open()
            for await outcome in group { #expect(outcome == "200") }
        }
        #expect(world.api.count - before == 200)
        Promise.seen(46, "\(world.api.count - before - 100) retries for 100 in parallel")
        #expect(world.tokenRequests == 1)
    }

    @Test("P46: the nonce of an older response never replaces one of a younger request")
    func olderNonce() {
        let origin = DPoPOrigin(tellsTime: true)
        let (first, second) = (origin.nextProof().request, origin.nextProof().request)
        origin.learnNonce(from: ["DPoP-Nonce": "younger"], request: second)
        origin.learnNonce(from: ["DPoP-Nonce": "older"], request: first)
        #expect(origin.nextProof().nonce == "younger")
    }

    @Test(
        "P48: with a clock 10 minutes off each server is asked twice, and no proof is refused after",
        arguments: [600, -600]
    )
    func clockOffset(seconds: Int) async throws {
        let world = World()
        world.server.configuration.proofWindow = .seconds(10)
        world.api.configuration.proofWindow = .seconds(10)
        world.clock.setWallClock(to: world.clock.unixTime() + .seconds(seconds))
        let client = world.client(dpop: .es256)
        for _ in 0..<100 { #expect(await client.outcome() == "200") }
        #expect(world.tokenRequests == 2)
        #expect(world.api.count == 101)
        let refused = world.api.requests.filter { $0.error == "invalid_dpop_proof" }.count
        #expect(refused == 1)
        Promise.seen(48, "\(seconds) s: \(refused) refusal, 0 in the 100 calls after")
    }

    @Test("P48: of calls under way together whose clock is wrong, each is asked once more, and none renews its token")
    func clockOffsetTogether() async throws {
        for isExplained in [true, false] {
            let world = World()
            world.api.configuration.proofWindow = .seconds(10)
            let client = world.client(dpop: .es256)
            #expect(await client.outcome() == "200")
            world.clock.setWallClock(to: world.clock.unixTime() + .seconds(600))
            let gate = AsyncGate()
            let answer = Fault.editing { if !isExplained { $0.fields.remove(.wwwAuthenticate) } }
            world.api.inject(answer.held(by: gate), times: 10)
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<10 { group.addTask { await client.outcome() } }
                await gate.waitForArrivals(10)
                gate.open()
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes == Array(repeating: "200", count: 10))
            #expect(world.api.count == 21)
            #expect(world.tokenRequests == 1)
        }
    }

    @Test("P48: a wrong clock and a demanded nonce are both put right in one call")
    func clockOffsetAndNonce() async throws {
        let world = World()
        world.server.configuration.proofWindow = .seconds(10)
        world.server.configuration.nonces = .required
        world.api.configuration.proofWindow = .seconds(10)
        world.api.configuration.nonces = .required
        world.clock.setWallClock(to: world.clock.unixTime() + .seconds(600))
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 3)
        #expect(world.api.count == 3)
    }

    @Test("P48: a server that sends a nonce with every refusal can teach its clock all the same")
    func clockOffsetWithNonces() async throws {
        let world = World()
        world.api.configuration.proofWindow = .seconds(10)
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        world.clock.setWallClock(to: world.clock.unixTime() + .seconds(600))
        world.api.inject(
            .editing { response in
                if response.status == 401 { response.fields.append(name: .dpopNonce, value: "n") }
            },
            times: nil
        )
        #expect(await client.outcome() == "200")
        #expect(world.api.count == 4)
    }

    @Test("P48: a started fake on this machine teaches its clock over http")
    func clockOffsetLoopback() async throws {
        let world = World(api: "http://localhost:8080")
        world.api.configuration.proofWindow = .seconds(10)
        world.clock.setWallClock(to: world.clock.unixTime() + .seconds(600))
        #expect(await world.client(dpop: .es256).outcome() == "200")
        #expect(world.api.count == 2)
    }

    @Test("P49: a request that a closed connection swallowed is sent once more, with a proof of its own")
    func closedConnection() async throws {
        let world = World()
        let client = world.client(dpop: .es256)
        world.server.inject(.lostResponse)
        world.api.inject(.transportError(.failing(.closed, processed: true)))
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 2)
        #expect(world.api.count == 2)
        let proofs = world.api.requests + world.server.requests(to: .token)
        #expect(Set(proofs.compactMap { $0.claims?["jti"]?.text }).count == 4)
    }

    @Test("P49: without retries, a connection that closes again, or a request that is not idempotent, is left at that")
    func closedAgain() async throws {
        let world = World()
        let client = world.client(dpop: .es256).options(.withoutRetries)
        #expect(await client.outcome() == "200")
        world.api.inject(.transportError(.failing(.closed, processed: true)), times: 3)
        #expect(await client.outcome() == "transport")
        #expect(world.api.count == 3)
        let failure = await client.failure(.post)
        #expect(failure?.kind == .transport)
        #expect(failure?.requestMayHaveBeenProcessed == true)
        #expect(world.api.count == 4)
    }

    @Test("P51: where DPoP was asked for, a Bearer token is an error and nothing is sent")
    func downgrade() async throws {
        let world = World()
        world.server.inject(.member("token_type", "Bearer"), times: nil)
        let failure = await world.client(dpop: .es256).failure()
        #expect(failure?.kind == .noToken)
        #expect(failure?.tokenError?.kind == .malformedResponse)
        #expect(world.api.count == 0)
        Promise.seen(51, "a Bearer token where DPoP was asked for: \(world.api.count) sent")
    }

    @Test("P51: where no DPoP was asked for, a DPoP token is an error and nothing is sent")
    func upgrade() async throws {
        let world = World()
        world.server.inject(.member("token_type", "DPoP"), times: nil)
        #expect(await world.client().failure()?.tokenError?.kind == .malformedResponse)
        #expect(world.api.count == 0)
    }

    @Test("P51: an algorithm that the server does not list is an error before a token is asked for")
    func algorithm() async throws {
        let world = World()
        world.server.configuration.metadata = ["dpop_signing_alg_values_supported": ["EdDSA"]]
        let failure = await world.discoveringClient(dpop: .es256).failure()
        #expect(failure?.kind == .invalidRequest)
        #expect(failure?.tokenError?.kind == .configuration)
        #expect(world.tokenRequests == 0)
        Promise.seen(51, "an algorithm that is not listed: \(world.tokenRequests) token requests")
        #expect(await world.discoveringClient(dpop: .edDSA).outcome() == "200")
    }
}

extension RecordedRequest {
    /// The claims of the request's proof.
    fileprivate var claims: [String: JSONValue]? {
        guard let proof = request.fields[.dpop] else { return nil }
        let parts = proof.split(separator: ".")
        guard parts.count == 3, let bytes = Base64URL.decode(String(parts[1])),
            let document = try? JSONDocument(parsing: bytes),
            case .object(let claims) = try? JSONValue(json: document.root)
        else { return nil }
        return claims
    }
}

extension JSONValue {
    fileprivate var text: String? {
        if case .string(let text) = self { text } else { nil }
    }
}

extension [String] {
    fileprivate func random(_ generator: inout SeededGenerator) -> String {
        randomElement(using: &generator) ?? ""
    }
}
