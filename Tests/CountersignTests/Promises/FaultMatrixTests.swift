import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) @testable @_spi(Generated) import Countersign

@Suite("Matrix of faults", .timeLimit(.minutes(15)))
struct FaultMatrixTests {
    private static let statuses = [400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504, 302, 204, 418]
    private static let faults: [Fault] =
        statuses.map { .status(HTTP.Status(rawValue: $0)) }
        + [
            .status(200, body: "<html>please log in</html>"), .status(200, body: #"{"error":"invalid_grant"}"#),
            .oauthError("invalid_client", status: 401), .oauthError("invalid_grant"), .oauthError("server_error"),
            .malformedBody, .lostResponse, .withoutMember("access_token"), .member("access_token", "a\r\nb"),
            .member("token_type", "mac"), .member("token_type", "DPoP"), .member("access_token", ""),
        ]
        + [.timedOut, .nameResolution, .connect, .tls, .closed, .tooLarge, .other].map { reason in
            .transportError(.failing(reason))
        }

    @Test(
        "P22, P23: no fault of the token endpoint invalidates a valid token, and tokens are renewed again after the fault ends"
    )
    func matrix() async throws {
        #expect(Self.faults.count >= 20)
        var (lost, stuck) = (0, 0)
        for fault in Self.faults {
            let world = World()
            let client = world.client()
            #expect(await client.outcome() == "200")
            world.server.inject(fault, times: nil)
            world.clock.advance(by: .seconds(3600 - 1210))
            for _ in 0..<20 {
                if await client.outcome() != "200" { lost += 1 }
                await client.settle()
                world.clock.advance(by: .seconds(20))
            }
            #expect(world.tokenRequests > 1)
            let before = world.server.issuedTokens.count
            world.server.clearFaults()
            world.clock.advance(by: .seconds(60))
            if await client.outcome() != "200" { lost += 1 }
            await client.settle()
            if world.server.issuedTokens.count == before { stuck += 1 }
        }
        #expect(lost == 0)
        #expect(stuck == 0)
        let (calls, faults) = (Self.faults.count * 21, Self.faults.count)
        Promise.seen(22, "\(lost) of \(calls) calls failed in \(faults) faults, \(stuck) blocked later renewals")
    }

    @Test("P30: a body of bytes is resent completely, for a nonce and for a new token")
    func resentBody() async throws {
        let world = World()
        world.api.configuration.nonces = .required
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        let body = Array(repeating: [UInt8](0...255), count: 1000).flatMap { $0 }
        for error in ["use_dpop_nonce", "invalid_token"] {
            if error == "invalid_token" { world.api.rejectIssuedTokens() } else { world.api.rotateNonce() }
            let before = world.api.count
            #expect(try await client.send(.post, "/items", body: .bytes(body)).status == 200)
            let requests = world.api.requests[before...]
            #expect(requests.map(\.error) == [error, nil])
            #expect(requests.allSatisfy { $0.request.body?.bytes == body })
        }
    }

    @Test(
        "P30: a body that can be sent once is not resent: the caller gets the 401, and the next call uses a new token"
    )
    func oneTimeBody() async throws {
        let world = World()
        world.api.configuration.nonces = .required
        let client = world.client(dpop: .es256)
        #expect(await client.outcome() == "200")
        let body = HTTP.Body.once(Array("once".utf8))
        world.api.rejectIssuedTokens()
        let before = world.api.count
        #expect(try await client.send(.put, "/items", body: body).status == 401)
        #expect(world.api.count == before + 1)
        Promise.seen(30, "\(world.api.count - before) send of a body that can be sent once, for a rejected token")
        #expect(await client.outcome() == "200")
        #expect(world.tokenRequests == 2)
        // It is not resent for a nonce either, nor retried after a transient failure.
        world.api.rotateNonce()
        #expect(try await client.send(.put, "/items", body: body).status == 401)
        world.api.inject(.status(503))
        #expect(try await client.send(.put, "/items", body: body).status == 503)
        world.api.inject(.transportError(.failing(.closed)))
        await #expect(throws: CallError<Never>.self) { try await client.send(.put, "/items", body: body) }
        #expect(world.api.count == before + 5)
        #expect(world.tokenRequests == 2)
    }

    @Test("P51: the server must support the algorithm of the DPoP key in use, not the one that the schema names")
    func algorithmOfKey() async throws {
        let world = World()
        world.server.configuration.metadata = ["dpop_signing_alg_values_supported": ["ES256"]]
        let client = APIClient(
            server: world.api.origin.description,
            authorization: .clientCredentials(
                World.credentials.dpopKey(try DPoPKey.generate(.edDSA)),
                OAuthConfiguration(issuer: world.server.issuer, dpop: .es256)
            ),
            runtime: world.runtime
        )
        #expect(await client.failure()?.tokenError?.kind == .configuration)
        #expect(world.tokenRequests == 0)
    }
}
