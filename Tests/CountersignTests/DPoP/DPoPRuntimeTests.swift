import CountersignTesting
import Foundation
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("DPoP through the runtime", .timeLimit(.minutes(15)))
struct DPoPRuntimeTests {
    @Test("P41, P43: every call has its own proof with the hash of its token; a token request has a proof without one")
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

    @Test("P42: htu equals the received URL without its query, byte for byte, for 2,000 paths")
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
        "P42: htu has its scheme and host in lower case, and no default port",
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
            authorization: .clientCredentials(
                World.credentials,
                OAuthConfiguration(issuer: world.server.issuer, dpop: .es256)
            ),
            runtime: world.runtime
        )
        #expect(await client.outcome() == "200")
        #expect(world.api.requests.first?.claims?["htu"]?.text == htu)
        #expect(world.api.requests.first?.request.url.string == htu)
    }

    @Test("P44: each server receives only its own nonces, and none before it has sent one")
    func noncesApart() async throws {
        // One origin, so that only their roles distinguish the servers.
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
        Promise.seen(44, "0 of \(atServer.count + atAPI.count) nonces sent to another server")
    }

    @Test("P44: an authorization server and an API at the same origin have separate nonces")
    func noncesByRole() {
        let origins = DPoPNonceStore()
        guard let origin = try? HTTP.Origin("https://one.example") else { return }
        let server = origins.server(at: origin, as: .authorizationServer)
        server.updateNonce(from: ["DPoP-Nonce": "n"], request: 1)
        #expect(origins.server(at: origin, as: .resourceServer).nextRequest().nonce == nil)
        #expect(origins.server(at: origin, as: .authorizationServer).nextRequest().nonce == "n")
    }

    @Test(
        "P44, P69: an invalid nonce is ignored, and so are two different ones; one that is sent twice is used",
        arguments: [
            (["good"], "good"), ([""], nil),
            ([String(repeating: "a", count: 1024)], String(repeating: "a", count: 1024)),
            ([String(repeating: "a", count: 1025)], nil), (["a b"], nil), (["a\"b"], nil), (["a\\b"], nil),
            (["ä"], nil),
            (["a", "b"], nil), (["a", "a"], "a"), (["a", "a", "a"], "a"), (["a", "a", "b"], nil), (["a", ""], nil),
            (["a", "A"], nil), (["", ""], nil),
        ]
    )
    func hostileNonces(values: [String], kept: String?) {
        let origin = DPoPServerState(trustsDate: true)
        var fields = HTTP.Fields()
        for value in values { fields.append(name: .dpopNonce, value: value) }
        #expect(origin.updateNonce(from: fields, request: 1) == kept)
        #expect(origin.nextRequest().nonce == kept)
    }

    @Test("P44: the nonce store keeps the state of a hundred servers")
    func boundedOrigins() throws {
        let origins = DPoPNonceStore()
        for number in 0..<1000 {
            let origin = try HTTP.Origin("https://h\(number).example")
            origins.server(at: origin, as: .resourceServer).updateNonce(from: ["DPoP-Nonce": "n\(number)"], request: 1)
        }
        let known = try (0..<1000).filter { number in
            let origin = try HTTP.Origin("https://h\(number).example")
            return origins.server(at: origin, as: .resourceServer).nextRequest().nonce != nil
        }
        #expect(known.count <= 100)
        Promise.seen(44, "\(known.count) of 1,000 servers kept")
    }

    @Test("P45: an API that always sends a nonce challenge receives two requests, and the token is not renewed")
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

    @Test("P45: a token endpoint that always sends a nonce challenge receives two requests, and the error names it")
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

    @Test(
        "P69: an API's demand for a nonce costs one resend and no token, whatever its status and form",
        arguments: [
            ("400, body", 400, "", #"{"error":"use_dpop_nonce"}"#, ["n1"]),
            ("400, challenge", 400, "DPoP error=\"use_dpop_nonce\"", "", ["n1"]),
            ("401, body", 401, "", #"{"error":"use_dpop_nonce"}"#, ["n1"]),
            ("400, proof rejected", 400, "", #"{"error":"invalid_dpop_proof"}"#, ["n1"]),
            ("401, proof rejected", 401, "DPoP error=\"invalid_dpop_proof\"", "", ["n1"]),
            ("401, one nonce in two fields", 401, "DPoP error=\"use_dpop_nonce\"", "", ["n1", "n1"]),
        ]
    )
    func nonceChallenges(_: String, status: Int, challenge: String, body: String, nonces: [String]) async throws {
        let world = World()
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        var fields = HTTP.Fields()
        if !challenge.isEmpty { fields.append(name: .wwwAuthenticate, value: challenge) }
        for nonce in nonces { fields.append(name: .dpopNonce, value: nonce) }
        world.api.inject(.status(HTTP.Status(rawValue: status), body: body, fields: fields))
        // Also for a method that is not idempotent: the API has rejected the request.
        #expect(await client.outcome(.post) == "200")
        #expect(world.api.requests.last?.claims?["nonce"]?.text == "n1")
        #expect(world.api.count == 3)
        #expect(world.tokenRequests == 1)
        Promise.seen(69, "a nonce with 400 or 401, in a challenge or a body, once or twice: 1 resend, 0 token requests")
    }

    @Test("P69: a rejected proof is not sent again with the nonce that it had", arguments: [400, 401])
    func knownNonce(status: Int) async {
        let world = World()
        let client = world.client(dpop: .es256)
        let rejection = Fault.status(
            HTTP.Status(rawValue: status),
            fields: ["WWW-Authenticate": "DPoP error=\"invalid_dpop_proof\"", "DPoP-Nonce": "n1"]
        )
        world.api.inject(rejection, times: nil)
        #expect(await client.outcome() == "\(status)")
        #expect(world.api.count == 2)
        #expect(await client.outcome() == "\(status)")
        #expect(world.api.count == 3)
        #expect(world.tokenRequests == 1)
    }

    @Test("P69: a token endpoint that rejects a proof and sends a new nonce gets another proof, once")
    func proofRejectedByServer() async {
        let world = World()
        let rejection = Fault.status(400, body: #"{"error":"invalid_dpop_proof"}"#, fields: ["DPoP-Nonce": "n1"])
        world.server.inject(rejection)
        #expect(await world.client(dpop: .es256).outcome() == "200")
        #expect(world.server.requests(to: .token).map { $0.claims?["nonce"]?.text } == [nil, "n1"])

        let other = World()
        other.server.inject(rejection, times: nil)
        #expect(await other.client(dpop: .es256).failure()?.tokenError?.oauthError == "invalid_dpop_proof")
        #expect(other.tokenRequests == 2)
    }

    @Test("P45: after a nonce challenge, a rejected token is still renewed")
    func challengeThenRejection() async throws {
        let world = World()
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        world.api.inject(.nonceChallenge)
        world.api.rejectIssuedTokens()
        #expect(await client.outcome() == "200")
        #expect(world.api.requests.map(\.status) == [200, 401, 401, 200])
        #expect(world.tokenRequests == 2)
    }

    @Test("P46: if every response has a new nonce, a thousand calls in a row cause one challenge")
    func rotatingNonces() async throws {
        let world = World()
        world.api.configuration.nonces = .rotating(every: 1, acceptingPrevious: 0)
        let client = world.client(dpop: .es256)
        for _ in 0..<1000 { #expect(await client.outcome() == "200") }
        #expect(world.api.requests.filter { $0.error == "use_dpop_nonce" }.count == 1)
        #expect(world.api.count == 1001)
        Promise.seen(46, "\(world.api.count - 1000) challenge in 1,000 calls")
    }

    @Test("P46: a hundred concurrent calls are resent once each when the nonce changes")
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
        Promise.seen(46, "\(world.api.count - before - 100) resends for 100 in parallel")
        #expect(world.tokenRequests == 1)
    }

    @Test("P46: the nonce of an older request never replaces the nonce of a newer one")
    func olderNonce() {
        let origin = DPoPServerState(trustsDate: true)
        let (first, second) = (origin.nextRequest().request, origin.nextRequest().request)
        origin.updateNonce(from: ["DPoP-Nonce": "newer"], request: second)
        origin.updateNonce(from: ["DPoP-Nonce": "older"], request: first)
        #expect(origin.nextRequest().nonce == "newer")
    }

    @Test(
        "P48: with a clock that is 10 minutes wrong, each server rejects one proof",
        arguments: [600, -600]
    )
    func clockOffset(seconds: Int) async throws {
        let world = World()
        world.server.configuration.proofWindow = .seconds(10)
        world.api.configuration.proofWindow = .seconds(10)
        world.clock.setWallClock(to: world.clock.date() + Double(seconds))
        let client = world.client(dpop: .es256)
        for _ in 0..<100 { #expect(await client.outcome() == "200") }
        #expect(world.tokenRequests == 2)
        #expect(world.api.count == 101)
        let rejected = world.api.requests.filter { $0.error == "invalid_dpop_proof" }.count
        #expect(rejected == 1)
        Promise.seen(48, "\(seconds) s: \(rejected) rejection, 0 in the 100 calls after")
    }

    @Test("P48: concurrent calls with a wrong clock are resent once each, and none renews its token")
    func clockOffsetTogether() async throws {
        for isExplained in [true, false] {
            let world = World()
            world.api.configuration.proofWindow = .seconds(10)
            let client = world.client(dpop: .es256)
            #expect(await client.outcome() == "200")
            world.clock.setWallClock(to: world.clock.date() + 600)
            let gate = AsyncGate()
            let response = Fault.editing { if !isExplained { $0.fields.remove(.wwwAuthenticate) } }
            world.api.inject(response.held(by: gate), times: 10)
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

    @Test("P48: one call recovers from both a wrong clock and a nonce challenge")
    func clockOffsetAndNonce() async throws {
        let world = World()
        world.server.configuration.proofWindow = .seconds(10)
        world.server.configuration.nonces = .required
        world.api.configuration.proofWindow = .seconds(10)
        world.api.configuration.nonces = .required
        world.clock.setWallClock(to: world.clock.date() + 600)
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 3)
        #expect(world.api.count == 3)
    }

    @Test("P48: the clock offset is also updated if the server sends a nonce with every rejection")
    func clockOffsetWithNonces() async throws {
        let world = World()
        world.api.configuration.proofWindow = .seconds(10)
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        world.clock.setWallClock(to: world.clock.date() + 600)
        world.api.inject(
            .editing { response in
                if response.status == 401 { response.fields.append(name: .dpopNonce, value: "n") }
            },
            times: nil
        )
        #expect(await client.outcome() == "200")
        #expect(world.api.count == 4)
    }

    @Test("P48: the clock offset of a fake server on loopback is updated without TLS")
    func clockOffsetLoopback() async throws {
        let world = World(api: "http://localhost:8080")
        world.api.configuration.proofWindow = .seconds(10)
        world.clock.setWallClock(to: world.clock.date() + 600)
        #expect(await world.client(dpop: .es256).outcome() == "200")
        #expect(world.api.count == 2)
    }

    @Test("P49: a request that was lost with a closed connection is resent once, with a new proof")
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

    @Test("P49: without retries, a second closed connection and a non-idempotent request fail the call")
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

    @Test("P51: a Bearer token in response to a request for a DPoP token is an error, and nothing is sent")
    func downgrade() async throws {
        let world = World()
        world.server.inject(.member("token_type", "Bearer"), times: nil)
        let failure = await world.client(dpop: .es256).failure()
        #expect(failure?.kind == .noToken)
        #expect(failure?.tokenError?.kind == .wrongTokenType)
        #expect(failure?.tokenError?.isTransient == false)
        #expect(world.api.count == 0)
        Promise.seen(51, "a Bearer token where DPoP was requested: \(world.api.count) sent")
    }

    @Test("P51: a DPoP token in response to a request for a Bearer token is an error, and nothing is sent")
    func upgrade() async throws {
        let world = World()
        world.server.inject(.member("token_type", "DPoP"), times: nil)
        #expect(await world.client().failure()?.tokenError?.kind == .wrongTokenType)
        #expect(world.api.count == 0)
    }

    @Test("P51: an algorithm that the server does not support is an error before a token request")
    func algorithm() async throws {
        let world = World()
        world.server.configuration.metadata = ["dpop_signing_alg_values_supported": ["EdDSA"]]
        let failure = await world.discoveringClient(dpop: .es256).failure()
        #expect(failure?.kind == .invalidRequest)
        #expect(failure?.tokenError?.kind == .configuration)
        #expect(world.tokenRequests == 0)
        Promise.seen(51, "an unsupported algorithm: \(world.tokenRequests) token requests")
        #expect(await world.discoveringClient(dpop: .edDSA).outcome() == "200")
    }

    @Test("The error of a server without DPoP says what to remove from the schema")
    func serverWithoutDPoP() async throws {
        let world = World()
        world.server.inject(.member("token_type", "Bearer"), times: nil)
        let message = try #require(await world.client(dpop: .es256).failure()?.tokenError?.message)
        #expect(message.hasSuffix("; remove 'dpop' from the schema if the server does not support it"))
    }
}

extension RecordedRequest {
    /// The claims of the proof of the request.
    fileprivate var claims: JSONValue.Members? {
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
