import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("Device authorization grant")
struct DeviceFlowTests {
    let fixture = SignInFixture()

    /// Starts a task that completes the sign-in, and waits until it sleeps before the first poll.
    private func completing(_ client: OIDCClient, _ authorization: DeviceAuthorization) async -> Task<
        Result<SignInResult, SignInError>, Never
    > {
        let task = Task { () -> Result<SignInResult, SignInError> in
            do throws(SignInError) {
                return .success(try await client.complete(authorization))
            } catch {
                return .failure(error)
            }
        }
        await fixture.clock.waitForSleepers(1)
        return task
    }

    /// Lets the client poll once, and waits until it sleeps again.
    ///
    /// - Parameter count: The number of polls afterwards.
    private func poll(_ count: Int) async {
        fixture.clock.advanceToNextDeadline()
        await fixture.server.waitForRequests(count, at: .token)
        await fixture.clock.waitForSleepers(1)
    }

    @Test("The client polls until the user has approved, and returns the user's claims")
    func approved() async throws {
        for client in [fixture.native(), fixture.web(), fixture.native { $0.dpop = .es256 }] {
            let polls = fixture.server.count(.token)
            let authorization = try await client.deviceAuthorization()
            #expect(authorization.interval == .seconds(5))
            #expect(authorization.expiresIn == .seconds(600))
            #expect(authorization.verificationURI == fixture.server.url(of: .deviceVerification))
            let task = await completing(client, authorization)
            await poll(polls + 1)
            await poll(polls + 2)
            #expect(fixture.server.requests(to: .token).last?.error == "authorization_pending")
            try fixture.server.approveDevice(userCode: authorization.userCode, as: fixture.ada)
            fixture.clock.advanceToNextDeadline()
            let result = try await task.value.get()
            #expect(result.claims.subject == "u1")
            #expect(result.idToken != nil)
            #expect(result.response.accessToken.type == (client.configuration.dpop == nil ? .bearer : .dpop))
        }
    }

    @Test("A denied request is distinguished from expired codes")
    func denied() async throws {
        let client = fixture.native()
        let denied = try await client.deviceAuthorization()
        var task = await completing(client, denied)
        try fixture.server.denyDevice(userCode: denied.userCode)
        fixture.clock.advanceToNextDeadline()
        #expect(await task.value.error?.kind == .denied)

        let forgotten = try await client.deviceAuthorization()
        task = await completing(client, forgotten)
        var polls = 1
        while fixture.clock.now() < forgotten.expiresAt {
            polls += 1
            fixture.clock.advanceToNextDeadline()
            if fixture.clock.now() < forgotten.expiresAt { await fixture.server.waitForRequests(polls, at: .token) }
            if fixture.clock.now() < forgotten.expiresAt { await fixture.clock.waitForSleepers(1) }
        }
        #expect(await task.value.error?.kind == .expired)
        #expect(fixture.server.count(.token) == 1 + 119)
    }

    @Test("The error expired_token ends the sign-in as expired")
    func expiredToken() async throws {
        let client = fixture.native()
        let authorization = try await client.deviceAuthorization()
        fixture.server.inject(.oauthError("expired_token"), at: .token)
        let task = await completing(client, authorization)
        fixture.clock.advanceToNextDeadline()
        #expect(await task.value.error?.kind == .expired)
    }

    @Test("The error slow_down adds five seconds to the interval permanently")
    func slowDown() async throws {
        let client = fixture.native()
        let authorization = try await client.deviceAuthorization()
        fixture.server.inject(.oauthError("slow_down"), at: .token, times: 2)
        let task = await completing(client, authorization)
        var pauses: [Duration] = []
        for count in 1...4 {
            let before = fixture.clock.now()
            await poll(count)
            pauses.append(fixture.clock.now() - before)
        }
        #expect(pauses == [.seconds(5), .seconds(10), .seconds(15), .seconds(15)])
        try fixture.server.approveDevice(userCode: authorization.userCode, as: fixture.ada)
        fixture.clock.advanceToNextDeadline()
        #expect(try await task.value.get().claims.subject == "u1")
    }

    @Test("Transient failures do not end the polling")
    func transientFailures() async throws {
        let client = fixture.native()
        let authorization = try await client.deviceAuthorization()
        let faults: [Fault] = [
            .status(500), .status(429, fields: ["Retry-After": "70"]), .status(200, body: "not JSON"), .lostResponse,
        ]
        for fault in faults { fixture.server.inject(fault, at: .token) }
        let task = await completing(client, authorization)
        for count in 1...4 { await poll(count) }
        try fixture.server.approveDevice(userCode: authorization.userCode, as: fixture.ada)
        fixture.clock.advanceToNextDeadline()
        #expect(try await task.value.get().claims.subject == "u1")
    }

