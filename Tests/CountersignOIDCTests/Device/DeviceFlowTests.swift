import Countersign
import CountersignOIDC
import CountersignTesting
import Testing

@Suite("Device authorization grant")
struct DeviceFlowTests {
    let world = World()

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
        await world.clock.waitForSleepers(1)
        return task
    }

    /// Lets the client poll once, and waits until it sleeps again.
    ///
    /// - Parameter count: The number of polls afterwards.
    private func poll(_ count: Int) async {
        world.clock.advanceToNextDeadline()
        await world.server.waitForRequests(count, at: .token)
        await world.clock.waitForSleepers(1)
    }

    @Test("The client polls until the user has approved, and returns the user's claims")
    func approved() async throws {
        for client in [world.native(), world.web(), world.native { $0.dpop = .es256 }] {
            let polls = world.server.count(.token)
            let authorization = try await client.deviceAuthorization()
            #expect(authorization.interval == .seconds(5))
            #expect(authorization.expiresIn == .seconds(600))
            #expect(authorization.verificationURI == world.server.url(of: .deviceVerification))
            let task = await completing(client, authorization)
            await poll(polls + 1)
            await poll(polls + 2)
            #expect(world.server.requests(to: .token).last?.error == "authorization_pending")
            try world.server.approveDevice(userCode: authorization.userCode, as: world.ada)
            world.clock.advanceToNextDeadline()
            let result = try await task.value.get()
            #expect(result.claims.subject == "u1")
            #expect(result.idToken != nil)
            #expect(result.response.accessToken.type == (client.configuration.dpop == nil ? .bearer : .dpop))
        }
    }

    @Test("A denied request is distinguished from expired codes")
    func denied() async throws {
        let client = world.native()
        let denied = try await client.deviceAuthorization()
        var task = await completing(client, denied)
        try world.server.denyDevice(userCode: denied.userCode)
        world.clock.advanceToNextDeadline()
        #expect(await task.value.error?.kind == .denied)

        let forgotten = try await client.deviceAuthorization()
        task = await completing(client, forgotten)
        var polls = 1
        while world.clock.now() < forgotten.expiresAt {
            polls += 1
            world.clock.advanceToNextDeadline()
            if world.clock.now() < forgotten.expiresAt { await world.server.waitForRequests(polls, at: .token) }
            if world.clock.now() < forgotten.expiresAt { await world.clock.waitForSleepers(1) }
        }
        #expect(await task.value.error?.kind == .expired)
        #expect(world.server.count(.token) == 1 + 119)
    }

    @Test("The error expired_token ends the sign-in as expired")
    func expiredToken() async throws {
        let client = world.native()
        let authorization = try await client.deviceAuthorization()
        world.server.inject(.oauthError("expired_token"), at: .token)
        let task = await completing(client, authorization)
        world.clock.advanceToNextDeadline()
        #expect(await task.value.error?.kind == .expired)
    }

    @Test("The error slow_down adds five seconds to the interval permanently")
    func slowDown() async throws {
        let client = world.native()
        let authorization = try await client.deviceAuthorization()
        world.server.inject(.oauthError("slow_down"), at: .token, times: 2)
        let task = await completing(client, authorization)
        var pauses: [Duration] = []
        for count in 1...4 {
            let before = world.clock.now()
            await poll(count)
            pauses.append(world.clock.now() - before)
        }
        #expect(pauses == [.seconds(5), .seconds(10), .seconds(15), .seconds(15)])
        try world.server.approveDevice(userCode: authorization.userCode, as: world.ada)
        world.clock.advanceToNextDeadline()
        #expect(try await task.value.get().claims.subject == "u1")
    }

    @Test("Transient failures do not end the polling")
    func transientFailures() async throws {
        let client = world.native()
        let authorization = try await client.deviceAuthorization()
        let faults: [Fault] = [
            .status(500), .status(429, fields: ["Retry-After": "70"]), .status(200, body: "not JSON"), .lostResponse,
        ]
        for fault in faults { world.server.inject(fault, at: .token) }
        let task = await completing(client, authorization)
        for count in 1...4 { await poll(count) }
        try world.server.approveDevice(userCode: authorization.userCode, as: world.ada)
        world.clock.advanceToNextDeadline()
        #expect(try await task.value.get().claims.subject == "u1")
    }

    @Test(
        "Other errors end the polling at once",
        arguments: ["invalid_grant", "invalid_client", "invalid_request"]
    )
    func failure(code: String) async throws {
        let client = world.native()
        let authorization = try await client.deviceAuthorization()
        world.server.inject(.oauthError(code), at: .token)
        let task = await completing(client, authorization)
        world.clock.advanceToNextDeadline()
        let error = await task.value.error
        #expect(error?.kind == .tokenError)
        #expect(error?.oauthError == code)
        #expect(world.server.count(.token) == 1)
    }

    @Test("Cancelling the task ends the sign-in at once, between polls and during a poll")
    func cancelled() async throws {
        let client = world.native()
        let authorization = try await client.deviceAuthorization()
        let sleeping = await completing(client, authorization)
        sleeping.cancel()
        #expect(await sleeping.value.error?.kind == .cancelled)
        #expect(world.server.count(.token) == 0)

        let gate = AsyncGate()
        world.server.inject(.held(by: gate), at: .token)
        let requesting = await completing(client, authorization)
        world.clock.advanceToNextDeadline()
        await world.server.waitForRequests(1, at: .token)
        requesting.cancel()
        #expect(await requesting.value.error?.kind == .cancelled)
    }

    @Test("A response with missing, invalid or undisplayable members is rejected")
    func malformed() async throws {
        let table: [Fault] = [
            .withoutMember("device_code"), .withoutMember("user_code"), .withoutMember("verification_uri"),
            .withoutMember("expires_in"), .member("user_code", "\u{1B}[2J"),
            .member("verification_uri", "javascript:1"),
            .member("verification_uri", "http://evil.example/"), .member("expires_in", -1),
            .member("expires_in", "600"),
            .malformedBody, .member("user_code", 7),
        ]
        for fault in table {
            world.server.inject(fault, at: .deviceAuthorization)
            let error = await signInError { () async throws(SignInError) in
                try await world.native().deviceAuthorization()
            }
            #expect(error?.tokenError?.kind == .malformedResponse)
        }
        for (interval, seconds) in [(JSONValue.int(0), 1), (.null, 5), (.int(1_000_000), 600), (.number("1e308"), 600)]
        {
            world.server.inject(.member("interval", interval), at: .deviceAuthorization)
            #expect(try await world.native().deviceAuthorization().interval == .seconds(seconds))
        }
    }
}

extension Result {
    fileprivate var error: Failure? {
        guard case .failure(let error) = self else { return nil }
        return error
    }
}
