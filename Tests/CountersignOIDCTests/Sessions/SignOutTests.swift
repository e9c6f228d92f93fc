import Countersign
import CountersignHTTP
@_spi(Generated) import CountersignJSON
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("Signing out")
struct SignOutTests {
    @Test("A sign-out ends the session locally, in the store and at the authorization server")
    func everywhere() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let other = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        _ = try await session.accessToken()
        let result = await session.signOut(state: "st")
        #expect("\(result)" == "SignOutResult(revoked)")
        #expect(result.storeError == nil)
        let url = try #require(result.endSessionURL)
        #expect(
            url.contains("id_token_hint=ey") && url.contains("state=st") && url.contains("post_logout_redirect_uri=")
        )
        #expect(session.state == .signedOut)
        #expect(await session.outcome() == "notSignedIn")
        #expect(!session.hasRefreshToken)
        #expect(try await fixture.stored() == nil)
        #expect(try await fixture.restored() == nil)
        #expect(fixture.server.liveRefreshTokenFamilies.isEmpty)
        #expect(fixture.refreshes == 0)
        fixture.expire()
        #expect(await other.outcome() == "notSignedIn")
        #expect(other.state == .signedOut)
        let again = await session.signOut()
        #expect("\(again)" == "SignOutResult(notRequested)")
    }

    @Test(
        "A sign-out revokes no tokens or all tokens if requested",
        arguments: [TokensToRevoke.nothing, .allTokens]
    )
    func tokensToRevoke(revoking: TokensToRevoke) async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let token = try await session.accessToken()
        _ = await session.signOut(revoking: revoking)
        #expect(fixture.server.count(.revocation) == (revoking == .nothing ? 0 : 2))
        #expect(fixture.server.liveRefreshTokenFamilies.isEmpty == (revoking == .allTokens))
        #expect(fixture.server.issuedTokens.first { $0.value == token.value }?.isRevoked == (revoking == .allTokens))
    }

    @Test("The stored session is removed even if the server revokes nothing", arguments: [true, false])
    func failedRevocation(isOffered: Bool) async throws {
        let fixture = SessionFixture()
        if isOffered {
            fixture.server.inject(.status(503), at: .revocation, times: nil)
        } else {
            fixture.server.configuration.metadata["revocation_endpoint"] = JSONValue.null
        }
        let session = try await fixture.session()
        let result = await session.signOut()
        switch result.revocation {
        case .failed(let error): #expect(isOffered && error.kind == .serverError)
        case .notSupported: #expect(!isOffered)
        default: Issue.record("\(result)")
        }
        #expect(try await fixture.stored() == nil)
        #expect(await session.outcome() == "notSignedIn")
    }

    @Test("A session that cannot be removed ends locally, and is removed when the store works again")
    func failedRemoval() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.store.fail([.remove])
        #expect(await session.signOut().storeError?.kind == .unavailable)
        #expect(await session.outcome() == "notSignedIn")
        await fixture.clock.waitForSleepers(1)
        fixture.store.fail([])
        fixture.clock.advanceToNextDeadline()
        try await waitUntil("the session is removed from the store") { try await fixture.stored() == nil }
    }

    @Test("Unsaved tokens are not stored after the sign-out")
    func backgroundSaveDuringSignOut() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.store.fail([.save])
        fixture.expire()
        #expect(await session.outcome().hasPrefix("ey"))
        await fixture.clock.waitForSleepers(1)
        fixture.store.fail([])
        // The user signs out while the background save is running.
        let gate = AsyncGate()
        fixture.store.beforeSave { try? await gate.pass() }
        fixture.clock.advanceToNextDeadline()
        await gate.waitForArrivals(1)
        let result = await session.signOut()
        #expect(result.storeError == nil)
        gate.open()
        try await session.waitForBackgroundSave()
        #expect(try await fixture.stored() == nil)
        #expect(await session.outcome() == "notSignedIn")
    }

    @Test("A retried removal does not remove a later sign-in under the same id")
    func lateRemoval() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.store.fail([.remove])
        await session.signOut()
        await fixture.clock.waitForSleepers(1)
        let later = try await fixture.session()
        fixture.store.fail([])
        let loads = Locked(0)
        fixture.store.afterLoad { _ in loads.withLock { $0 += 1 } }
        fixture.clock.advanceToNextDeadline()
        try await waitUntil("the retried removal has loaded the entry") { loads.withLock { $0 } > 0 }
        #expect(try await fixture.stored() != nil)
        fixture.expire()
        #expect(await later.outcome().hasPrefix("ey"))
    }

    @Test("After a sign-out, a client's calls fail, and nothing is sent")
    func calls() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let client = APIClient(
            server: fixture.api.origin.description,
            authorization: .token(session, scopes: ["notes.read"]),
            runtime: fixture.runtime
        )
        #expect(try await client.send(.get, "/notes").status == 200)
        await session.signOut()
        await #expect { try await client.send(.get, "/notes") } throws: {
            ($0 as? CallError<Never>)?.tokenError?.kind == .notSignedIn
        }
        #expect(fixture.api.requests.count == 1)
    }

    @Test(
        "P38: a sign-out during a refresh is final, and the new tokens are revoked"
    )
    func race() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.expire()
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken)
        async let token = session.outcome()
        await gate.waitForArrivals(1)
        let result = await session.signOut()
        #expect("\(result)" == "SignOutResult(revoked)")
        gate.open()
        #expect(await token == "notSignedIn")
        #expect(try await fixture.stored() == nil)
        #expect(fixture.server.liveRefreshTokenFamilies.isEmpty)
    }

    @Test("P38: tokens that another process receives after the sign-out are discarded and revoked")
    func raceOfProcesses() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let other = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        fixture.expire()
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken)
        async let token = other.outcome()
        await gate.waitForArrivals(1)
        _ = await session.signOut(revoking: .nothing)
        gate.open()
        #expect(await token == "notSignedIn")
        #expect(try await fixture.stored() == nil)
        try await waitUntil("the new tokens are revoked") { fixture.server.liveRefreshTokenFamilies.isEmpty }
    }

    @Test("P38: a sign-out is final in thousands of interleavings with two refreshes")
    func interleavings() async throws {
        let fixture = SessionFixture()
        let otherRuntime = fixture.otherRuntime()
        let entry = SessionStoreEntry("s", in: fixture.store)
        var (comebacks, refreshed) = (0, 0)
        let orders = Promise.isFullRun ? 10_000 : 500
        for seed in 0..<UInt64(orders) {
            fixture.store.beforeSave(nil)
            let session = try await fixture.session()
            let other = try #require(try await fixture.restored(runtime: otherRuntime))
            let delays = RandomYields(seed: seed)
            fixture.store.beforeSave { await delays.yield() }
            refreshed += await withTaskGroup(of: Int.self) { group in
                for process in [session, other] {
                    group.addTask { await process.outcome(forceRenewal: true).hasPrefix("ey") ? 1 : 0 }
                }
                group.addTask {
                    for _ in 0..<delays.initialYields { await Task.yield() }
                    await session.signOut(revoking: .nothing)
                    return 0
                }
                return await group.reduce(0, +)
            }
            if try await entry.load() != nil { comebacks += 1 }
            if await session.outcome() != "notSignedIn" { comebacks += 1 }
            // The other process may report that the outcome of its refresh is unknown, but must not have a token.
            if await other.outcome(forceRenewal: true).hasPrefix("ey") { comebacks += 1 }
        }
        #expect(comebacks == 0)
        #expect(refreshed > 0 && refreshed < 2 * orders, "the sign-out came before some refreshes and after others")
        Promise.seen(
            38,
            "\(comebacks) came back in \(orders) interleavings, \(refreshed) refreshes before the sign-out"
        )
    }
}

/// Random numbers of yields between tasks, reproducible by a seed.
private final class RandomYields: Sendable {
    private let generator: Locked<SeededGenerator>
    let initialYields: Int

    init(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        initialYields = Int(generator.next() % 40)
        self.generator = Locked(generator)
    }

    func yield() async {
        for _ in 0..<(generator.withLock { $0.next() } % 8) { await Task.yield() }
    }
}
