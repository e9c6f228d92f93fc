import Countersign
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("User sessions and failing refreshes")
struct SessionFailureTests {
    /// The failures of a refresh that do not end the session, with the kind of the error that calls throw.
    private static let faults: [(name: String, fault: Fault, kind: String)] = [
        ("400 with another error code", .oauthError("invalid_request"), "rejected"),
        ("invalid_client", .oauthError("invalid_client", status: 401), "rejected"),
        ("unauthorized_client", .oauthError("unauthorized_client"), "rejected"),
        ("invalid_scope", .oauthError("invalid_scope"), "rejected"),
        ("unsupported_grant_type", .oauthError("unsupported_grant_type"), "rejected"),
        ("temporarily_unavailable", .oauthError("temporarily_unavailable"), "serverError"),
        ("400, empty", .status(400), "rejected"),
        ("401, empty", .status(401), "rejected"),
        ("403, empty", .status(403), "rejected"),
        ("404", .status(404, body: "<html>not here</html>"), "rejected"),
        ("408", .status(408), "serverError"),
        ("429", .status(429, fields: ["Retry-After": "1"]), "serverError"),
        ("500", .status(500), "serverError"),
        ("500 that says invalid_grant", .oauthError("invalid_grant", status: 500), "serverError"),
        ("502", .status(502), "serverError"),
        ("503", .status(503), "serverError"),
        ("302", .status(302, fields: ["Location": "https://evil.example/"]), "rejected"),
        ("no connection", .transportError(.failing(.connect)), "unreachable"),
        ("no name", .transportError(.failing(.nameResolution)), "unreachable"),
        ("no TLS", .transportError(.failing(.tls)), "unreachable"),
        ("200 that is HTML", .status(200, body: "<html>welcome to the hotel</html>"), "outcomeUnknown"),
        ("response lost", .lostResponse, "outcomeUnknown"),
        ("504: gateway timeout", .status(504), "outcomeUnknown"),
        ("timeout", .transportError(.failing(.timedOut, processed: true)), "outcomeUnknown"),
        ("truncated response", .truncatedBody(after: 10), "outcomeUnknown"),
        ("malformed response", .malformedBody, "outcomeUnknown"),
        ("no access_token", .withoutMember("access_token"), "malformedResponse"),
    ]

    @Test("P22: no failure of a refresh ends a session, and its access token is still used")
    func failuresEndNoSession() async throws {
        var lost = 0
        for (name, fault, kind) in Self.faults where try await !survives(fault, kind) {
            Issue.record("the session is lost: \(name)")
            lost += 1
        }
        Promise.seen(22, "\(lost) sessions lost over \(Self.faults.count) failures of a refresh")
    }

    private func survives(_ fault: Fault, _ kind: String) async throws -> Bool {
        // A retry could end the session: `P24` has its tests.
        let fixture = SessionFixture { $0.refreshRetry = .never }
        let session = try await fixture.session()
        let token = try await session.accessToken()
        fixture.server.inject(fault, grantType: .refreshToken)
        // While the token is valid, a failed refresh does not make calls fail.
        fixture.clock.advance(by: .seconds(2400))
        #expect(try await session.accessToken().value == token.value)
        await fixture.server.waitForRequests(2)
        #expect(try await session.accessToken().value == token.value)
        fixture.clock.advance(by: .seconds(1200))
        if kind == "outcomeUnknown" {
            #expect(await session.outcome() == kind)
            #expect(fixture.refreshes == 1, "P24: the refresh token is not sent again")
        } else {
            #expect(await session.outcome().contains(token.value) == false)
        }
        let stored = try await fixture.stored()
        return session.state == .active && stored?.state == .active && stored?.refreshToken != nil
    }

    @Test("P22: calls throw an error of the failure's kind", arguments: faults.map(\.name))
    func kinds(name: String) async throws {
        let (_, fault, kind) = try #require(Self.faults.first { $0.name == name })
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(fault, grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == kind)
        #expect(session.state == .active)
    }

