import Countersign
import CountersignHTTP
import CountersignJSON
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("User sessions and failing refreshes")
struct SessionFailureTests {
    /// Everything that can go wrong with a refresh without ending the session, and what calls are told.
    private static let faults: [(name: String, fault: Fault, kind: String)] = [
        ("400 with another code", .oauthError("invalid_request"), "rejected"),
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
        ("answer lost", .lostResponse, "outcomeUnknown"),
        ("504: a gateway's time-out", .status(504), "outcomeUnknown"),
        ("time-out", .transportError(.failing(.timedOut, processed: true)), "outcomeUnknown"),
        ("answer cut short", .truncatedBody(after: 10), "outcomeUnknown"),
        ("half an answer", .malformedBody, "outcomeUnknown"),
        ("no access_token", .withoutMember("access_token"), "outcomeUnknown"),
    ]

    @Test("P22: no fault of a refresh ends a session, and its access token goes on being used")
    func wipes() async throws {
        var lost = 0
        for (name, fault, kind) in Self.faults where try await !survives(fault, kind) {
            Issue.record("the session is lost: \(name)")
            lost += 1
        }
        Promise.seen(22, "\(lost) sessions lost over \(Self.faults.count) faults of a refresh")
    }

    private func survives(_ fault: Fault, _ kind: String) async throws -> Bool {
        let world = SessionWorld()
        let session = try await world.session()
        let token = try await session.accessToken()
        world.server.inject(fault, grantType: .refreshToken)
        // While the token is valid, a failed renewal is nobody's failure.
        world.clock.advance(by: .seconds(2400))
        #expect(try await session.accessToken().value == token.value)
        await world.server.waitForRequests(2)
        #expect(try await session.accessToken().value == token.value)
        world.clock.advance(by: .seconds(1200))
        if kind == "outcomeUnknown" {
            #expect(await session.outcome() == kind)
            #expect(world.refreshes == 1, "P24: it is not sent again")
        } else {
            #expect(await session.outcome().contains(token.value) == false)
        }
        let stored = try await world.stored()
        return session.state == .active && stored?.state == .active && stored?.refreshToken != nil
    }

    @Test("P22: calls are told what kind of failure it was", arguments: faults.map(\.name))
    func kinds(name: String) async throws {
        let (_, fault, kind) = try #require(Self.faults.first { $0.name == name })
        let world = SessionWorld()
        let session = try await world.session()
        world.server.inject(fault, grantType: .refreshToken)
        world.expire()
        #expect(await session.outcome() == kind)
        #expect(session.state == .active)
    }

