import Countersign
import CountersignHTTP
import CountersignJSON
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("Signing out")
struct SignOutTests {
    @Test("A sign-out ends the session here, in the store and at the authorization server, and says where to go")
    func everywhere() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let other = try #require(try await world.restored(runtime: world.otherRuntime()))
        _ = try await session.accessToken()
        let result = await session.signOut(state: "st")
        guard case .done = result.revocation else { throw Unexpected("\(result)") }
        #expect(result.storeError == nil)
        let url = try #require(result.endSessionURL)
        #expect(
            url.contains("id_token_hint=ey") && url.contains("state=st") && url.contains("post_logout_redirect_uri=")
        )
        #expect(session.state == .signedOut)
        #expect(await session.outcome() == "notSignedIn")
        #expect(!session.hasRefreshToken)
        #expect(try await world.stored() == nil)
        #expect(try await world.restored() == nil)
        #expect(world.server.liveRefreshTokenFamilies.isEmpty)
        #expect(world.refreshes == 0)
        world.expire()
        #expect(await other.outcome() == "notSignedIn")
        #expect(other.state == .signedOut)
        let again = await session.signOut()
        guard case .notAsked = again.revocation else { throw Unexpected("\(again)") }
    }

    @Test(
        "The opt-out revokes nothing; all tokens are revoked on demand",
        arguments: [TokensToRevoke.nothing, .allTokens]
    )
    func optOut(revoking: TokensToRevoke) async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let token = try await session.accessToken()
        _ = await session.signOut(revoking: revoking)
        #expect(world.server.count(.revocation) == (revoking == .nothing ? 0 : 2))
        #expect(world.server.liveRefreshTokenFamilies.isEmpty == (revoking == .allTokens))
        #expect(world.server.issuedTokens.first { $0.value == token.value }?.isRevoked == (revoking == .allTokens))
    }

    @Test("The local copy goes though the server revokes nothing", arguments: [true, false])
    func failedRevocation(isOffered: Bool) async throws {
        let world = SessionWorld()
        if isOffered {
            world.server.inject(.status(503), at: .revocation, times: nil)
        } else {
            world.server.configuration.metadata["revocation_endpoint"] = JSONValue.null
        }
        let session = try await world.session()
        let result = await session.signOut()
        switch result.revocation {
        case .failed(let error): #expect(isOffered && error.kind == .serverError)
        case .notOffered: #expect(!isOffered)
        default: throw Unexpected("\(result)")
        }
        #expect(try await world.stored() == nil)
        #expect(await session.outcome() == "notSignedIn")
    }

    @Test("When the store does not let the session go, it is over here, and removed as soon as that works")
    func failedRemoval() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.store.fail([.remove])
        #expect(await session.signOut().storeError?.kind == .unavailable)
        #expect(await session.outcome() == "notSignedIn")
        await world.clock.waitForSleepers(1)
        world.store.fail([])
        world.clock.advanceToNextDeadline()
        while try await world.stored() != nil { await Task.yield() }
    }

    @Test("What the store did not take is not stored after the sign-out")
    func notStoredAfterwards() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.store.fail([.save])
        world.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        await world.clock.waitForSleepers(1)
        world.store.fail([])
        // The save in the background has begun when the user signs out.
        let gate = AsyncGate()
        world.store.beforeSave { try? await gate.pass() }
        world.clock.advanceToNextDeadline()
        await gate.waitForArrivals(1)
        let result = await session.signOut()
        #expect(result.storeError == nil)
        gate.open()
        while session.core.state.withLock({ $0.isSaving }) { await Task.yield() }
        #expect(try await world.stored() == nil)
        #expect(await session.outcome() == "notSignedIn")
    }

    @Test("A removal that comes late spares a later sign-in under the same id")
    func lateRemoval() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.store.fail([.remove])
        await session.signOut()
        await world.clock.waitForSleepers(1)
        let later = try await world.session()
        world.store.fail([])
        world.clock.advanceToNextDeadline()
        for _ in 0..<100 { await Task.yield() }
        #expect(try await world.stored() != nil)
        world.expire()
        #expect(await later.outcome().hasPrefix("ey"))
    }

    @Test("A client's calls fail after a sign-out, and nothing is sent")
    func calls() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let client = APIClient(
            server: world.api.origin.description,
            authorization: .token(session, scopes: ["notes.read"]),
            runtime: world.runtime
        )
        #expect(try await client.send(.get, "/notes").status == 200)
        await session.signOut()
        await #expect { try await client.send(.get, "/notes") } throws: {
            ($0 as? CallError<Never>)?.tokenError?.kind == .notSignedIn
        }
        #expect(world.api.requests.count == 1)
    }

    @Test(
        "P38: a sign-out while a refresh is under way: the session does not come back, and what it brought is revoked"
    )
    func race() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        world.expire()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate), grantType: .refreshToken)
        async let token = session.outcome()
        await gate.waitForArrivals(1)
        let result = await session.signOut()
        guard case .done = result.revocation else { throw Unexpected("\(result)") }
        gate.open()
        #expect(await token == "notSignedIn")
        #expect(try await world.stored() == nil)
        #expect(world.server.liveRefreshTokenFamilies.isEmpty)
    }

    @Test("P38: a refresh of another process that lands after the sign-out is thrown away, and revoked")
    func raceOfProcesses() async throws {
        let world = SessionWorld()
        let session = try await world.session()
        let other = try #require(try await world.restored(runtime: world.otherRuntime()))
        world.expire()
        let gate = AsyncGate()
        world.server.inject(.held(by: gate), grantType: .refreshToken)
        async let token = other.outcome()
        await gate.waitForArrivals(1)
        _ = await session.signOut(revoking: .nothing)
        gate.open()
        #expect(await token == "notSignedIn")
        #expect(try await world.stored() == nil)
        while !world.server.liveRefreshTokenFamilies.isEmpty { await Task.yield() }
    }

    @Test("P38: in thousands of orders of steps of a sign-out and two refreshes, the session never comes back")
    func interleavings() async throws {
        let world = SessionWorld()
        let otherRuntime = world.otherRuntime()
        let entry = SessionEntry("s", in: world.store)
        var (comebacks, refreshed) = (0, 0)
        let orders = Promise.isFullRun ? 10_000 : 500
        for seed in 0..<UInt64(orders) {
            world.store.beforeSave(nil)
            let session = try await world.session()
            let other = try #require(try await world.restored(runtime: otherRuntime))
            let scheduler = Scheduler(seed: seed)
            world.store.beforeSave { await scheduler.step() }
            refreshed += await withTaskGroup(of: Int.self) { group in
                for process in [session, other] {
                    group.addTask { await process.outcome(renew: true).hasPrefix("ey") ? 1 : 0 }
                }
                group.addTask {
                    for _ in 0..<scheduler.pauses { await Task.yield() }
                    await session.signOut(revoking: .nothing)
                    return 0
                }
                return await group.reduce(0, +)
            }
            if try await entry.load() != nil { comebacks += 1 }
            if await session.outcome() != "notSignedIn" { comebacks += 1 }
            // The other process may still say that nobody knows what became of the refresh.
            if await other.outcome(renew: true).hasPrefix("ey") { comebacks += 1 }
        }
        #expect(comebacks == 0)
        #expect(refreshed > 0 && refreshed < 2 * orders, "the sign-out came before some, and after others")
        Promise.seen(
            38,
            "\(comebacks) came back in \(orders) interleavings, \(refreshed) refreshes ahead of the sign-out"
        )
    }
}

/// Lets tasks give way to each other so often as a seed says.
final class Scheduler: Sendable {
    private let numbers: Locked<SeededGenerator>
    let pauses: Int

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        pauses = Int(generator.next() % 40)
        numbers = Locked(generator)
    }

    func step() async {
        for _ in 0..<(numbers.withLock { $0.next() } % 8) { await Task.yield() }
    }
}

struct Unexpected: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