    @Test(
        "Other errors end the polling at once",
        arguments: ["invalid_grant", "invalid_client", "invalid_request"]
    )
    func failure(code: String) async throws {
        let client = fixture.native()
        let authorization = try await client.deviceAuthorization()
        fixture.server.inject(.oauthError(code), at: .token)
        let task = await completing(client, authorization)
        fixture.clock.advanceToNextDeadline()
        let error = await task.value.error
        #expect(error?.kind == .tokenError)
        #expect(error?.oauthError == code)
        #expect(fixture.server.count(.token) == 1)
    }

    @Test("Cancelling the task ends the sign-in at once, between polls and during a poll")
    func cancelled() async throws {
        let client = fixture.native()
        let authorization = try await client.deviceAuthorization()
        let sleeping = await completing(client, authorization)
        sleeping.cancel()
        #expect(await sleeping.value.error?.kind == .cancelled)
        #expect(fixture.server.count(.token) == 0)

        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), at: .token)
        let requesting = await completing(client, authorization)
        fixture.clock.advanceToNextDeadline()
        await fixture.server.waitForRequests(1, at: .token)
        requesting.cancel()
        #expect(await requesting.value.error?.kind == .cancelled)
    }

    @Test("A response with missing, invalid or undisplayable members is rejected")
    func malformed() async throws {
        let table: [Fault] = [
            .withoutMember("device_code"), .withoutMember("user_code"), .withoutMember("verification_uri"),
            .member("user_code", "\u{1B}[2J"), .member("verification_uri", "javascript:1"),
            .member("verification_uri", "http://evil.example/"), .malformedBody, .member("user_code", 7),
        ]
        for fault in table {
            fixture.server.inject(fault, at: .deviceAuthorization)
            let error = await signInError { () async throws(SignInError) in
                try await fixture.native().deviceAuthorization()
            }
            #expect(error?.tokenError?.kind == .malformedResponse)
        }
    }

    @Test("P61: expires_in and interval are read as numbers and as text, and have defaults")
    func times() async throws {
        let table: [(JSONValue, seconds: Int?)] = [
            (10, 10), ("10", 10), ("10.0", 10), (" 10 ", 10), (.number("1e1"), 10), (1_000_000, 600), ("1000000", 600),
            (.number("1e308"), 600), (0, nil), (-1, nil), ("", nil), ("null", nil), (.null, nil), (true, nil),
            (.array([]), nil), ("soon", nil),
        ]
        for (value, seconds) in table {
            fixture.server.inject(.member("interval", value), at: .deviceAuthorization)
            #expect(try await fixture.native().deviceAuthorization().interval == .seconds(seconds ?? 5), "\(value)")
            fixture.server.inject(.member("expires_in", value), at: .deviceAuthorization)
            let lifetime = try await fixture.native().deviceAuthorization().expiresIn
            #expect(seconds == 600 ? lifetime >= .seconds(86_400) : lifetime == .seconds(seconds ?? 600), "\(value)")
        }
        fixture.server.inject(.withoutMember("expires_in"), at: .deviceAuthorization)
        #expect(try await fixture.native().deviceAuthorization().expiresIn == .seconds(600))
    }

    @Test("P61: the error of a device authorization response has the server's code, or names the invalid member")
    func errors() async throws {
        let table: [(Fault, oauthError: String?, text: String)] = [
            (.status(200, body: #"{"error": "device_flow_disabled"}"#), "device_flow_disabled", "_disabled]"),
            (.status(200, body: #"{"error": "slow_down", "device_code": null}"#), "slow_down", "[slow_down]"),
            (.oauthError("unauthorized_client"), "unauthorized_client", "[unauthorized_client]"),
            (.withoutMember("device_code"), nil, "device_code is missing"),
            (.member("device_code", ""), nil, "device_code has an invalid value"),
            (.withoutMember("user_code"), nil, "user_code is missing"),
            (.member("user_code", 7), nil, "user_code: expected a string, found a number"),
            (.member("verification_uri", "http://evil.example/"), nil, "verification_uri has an invalid value"),
            (.status(200, body: "<html>"), nil, "the document: invalid JSON"),
        ]
        for (fault, oauthError, text) in table {
            fixture.server.inject(fault, at: .deviceAuthorization)
            let error = await signInError { () async throws(SignInError) in
                try await fixture.native().deviceAuthorization()
            }
            #expect(error?.oauthError == oauthError)
            #expect(error.map { "\($0)".contains(text) } == true, "\(error.map { "\($0)" } ?? "")")
        }
    }
}

extension Result {
    fileprivate var error: Failure? {
        guard case .failure(let error) = self else { return nil }
        return error
    }
}
