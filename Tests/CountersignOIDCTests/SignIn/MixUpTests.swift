import Countersign
import CountersignOIDC
import CountersignTesting
import TestSupport
import Testing

@Suite("Mix-up attacks: two authorization servers, one of them hostile")
struct MixUpTests {
    private let clock = VirtualClock()
    private let honest: SignInFixture
    private let hostile: SignInFixture

    init() {
        honest = SignInFixture(issuer: "https://honest.example", clock: clock)
        hostile = SignInFixture(issuer: "https://hostile.example", clock: clock)
    }

    /// Returns a runtime that reaches both servers.
    private func runtime() -> CountersignRuntime {
        var configuration = CountersignRuntime.Configuration()
        configuration.clock = clock
        configuration.transport = FakeNetwork(honest.server, hostile.server)
        return CountersignRuntime(configuration)
    }

    private func client(_ fixture: SignInFixture, _ runtime: CountersignRuntime) -> OIDCClient {
        OIDCClient(fixture.web().configuration, credentials: fixture.web().credentials, runtime: runtime)
    }

    @Test(
        """
        P56: A code of the honest server never reaches the hostile one, with iss in all callbacks, with iss in the \
        honest server's only, and without iss but with separate redirect URIs
        """
    )
    func mixUp() async throws {
        hostile.server.configuration.pushedAuthorizationRequests = .none
        for (honestSendsIssuer, hostileSendsIssuer) in [(true, true), (true, false), (false, false)] {
            honest.server.configuration.sendsIssuerParameter = honestSendsIssuer
            hostile.server.configuration.sendsIssuerParameter = hostileSendsIssuer
            let runtime = runtime()
            let (toHonest, toHostile) = (client(honest, runtime), client(hostile, runtime))
            // The user chose the hostile server, which redirected the browser to the honest one with its own state.
            let request = try await toHostile.authorizationRequest(
                redirectURI: honestSendsIssuer ? nil : "https://app.example/hostile"
            )
            let honestRequest = try await toHonest.authorizationRequest()
            let redirect = try await honest.server.approve(authorizationURL: honestRequest.url, as: honest.ada)
            let code = try #require(redirect.code)
            let forged = redirect.url.replacing(honestRequest.transaction.state, with: request.transaction.state)
            let error = await signInError { () async throws(SignInError) in
                try await toHostile.complete(request.transaction, callback: .url(forged))
            }
            #expect(error?.kind == (honestSendsIssuer ? .issuerMismatch : .malformedCallback))
            // Neither client completes the other issuer's transaction.
            for (one, transaction) in [(toHostile, honestRequest.transaction), (toHonest, request.transaction)] {
                let error = await signInError { () async throws(SignInError) in
                    try await one.complete(
                        transaction,
                        callback: .query("state=\(transaction.state)&code=\(code)")
                    )
                }
                #expect([.issuerMismatch, .alreadyUsed].contains(error?.kind))
            }
        }
        #expect(hostile.server.count(.token) == 0)
        #expect(honest.server.count(.token) == 0)
        Promise.seen(56, "\(hostile.server.count(.token)) codes sent to the wrong server")
    }

    @Test("P56: Metadata with another issuer or foreign endpoints ends the sign-in before any request")
    func metadata() async throws {
        let changes: [[String: JSONValue]] = [
            ["issuer": "https://honest.example"],
            ["token_endpoint": "https://honest.example/token"],
            ["authorization_endpoint": "https://honest.example/authorize"],
            ["pushed_authorization_request_endpoint": "https://honest.example/par"],
        ]
        for change in changes {
            hostile.server.configuration.metadata = change
            let client = client(hostile, runtime())
            let error = await signInError { () async throws(SignInError) in try await client.authorizationRequest() }
            #expect(error?.kind == .metadata)
        }
        #expect(honest.server.requests.isEmpty)
    }

    @Test("An ID token from another issuer or for another client is rejected after the code was redeemed")
    func foreignIDToken() async throws {
        for (claims, kind) in [
            (["iss": JSONValue.string("https://hostile.example")], IDTokenError.Kind.wrongIssuer),
            (["aud": "other", "azp": "other"], .wrongAudience),
            (["nonce": "another"], .wrongNonce),
            (["sub": ""], .wrongSubject),
        ] {
            honest.server.inject(.editingIDToken { $0.merge(claims) { $1 } }, at: .token)
            let client = honest.web()
            let request = try await client.authorizationRequest()
            let redirect = try await honest.server.approve(authorizationURL: request.url, as: honest.ada)
            let error = await signInError { () async throws(SignInError) in
                try await client.complete(request.transaction, callback: .url(redirect.url))
            }
            #expect(error?.idTokenError?.kind == kind)
        }
    }
}