    @Test("After a passing failure the next attempt refreshes")
    func recovery() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.server.inject(.status(503), grantType: .refreshToken, times: 2)
        world.expire()
        #expect(await session.outcome() == "serverError")
        world.clock.advance(by: .seconds(5))
        #expect(await session.outcome() == "serverError")
        world.clock.advance(by: .seconds(5))
        #expect(await session.outcome() != "serverError")
        #expect(world.refreshes == 3)
        #expect(try await world.stored()?.pending == nil)
    }

    @Test("P24: a refresh whose answer was lost is not sent again, in this process or after a restart")
    func outcomeUnknown() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.server.inject(.lostResponse, grantType: .refreshToken)
        world.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        world.clock.advance(by: .seconds(3600))
        #expect(await session.outcome() == "outcomeUnknown")
        let restored = try #require(try await world.restored(runtime: world.otherRuntime()))
        #expect(await restored.outcome() == "outcomeUnknown")
        #expect(world.refreshes == 1)
        #expect(world.server.reuseDetections == 0)
        #expect(session.state == .active)
        Promise.seen(24, "sent \(world.refreshes) time, although asked again an hour later and after a restart")
    }

    @Test("P24: the program may try again: it works where the request never arrived")
    func retry() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.server.inject(.transportError(.failing(.closed, processed: true)), grantType: .refreshToken)
        world.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        let token = try await session.retryRefresh()
        #expect(await session.outcome() == token.value)
        #expect(world.server.reuseDetections == 0)
    }

    @Test("P24: the program may try again: a strict server that had spent the token ends the session")
    func retryAfterSpending() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.server.inject(.lostResponse, grantType: .refreshToken)
        world.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        await #expect(throws: TokenError.self) { try await session.retryRefresh() }
        #expect(session.state == .ended("invalid_grant"))
        #expect(world.server.reuseDetections == 1)
    }

    @Test("P24: with a grace replay the token is sent once more, with a proof of its own")
    func graceReplay() async throws {
        let world = SessionWorld(dpop: .es256) { $0.refreshRetry = .within(.seconds(30)) }
        world.server.configuration.refreshTokenOverlap = .seconds(60)
        let session = try await world.session()
        world.server.inject(.lostResponse, grantType: .refreshToken)
        world.expire()
        #expect(await session.outcome() != "outcomeUnknown")
        let requests = world.server.requests(grantType: .refreshToken)
        #expect(requests.count == 2)
        #expect(requests[0].form["refresh_token"] == requests[1].form["refresh_token"])
        #expect(requests[0].request.fields[.dpop] != requests[1].request.fields[.dpop])
        #expect(try await world.stored()?.pending == nil)
        #expect(world.server.reuseDetections == 0)
        Promise.seen(24, "with a grace replay sent \(requests.count) times, each with a proof of its own")
    }

    @Test("P24: a grace replay happens once, and not after its time")
    func graceReplayLimits() async throws {
        let world = SessionWorld { $0.refreshRetry = .within(.seconds(300)) }
        world.server.configuration.refreshTokenOverlap = .seconds(3600)
        let session = try await world.session()
        world.server.inject(.lostResponse, grantType: .refreshToken, times: 2)
        world.expire()
        #expect(await session.outcome() == "outcomeUnknown")
        #expect(world.refreshes == 2)
        world.clock.advance(by: .seconds(61))
        #expect(await session.outcome() == "outcomeUnknown")
        #expect(world.refreshes == 2)

        // A replay that is refused for now is not made again either: what became of the first is still unknown.
        let refused = SessionWorld { $0.refreshRetry = .within(.seconds(30)) }
        let waiting = try await refused.session()
        refused.server.inject(.lostResponse, grantType: .refreshToken)
        refused.server.inject(.status(503), grantType: .refreshToken)
        refused.expire()
        #expect(await waiting.outcome() == "serverError")
        refused.clock.advance(by: .seconds(5))
        #expect(await waiting.outcome() == "outcomeUnknown")
        #expect(refused.refreshes == 2)

        // Another process finds it 31 seconds later: thirty are the most that a configuration can say.
        let late = SessionWorld { $0.refreshRetry = .within(.seconds(300)) }
        _ = try await late.session()
        let record = try #require(try await late.stored())
        var pending = record
        pending.pending = .init(attempt: "x", sentAt: late.clock.unixTime(), isReplay: false)
        let entry = SessionEntry("s", in: late.store)
        _ = try await entry.save(pending, replacing: try #require(try await entry.load()).version)
        late.expire()
        let restored = try #require(try await late.restored())
        #expect(await restored.outcome() == "outcomeUnknown")
        #expect(late.refreshes == 0)
    }

    @Test("P33: an answer without a refresh token, or with an empty one, keeps the old", arguments: [true, false])
    func keepsRefreshToken(isEmpty: Bool) async throws {
        let world = SessionWorld()
        world.server.configuration.refreshTokenRotation = .none
        let session = try await world.session()
        let refreshToken = try await world.stored()?.refreshToken
        world.server.inject(
            isEmpty ? .member("refresh_token", "") : .withoutMember("refresh_token"),
            grantType: .refreshToken
        )
        world.expire()
        let token = try await session.accessToken()
        #expect(try await world.stored()?.refreshToken == refreshToken)
        world.expire()
        #expect(try await session.accessToken().value != token.value)
        Promise.seen(33, "missing or empty, the old one is kept, and refreshes again")
    }

    @Test("P36: invalid_grant ends a session, in the store too, and calls say so")
    func invalidGrant() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        var events = session.events.makeAsyncIterator()
        _ = try await session.accessToken()
        world.server.revokeRefreshTokenFamily(1)
        world.expire()
        do throws(TokenError) {
            _ = try await session.accessToken()
            Issue.record("the session goes on")
        } catch {
            #expect(error.kind == .sessionEnded && error.oauthError == "invalid_grant" && !error.isTransient)
        }
        #expect(session.state == .ended("invalid_grant"))
        #expect(await events.next() == SessionEvent(of: session.logID, .ended, "invalid_grant"))
        #expect(!session.hasRefreshToken)
        let restored = try #require(try await world.restored())
        #expect(restored.state == .ended("invalid_grant"))
        #expect(await restored.outcome() == "sessionEnded")
        #expect(world.refreshes == 1)
        Promise.seen(36, "unchanged: the session is over after \(world.refreshes) refresh")
    }

    @Test("P36: a session that ended gives out no valid token any more either")
    func endedWhileValid() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.server.revokeRefreshTokenFamily(1)
        #expect(await session.outcome(renew: true) == "sessionEnded")
        #expect(await session.outcome() == "sessionEnded")
    }

    @Test("P36: invalid_grant for a token that another process has replaced meanwhile is recovered from, once")
    func recoveryFromInvalidGrant() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.expire()
        // A process that knows nothing of leases and marks has refreshed under our hands.
        let used = try #require(try await world.stored()?.refreshToken)
        let gate = AsyncGate()
        world.server.inject(.oauthError("invalid_grant").held(by: gate), grantType: .refreshToken)
        async let token = session.outcome()
        await gate.waitForArrivals(1)
        let tokens = try await world.client().refresh(Secret(used))
        let entry = SessionEntry("s", in: world.store)
        var (record, version) = try #require(try await entry.load())
        record.refreshToken = tokens.refreshToken
        record.pending = nil
        _ = try await entry.save(record, replacing: version)
        gate.open()
        #expect(await token.hasPrefix("ey"))
        #expect(session.state == .active)
        #expect(world.refreshes == 3 && world.server.reuseDetections == 0)
        Promise.seen(36, "changed meanwhile: adopted, and \(world.refreshes - 2) further try")
    }

    @Test("P31: a refresh that is refused with 401 leads to no other refresh")
    func depth() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.server.inject(.oauthError("invalid_token", status: 401), grantType: .refreshToken)
        world.expire()
        #expect(await session.outcome() == "rejected")
        #expect(world.refreshes == 1)
    }
}

extension HTTP.TransportError {
    static func failing(_ reason: Reason, processed: Bool = false) -> HTTP.TransportError {
        HTTP.TransportError(kind: reason, message: "", requestMayHaveBeenProcessed: processed)
    }
}
