import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("401 responses", .timeLimit(.minutes(15)))
struct RejectedTokenTests {
    @Test("P26: a token that the API rejects is renewed once, and the call is resent once")
    func renewal() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.api.rejectIssuedTokens()
        #expect(await client.outcome(.post) == "200")
        #expect(world.tokenRequests == 2)
        #expect(world.api.requests.map(\.status) == [200, 401, 200])
    }

    @Test("P26: after a second 401, one token request and two sends, the caller gets the 401")
    func secondRejection() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.api.inject(.status(401, fields: ["WWW-Authenticate": "Bearer error=\"invalid_token\""]), times: nil)
        #expect(await client.outcome() == "401")
        #expect(world.tokenRequests == 2)
        #expect(world.api.count == 3)
        Promise.seen(26, "\(world.api.count - 1) API requests, \(world.tokenRequests - 1) token request")
    }

    @Test("P26: if the renewal fails, the call fails with the 401 and the token error")
    func failedRenewal() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.api.rejectIssuedTokens()
        world.server.inject(.status(503))
        let failure = await client.failure()
        #expect(failure?.kind == .unexpectedStatus)
        #expect(failure?.status == 401)
        #expect(failure?.tokenError?.kind == .serverError)
    }

    @Test("P27: a hundred concurrent 401s for one token cause one renewal")
    func concurrentRejections() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        let gate = AsyncGate()
        world.api.inject(.held(by: gate), times: 100)
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<100 { group.addTask { await client.outcome() } }
            await gate.waitForArrivals(100)
            world.api.rejectIssuedTokens()
            gate.open()
            for await outcome in group { #expect(outcome == "200") }
        }
        #expect(world.tokenRequests == 2)
        #expect(world.api.requests.filter { $0.status == 401 }.count == 100)
        #expect(world.api.count == 201)
        Promise.seen(27, "100 concurrent 401s: \(world.tokenRequests - 1) renewal")
    }

    @Test("P27: after a late 401 for a token that was already renewed, the call is resent with the newer token")
    func lateRejection() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        let gate = AsyncGate()
        world.api.inject(.held(by: gate))
        async let late = client.outcome()
        await gate.waitForArrivals(1)
        world.api.rejectIssuedTokens()
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 2)
        gate.open()
        #expect(await late == "200")
        #expect(world.tokenRequests == 2)
        Promise.seen(27, "a late 401: \(world.tokenRequests - 2) renewals")
    }

    @Test(
        "P28: only responses that reject the token renew it",
        arguments: [
            (401, "Bearer error=\"invalid_token\"", 1), (401, "Bearer realm=\"x\"", 1), (401, nil, 1),
            (401, "DPoP error=\"invalid_token\"", 1), (401, "Basic realm=\"x\"", 0), (401, "Negotiate", 0),
            (401, "Bearer error=\"insufficient_scope\"", 0),
            (401, "Bearer error=\"insufficient_user_authentication\", acr_values=\"a\"", 0),
            (401, "DPoP error=\"invalid_dpop_proof\"", 0), (401, "DPoP error=\"use_dpop_nonce\"", 0),
            (403, "Bearer error=\"insufficient_scope\"", 0), (403, "Bearer error=\"invalid_token\"", 0),
            (400, "Bearer error=\"invalid_request\"", 0),
        ]
    )
    func rows(status: Int, challenge: String?, renewals: Int) async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        let fields: HTTP.Fields = challenge.map { ["WWW-Authenticate": $0] } ?? [:]
        world.api.inject(.status(HTTP.Status(rawValue: status), fields: fields))
        #expect(await client.outcome() == (renewals > 0 ? "200" : "\(status)"))
        #expect(world.tokenRequests == 1 + renewals)
        if renewals == 0 { Promise.seen(28, "\(world.tokenRequests - 1) for each such response") }
        #expect(world.api.count == 2 + renewals)
    }

    @Test(
        "P28: if the API requires step-up authentication, the call fails with its requirements, and nothing is renewed",
        arguments: [
            ("acr_values=\"urn:gold urn:silver\", max_age=\"300\"", ["urn:gold", "urn:silver"], Duration.seconds(300)),
            ("max_age=5", [], .seconds(5)), ("max_age=\"-5\"", [], nil), ("max_age=\"9999999999999999999\"", [], nil),
            ("acr_values=\"  a \", max_age=\"\"", ["a"], nil), ("realm=x", [], nil),
        ]
    )
    func stepUp(parameters: String, acrValues: [String], maxAge: Duration?) async throws {
        for (scheme, body, kind) in [
            ("Bearer", "", CallErrorKind.insufficientUserAuthentication), ("DPoP", #"{"reason":"old"}"#, .problem),
        ] {
            let world = World()
            let catalog = CatalogAPI(world)
            let field = "Basic realm=x, \(scheme) error=\"insufficient_user_authentication\", " + parameters
            world.api.inject(.status(401, body: body, fields: ["WWW-Authenticate": field]), times: nil)
            do {
                _ = try await catalog.getItem(id: "it_1")
                Issue.record("a rejection counted as a success")
            } catch {
                #expect(error.kind == kind)
                #expect(error.stepUpChallenge?.acrValues == acrValues)
                #expect(error.stepUpChallenge?.maxAge == maxAge)
            }
            #expect(world.tokenRequests == 1)
            #expect(world.api.count == 1)
            Promise.seen(
                28,
                "\(world.tokenRequests - 1), and acr_values and max_age in a typed error, for a step-up challenge"
            )
        }
    }

    @Test("P28: only a 401 about a token is a step-up challenge")
    func noStepUp() {
        let field = "Bearer error=\"insufficient_user_authentication\""
        for (status, field) in [
            (403, field), (401, "Basic error=\"insufficient_user_authentication\""), (401, "Bearer"),
        ] {
            let response = HTTP.Response(status: HTTP.Status(rawValue: status), fields: ["WWW-Authenticate": field])
            #expect(StepUpChallenge(response) == nil)
        }
    }

    @Test("P28: a 401 without a challenge renews nothing if renewsOnUnchallenged401 is false")
    func unchallenged() async throws {
        let world = World(configure: { $0.renewsOnUnchallenged401 = false })
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.api.inject(.status(401))
        #expect(await client.outcome() == "401")
        #expect(world.tokenRequests == 1)
    }

    @Test(
        "P29: an API that always responds with 401 causes five renewals in 30 s; then calls fail at once until the window ends"
    )
    func storm() async throws {
        let world = World()
        let client = world.client()
        world.api.inject(.status(401), times: nil)
        for _ in 0..<29 {
            _ = await client.outcome()
            world.clock.advance(by: .seconds(1))
        }
        #expect(world.tokenRequests == 6)
        let failure = await client.failure()
        #expect(failure?.status == 401)
        #expect(failure?.tokenError?.kind == .tooManyRejections)
        #expect(world.tokenRequests == 6)
        world.api.clearFaults()
        #expect(await client.outcome() == "200")
        world.api.rejectIssuedTokens()
        world.clock.advance(by: .seconds(30))
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 7)
    }

    @Test("P31: a 401 of the token endpoint causes no further token request")
    func recursion() async throws {
        let world = World()
        let client = world.client()
        #expect(await client.outcome() == "200")
        world.api.rejectIssuedTokens()
        world.server.inject(
            .status(401, body: "{}", fields: ["WWW-Authenticate": "Bearer error=\"invalid_token\""]),
            times: nil
        )
        #expect(await client.failure()?.tokenError?.status == 401)
        #expect(world.tokenRequests == 2)
        Promise.seen(31, "\(world.tokenRequests - 1) token request, which failed with 401")
    }
}
