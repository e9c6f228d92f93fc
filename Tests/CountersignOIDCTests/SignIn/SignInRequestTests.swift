import CountersignTesting
import TestSupport
import Testing

@_spi(Testing) import Countersign
@testable import CountersignOIDC

@Suite("Sign-in requests and their tokens")
struct SignInRequestTests {
    let fixture = SignInFixture()

    @Test("A server that requires signed requests is an error before the browser is sent there")
    func signedRequests() async throws {
        fixture.server.configuration.metadata = ["require_signed_request_object": true]
        let error = await signInError { () async throws(SignInError) in
            try await fixture.web().authorizationRequest()
        }
        #expect(error?.kind == .metadata)
        #expect(error.map { "\($0)" }?.contains("require_signed_request_object") == true)
        #expect(fixture.server.count(.pushedAuthorization) == 0)
        let other = SignInFixture()
        other.server.configuration.metadata = ["require_signed_request_object": false]
        _ = try await other.web().authorizationRequest()
    }

    @Test("The ID token of an earlier sign-in can be sent as a hint")
    func hint() async throws {
        fixture.server.configuration.pushedAuthorizationRequests = .none
        let first = try await fixture.signIn(fixture.web())
        let idToken = try #require(first.idToken)
        let request = try await fixture.web().authorizationRequest(idTokenHint: idToken, prompt: ["none"])
        let sent = try query(request.url)
        #expect(sent["id_token_hint"] == idToken.text && sent["prompt"] == "none")
        let error = await signInError { () async throws(SignInError) in
            try await fixture.web().authorizationRequest(parameters: ["id_token_hint": "x"])
        }
        #expect(error?.kind == .configuration)
    }

    @Test("A signed-in user can be asked to sign in again, with the ID token of the session as a hint")
    func reauthentication() async throws {
        let backEnd = WebBackEnd()
        backEnd.server.configuration.pushedAuthorizationRequests = .none
        var browser = Browser()
        let session = try await backEnd.signIn(&browser).browser.session
        let start = try await backEnd.sessions.beginSignIn(cookies: nil, prompt: ["login"], reauthenticating: session)
        #expect(try query(start.url)["id_token_hint"] == session.core.record.idToken)
    }