    @Test("After a transient failure, the next attempt refreshes")
    func recovery() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(.status(503), grantType: .refreshToken, times: 2)
        fixture.expire()
        #expect(await session.outcome() == "serverError")
        fixture.clock.advance(by: .seconds(5))
        #expect(await session.outcome() == "serverError")
        fixture.clock.advance(by: .seconds(5))
        #expect(await session.outcome() != "serverError")
        #expect(fixture.refreshes == 3)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
    }

    @Test("P03: a caller whose token has expired does not see a single failure of the refresh")
    func blip() async throws {
        let fixture = SessionFixture(maximumAttempts: 3)
        let session = try await fixture.session()
        fixture.server.inject(.status(503), grantType: .refreshToken)
        fixture.expire()
        let outcome = Task { await session.outcome() }
        await fixture.clock.advanceToSleeper(due: .milliseconds(250)...(.milliseconds(250)))
        #expect(await outcome.value.hasPrefix("ey"))
        #expect(fixture.refreshes == 2)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
    }

    @Test("P03, P24: one fetch sends a refresh token once if no response arrives")
    func lostResponseIsNotRetried() async throws {
        let fixture = SessionFixture(maximumAttempts: 3)
        let session = try await fixture.session()
        fixture.server.inject(.lostResponse, grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        #expect(fixture.refreshes == 1)
    }

    @Test(
        "P24: after a lost request, the refresh token is sent again after a backoff, with a new proof, until a response"
    )
    func lostRequest() async throws {
        let fixture = SessionFixture(dpop: .es256)
        let session = try await fixture.session()
        let losses = 3
        fixture.server.inject(
            .transportError(.failing(.timedOut, processed: true)),
            grantType: .refreshToken,
            times: losses
        )
        fixture.expire()
        for loss in 1...losses {
            let error = await session.failure()
            #expect(error?.kind == .outcomeUnknown && error?.isTransient == true)
            #expect(error?.retryAfter.map { $0 > .zero && $0 <= .seconds(5) } == true)
            #expect(await session.outcome() == "outcomeUnknown", "the backoff has not ended")
            #expect(fixture.refreshes == loss)
            fixture.clock.advance(by: .seconds(5))
        }
        #expect(await session.outcome().hasPrefix("ey"))
        let requests = fixture.server.requests(grantType: .refreshToken)
        #expect(requests.count == losses + 1)
        #expect(Set(requests.map { $0.form["refresh_token"] }).count == 1)
        #expect(Set(requests.map { $0.request.fields[.dpop] }).count == losses + 1)
        #expect(fixture.server.reuseDetections == 0)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
        Promise.seen(24, "\(losses) requests lost: continued with the next one, each with its own proof")
    }

    @Test("P24: while callers have a valid token, a lost request is retried in the background, and no caller notices")
    func lostRequestInBackground() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let first = try await session.accessToken()
        fixture.server.inject(.transportError(.failing(.closed, processed: true)), grantType: .refreshToken)
        fixture.clock.advance(by: .seconds(2400))
        #expect(await session.outcome() == first.value)
        await fixture.server.waitForRequests(2)
        try await waitUntil("the outcome is unknown") { session.core.record.pendingRefresh?.hasEnded == true }
        for _ in 0..<60 {
            fixture.clock.advance(by: .seconds(20))
            #expect(await session.outcome().hasPrefix("ey"))
        }
        #expect(session.state == .active)
        #expect(fixture.server.reuseDetections == 0)
    }

    @Test("P24: if the response with a new refresh token was lost, the session ends, and says so")
    func lostRotation() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        var events = session.events.makeAsyncIterator()
        fixture.server.inject(.lostResponse, grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        #expect(await events.next()?.kind == .outcomeUnknown)
        fixture.clock.advance(by: .seconds(5))
        let error = try #require(await session.failure())
        #expect(error.kind == .sessionEnded && error.oauthError == "invalid_grant" && !error.isTransient)
        #expect(error.message.contains("the response to a refresh was lost"))
        #expect(await events.next() == SessionEvent(session: session.logID, .ended, reason: "lost-rotation"))
        #expect(session.state == .ended("invalid_grant"))
        #expect(fixture.refreshes == 2)
        let restored = try #require(try await fixture.restored())
        #expect(await restored.failure()?.message == error.message, "other processes say it, too")
        Promise.seen(
            24,
            "a rotation lost: the session ended after \(fixture.refreshes - 1) retry, and the error says so"
        )
    }

    @Test("P24: an ordinary invalid_grant does not speak of a lost rotation")
    func noLostRotation() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.revokeRefreshTokenFamily(1)
        fixture.expire()
        #expect(await session.failure()?.message.contains("lost") == false)
    }

    @Test("P24: a retry that fails leaves the outcome unknown, and the next retry is sent")
    func failedRetry() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(.lostResponse, grantType: .refreshToken)
        fixture.server.inject(.status(503), grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        fixture.clock.advance(by: .seconds(5))
        #expect(await session.outcome() == "serverError")
        #expect(try await fixture.stored()?.pendingRefresh != nil)
        fixture.clock.advance(by: .seconds(5))
        #expect(await session.failure()?.message.contains("the response to a refresh was lost") == true)
        #expect(fixture.refreshes == 3)
    }

    @Test("P24: a server that accepts a refresh token again for a short time continues the session")
    func tolerantServer() async throws {
        let fixture = SessionFixture()
        fixture.server.configuration.refreshTokenOverlap = .seconds(60)
        let session = try await fixture.session()
        fixture.server.inject(.lostResponse, grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        fixture.clock.advance(by: .seconds(5))
        #expect(await session.outcome().hasPrefix("ey"))
        #expect(fixture.server.reuseDetections == 0)
    }

    @Test(
        """
        P24: the pending refresh of another process is waited for until it is older than the timeout of token requests \
        and the lease together, whatever the clock of that process
        """,
        arguments: [0, -30, 3600]
    )
    func pendingRefreshOfAnotherProcess(secondsAhead: Int) async throws {
        let fixture = SessionFixture()
        _ = try await fixture.session()
        fixture.expire()
        let entry = SessionStoreEntry("s", in: fixture.store)
        var (record, version) = try #require(try await entry.load())
        let sentAt = fixture.clock.date().adding(.seconds(secondsAhead))
        record.pendingRefresh = .init(attemptID: "x", sentAt: sentAt, isRetry: false)
        _ = try await entry.save(record, replacing: version)
        // The token requests time out after 10 seconds, and a lease ends after 60.
        let wait = Duration.seconds(70 + min(0, secondsAhead))
        let restored = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        let error = await restored.failure()
        #expect(error?.kind == .outcomeUnknown && error?.retryAfter == wait)
        fixture.clock.advance(by: wait - .milliseconds(1))
        #expect(await restored.outcome() == "outcomeUnknown")
        #expect(fixture.refreshes == 0)
        fixture.clock.advance(by: .milliseconds(1))
        #expect(await restored.outcome().hasPrefix("ey"))
        #expect(fixture.refreshes == 1)
        Promise.seen(24, "another process's attempt: sent again \(wait.seconds) s after it")
    }

    @Test(
        "P24: of eight processes that find a refresh without a response, one sends the token again, and all get its result"
    )
    func oneRetryAtATime() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(.transportError(.failing(.timedOut, processed: true)), grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        fixture.clock.advance(by: .seconds(1))
        var sessions = [session]
        for _ in 0..<7 {
            sessions.append(try #require(try await fixture.restored(runtime: fixture.otherRuntime())))
        }
        let values = await withTaskGroup(of: String.self) { group in
            for session in sessions { group.addTask { await session.outcome() } }
            return await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(values.count == 1 && values.first?.hasPrefix("ey") == true)
        #expect(fixture.refreshes == 2)
        #expect(fixture.server.reuseDetections == 0)
    }

    @Test("P24: the next request of a web back end, with a new session object, sends the refresh token again")
    func newSessionObject() async throws {
        let fixture = SessionFixture()
        _ = try await fixture.session()
        fixture.expire()
        fixture.server.inject(.transportError(.failing(.timedOut, processed: true)), grantType: .refreshToken)
        for outcome in ["outcomeUnknown", "ey"] {
            let session = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
            #expect(await session.outcome().hasPrefix(outcome))
            fixture.clock.advance(by: .seconds(1))
        }
        #expect(fixture.refreshes == 2)
    }

    @Test("P24: with refreshRetry .never, the refresh token is not sent again, in this process or after a restart")
    func neverRetried() async throws {
        let fixture = SessionFixture { $0.refreshRetry = .never }
        let session = try await fixture.session()
        fixture.server.inject(.lostResponse, grantType: .refreshToken)
        fixture.expire()
        let error = await session.failure()
        #expect(error?.kind == .outcomeUnknown && error?.isTransient == false)
        fixture.clock.advance(by: .seconds(3600))
        #expect(await session.outcome() == "outcomeUnknown")
        let restored = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        #expect(await restored.outcome() == "outcomeUnknown")
        #expect(fixture.refreshes == 1)
        #expect(fixture.server.reuseDetections == 0)
        #expect(session.state == .active)
        Promise.seen(
            24,
            "with .never sent \(fixture.refreshes) time, although requested an hour later and after a restart"
        )
    }

    @Test(
        "P24: a retry by the program is sent at once, and succeeds if the request did not arrive",
        arguments: [SignInConfiguration.RefreshRetry.never, .untilResponse]
    )
    func retry(refreshRetry: SignInConfiguration.RefreshRetry) async throws {
        let fixture = SessionFixture { $0.refreshRetry = refreshRetry }
        let session = try await fixture.session()
        fixture.server.inject(.transportError(.failing(.closed, processed: true)), grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        let token = try await session.retryRefresh()
        #expect(await session.outcome() == token.value)
        #expect(fixture.server.reuseDetections == 0)
    }

    @Test("P24: a retry by the program ends the session if the server had already used the refresh token")
    func retryOfUsedToken() async throws {
        let fixture = SessionFixture { $0.refreshRetry = .never }
        let session = try await fixture.session()
        fixture.server.inject(.lostResponse, grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        await #expect(throws: TokenError.self) { try await session.retryRefresh() }
        #expect(session.state == .ended("invalid_grant"))
        #expect(fixture.server.reuseDetections == 1)
    }

    @Test("P33: a response without a refresh token, or with an empty one, keeps the old one", arguments: [true, false])
    func keepsRefreshToken(isEmpty: Bool) async throws {
        let fixture = SessionFixture()
        fixture.server.configuration.refreshTokenRotation = .none
        let session = try await fixture.session()
        let refreshToken = try await fixture.stored()?.refreshToken
        fixture.server.inject(
            isEmpty ? .member("refresh_token", "") : .withoutMember("refresh_token"),
            grantType: .refreshToken
        )
        fixture.expire()
        let token = try await session.accessToken()
        #expect(try await fixture.stored()?.refreshToken == refreshToken)
        fixture.expire()
        #expect(try await session.accessToken().value != token.value)
        Promise.seen(33, "missing or empty, the old one is kept, and refreshes again")
    }

    @Test("P36: invalid_grant ends a session, also in the store, and calls throw sessionEnded")
    func invalidGrant() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        var events = session.events.makeAsyncIterator()
        _ = try await session.accessToken()
        fixture.server.revokeRefreshTokenFamily(1)
        fixture.expire()
        do throws(TokenError) {
            _ = try await session.accessToken()
            Issue.record("the session did not end")
        } catch {
            #expect(error.kind == .sessionEnded && error.oauthError == "invalid_grant" && !error.isTransient)
        }
        #expect(session.state == .ended("invalid_grant"))
        #expect(await events.next() == SessionEvent(session: session.logID, .ended, reason: "invalid_grant"))
        #expect(!session.hasRefreshToken)
        let restored = try #require(try await fixture.restored())
        #expect(restored.state == .ended("invalid_grant"))
        #expect(await restored.outcome() == "sessionEnded")
        #expect(fixture.refreshes == 1)
        Promise.seen(36, "unchanged: the session ended after \(fixture.refreshes) refresh")
    }

    @Test("P36: an ended session does not return its token, even if that is still valid")
    func endedWhileValid() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.revokeRefreshTokenFamily(1)
        #expect(await session.outcome(forceRenewal: true) == "sessionEnded")
        #expect(await session.outcome() == "sessionEnded")
    }

    @Test("P36: after invalid_grant, a refresh token that another process has stored is tried, once")
    func recoveryFromInvalidGrant() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.expire()
        // A process that uses neither leases nor pending refreshes has refreshed at the same time.
        let used = try #require(try await fixture.stored()?.refreshToken)
        let gate = AsyncGate()
        fixture.server.inject(.oauthError("invalid_grant").held(by: gate), grantType: .refreshToken)
        async let token = session.outcome()
        await gate.waitForArrivals(1)
        let tokens = try await fixture.client().refresh(SecretValue(used))
        let entry = SessionStoreEntry("s", in: fixture.store)
        var (record, version) = try #require(try await entry.load())
        record.refreshToken = tokens.refreshToken
        record.pendingRefresh = nil
        _ = try await entry.save(record, replacing: version)
        gate.open()
        #expect(await token.hasPrefix("ey"))
        #expect(session.state == .active)
        #expect(fixture.refreshes == 3 && fixture.server.reuseDetections == 0)
        Promise.seen(36, "changed in the meantime: adopted, and \(fixture.refreshes - 2) further attempt")
    }

    @Test("P31: a refresh that is rejected with 401 does not cause another refresh")
    func rejectionCausesNoRefresh() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.server.inject(.oauthError("invalid_token", status: 401), grantType: .refreshToken)
        fixture.expire()
        #expect(await session.outcome() == "rejected")
        #expect(fixture.refreshes == 1)
    }
}

extension HTTP.TransportError {
    static func failing(_ kind: Kind, processed: Bool = false) -> HTTP.TransportError {
        HTTP.TransportError(kind: kind, message: "", requestMayHaveBeenProcessed: processed)
    }
}