    @Test("The tokens of a sign-in can be refreshed without a session")
    func refreshing() async throws {
        let client = fixture.web {
            $0.dpop = .es256; $0.scopes.append("offline_access")
        }
        let tokens = try await fixture.signIn(client).tokens
        let refreshed = try await client.refresh(SecretValue(try #require(tokens.refreshToken)))
        #expect(refreshed.accessToken.value != tokens.accessToken.value)
        #expect(refreshed.refreshToken != nil && refreshed.refreshToken != tokens.refreshToken)
    }

    @Test("The prompts of a configuration are sent")
    func prompts() async throws {
        fixture.server.configuration.pushedAuthorizationRequests = .none
        let client = fixture.web { $0 = SignInConfiguration(issuer: $0.issuer, prompt: ["consent"]) }
        let request = try await client.authorizationRequest(redirectURI: SignInFixture.web)
        #expect(try query(request.url)["prompt"] == "consent")
    }

    @Test("The error of a session without refresh token says what the server may require", arguments: [true, false])
    func noRefreshToken(requestsOne: Bool) async throws {
        let fixture = SessionFixture { if !requestsOne { $0.scopes.removeAll { $0 == "offline_access" } } }
        fixture.server.register(
            .init(
                id: "web",
                authentication: .clientSecretBasic(secret: "s3cret"),
                scopes: Set(SessionFixture.scopes),
                grantTypes: [.authorizationCode],
                redirectURIs: ["https://app.example/callback"]
            )
        )
        let session = try await fixture.session()
        #expect(!session.hasRefreshToken)
        fixture.expire()
        let error = await #expect(throws: TokenError.self) { try await session.accessToken() }
        #expect(error?.kind == .sessionEnded)
        #expect(error?.message.contains(requestsOne ? "prompt 'consent'" : "request the scope offline_access") == true)
    }

    // MARK: Cancellation

    @Test("A cancelled task that waits for metadata ends at once, and the others get the document")
    func cancellation() async throws {
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), at: .metadata, times: nil)
        let client = fixture.web()
        let cancelled = Task {
            await signInError { () async throws(SignInError) in try await client.authorizationRequest() }
        }
        await gate.waitForArrivals(1)
        let other = Task { try await client.authorizationRequest().url }
        let operations: [@Sendable () async -> SignInError?] = [
            { await signInError { () async throws(SignInError) in try await client.metadata() } },
            { await signInError { () async throws(SignInError) in try await client.deviceAuthorization() } },
            { await signInError { () async throws(SignInError) in try await client.endSessionURL() } },
            { await signInError { () async throws(SignInError) in try await client.revoke(SecretValue("x")) } },
        ]
        let tasks = [cancelled] + operations.map { operation in Task { await operation() } }
        for task in tasks { task.cancel() }
        // The gate is closed: only the cancellation ends these tasks.
        for task in tasks { #expect(await task.value?.kind == .cancelled) }
        gate.open()
        #expect(try await other.value.hasPrefix("https://login.example.com"))
        #expect(fixture.server.count(.metadata) == 1)
    }

    // MARK: Tokens of failed sign-ins

    @Test("A token for one resource is replaced for the userinfo endpoint by one without resource")
    func userInfoWithResource() async throws {
        fixture.server.configuration.idTokenHoldsUserClaims = false
        for status in [401, 403] as [HTTP.Status] {
            fixture.server.inject(.status(status), at: .userinfo)
            let result = try await fixture.signIn(
                fixture.web {
                    $0.loadsUserInfo = true; $0.resources = ["https://api.example"]; $0.scopes.append("offline_access")
                }
            )
            #expect(result.claims.name == "Ada")
            let refresh = try #require(fixture.server.requests(grantType: .refreshToken).last)
            #expect(refresh.form["resource"] == nil)
            #expect(fixture.server.liveRefreshTokenFamilies.contains { $0.refreshToken == result.tokens.refreshToken })
            #expect(fixture.server.count(.revocation) == 0)
        }
    }

    @Test("The tokens of a sign-in that fails afterwards are revoked")
    func revocation() async throws {
        let faults: [(Fault, FakeAuthorizationServer.Endpoint)] = [
            (.status(503), .userinfo), (.member("sub", "u2"), .userinfo), (.status(401), .userinfo),
            (.malformedBody, .userinfo), (.editingIDToken { $0["aud"] = "other" }, .token),
            (.withoutMember("id_token"), .token),
        ]
        for (fault, endpoint) in faults {
            fixture.server.inject(fault, at: endpoint)
            let client = fixture.web {
                $0.loadsUserInfo = true; $0.scopes.append("offline_access")
            }
            let error = await #expect(throws: SignInError.self) { try await fixture.signIn(client) }
            #expect(error?.kind == .userInfo || error?.kind == .invalidIDToken)
            #expect(fixture.server.liveRefreshTokenFamilies.isEmpty)
            fixture.server.clearFaults()
        }
        #expect(fixture.server.count(.revocation) == faults.count)
    }

    @Test("Without a refresh token, the error of a rejected userinfo request says what to do")
    func userInfoWithoutRefreshToken() async throws {
        fixture.server.inject(.status(401), at: .userinfo)
        let client = fixture.web {
            $0.loadsUserInfo = true; $0.resources = ["https://api.example"]
        }
        fixture.server.register(
            .init(
                id: "web",
                authentication: .clientSecretBasic(secret: "canary-secret-0123456789"),
                scopes: ["openid", "profile", "notes.read"],
                grantTypes: [.authorizationCode],
                redirectURIs: [SignInFixture.web]
            )
        )
        let error = await #expect(throws: SignInError.self) { try await fixture.signIn(client) }
        #expect(error?.kind == .userInfo && error?.status == 401)
        #expect(error?.message.contains("offline_access") == true)
        #expect(fixture.server.requests(to: .revocation).map { $0.form["token_type_hint"] } == ["access_token"])
    }
}
