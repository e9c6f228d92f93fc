import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("Shutting sessions down", .timeLimit(.minutes(15)))
struct SessionShutdownTests {
    private func waitForShutdown(of work: WorkTracker) async throws {
        try await waitUntil("the shutdown has begun") { work.isShuttingDown }
    }

    // MARK: Refreshes

    @Test("A background refresh under way finishes and is stored, and no other begins")
    func refreshFinishes() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken)
        fixture.clock.advance(by: .seconds(2400))
        #expect(await session.outcome().hasPrefix("ey"), "the page is served, and the refresh runs in the background")
        await gate.waitForArrivals(1)
        async let shutdown = fixture.runtime.shutdown()
        try await waitForShutdown(of: fixture.runtime.work)
        #expect(await session.outcome(resources: ["https://a.example"]) == "shutDown")
        #expect(try await fixture.stored()?.pendingRefresh != nil)
        gate.open()
        #expect(await shutdown.isComplete)

        let newest = fixture.server.liveRefreshTokenFamilies.first?.refreshToken
        #expect(try await fixture.stored()?.refreshToken == newest)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
        fixture.clock.advance(by: .seconds(2400))
        #expect(await session.outcome().hasPrefix("ey"))
        fixture.expire()
        #expect(await session.outcome() == "shutDown")
        #expect(fixture.refreshes == 1)
        // The next process continues.
        let next = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        #expect(await next.outcome().hasPrefix("ey"))
        #expect(fixture.server.reuseDetections == 0)
    }

    @Test("A refresh that waits for a lease of another process does not begin, and leaves the lease to others")
    func leaseOfAnotherProcess() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let lease = try await SessionStoreEntry("s", in: fixture.store).lease()
        fixture.expire()
        async let call = session.outcome()
        await fixture.clock.waitForSleepers(1)
        #expect(await fixture.runtime.shutdown().isComplete)
        #expect(await call == "shutDown")
        #expect(fixture.refreshes == 0)
        await lease.release()
        let next = try #require(try await fixture.restored(runtime: fixture.otherRuntime()))
        #expect(await next.outcome().hasPrefix("ey"))
    }

    @Test("A lease that the store grants after a shutdown, despite the cancellation, is released")
    func lateLease() async throws {
        let fixture = SessionFixture()
        let result = try await fixture.signIn()
        let gate = AsyncGate()
        let store = LateLeaseStore(store: fixture.store, gate: gate)
        let session = try await fixture.client().session(for: result, in: store, id: "s")
        fixture.expire()
        async let call = session.outcome()
        await gate.waitForArrivals(1)
        #expect(await session.shutdown().isComplete)
        gate.open()
        #expect(await call == "shutDown")
        #expect(fixture.refreshes == 0)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
        let lease = try await fixture.store.lease("session." + session.logID, for: .seconds(1), waitingAtMost: .zero)
        #expect(await lease.isHeld())
    }

    @Test("A refresh that waits for another one of its session does not begin")
    func secondRefresh() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken)
        fixture.expire()
        async let first = session.outcome()
        await gate.waitForArrivals(1)
        async let second = session.outcome(resources: ["https://a.example"])
        async let shutdown = session.shutdown()
        try await waitForShutdown(of: session.core.work)
        gate.open()
        #expect(await shutdown.isComplete)
        #expect(await first.hasPrefix("ey"))
        #expect(await second == "shutDown")
        #expect(fixture.refreshes == 1)
    }

    @Test("A shutdown that cannot wait names the sessions, and the next process knows that the outcome is unknown")
    func unfinished() async throws {
        let fixture = SessionFixture()
        var sessions: [UserSession] = []
        for id in ["a", "b", "c"] { sessions.append(try await fixture.session(id: id)) }
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken, times: 2)
        fixture.expire()
        let calls = sessions.prefix(2).map { session in Task { await session.outcome() } }
        await gate.waitForArrivals(2)
        let result = await fixture.runtime.shutdown(within: .zero)
        #expect(Set(result.unfinishedWork.map(\.session)) == Set(sessions.prefix(2).map(\.logID)))
        #expect(result.unfinishedWork.map(\.kind) == [.renewal, .renewal])
        #expect(await sessions[2].outcome() == "shutDown")

        // As if the process had ended here.
        #expect(try await fixture.stored(id: "a")?.pendingRefresh != nil)
        #expect(try await fixture.stored(id: "c")?.pendingRefresh == nil)
        gate.open()
        for call in calls { #expect(await call.value.hasPrefix("ey")) }
        #expect(await fixture.runtime.shutdown().isComplete)
    }

    // MARK: Saves and removals

    @Test("A save that waits for its retry is retried at once")
    func save() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        try await makeUnsaved(session, fixture)
        fixture.store.fail([])
        #expect(await fixture.runtime.shutdown().isComplete)
        let newest = fixture.server.liveRefreshTokenFamilies.first?.refreshToken
        #expect(try await fixture.stored()?.refreshToken == newest)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
        #expect(fixture.clock.sleepers == 0)
    }

    @Test("While the store fails, a save is retried until the shutdown ends, which then names it")
    func failingSave() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        try await makeUnsaved(session, fixture)
        let saves = AsyncGate()
        saves.open()
        fixture.store.beforeSave { try? await saves.pass() }
        async let shutdown = session.shutdown(within: .seconds(20))
        // The retries begin anew at one second: at 0, 1, 3, 7 and 15 s.
        for (attempt, delay) in [1, 2, 4, 8].enumerated() {
            await saves.waitForArrivals(attempt + 1)
            await fixture.clock.advanceToSleeper(due: .seconds(delay)...(.seconds(delay)))
        }
        await saves.waitForArrivals(5)
        fixture.clock.advance(by: .seconds(5))
        #expect(await shutdown.unfinishedWork == [UnfinishedWork(kind: .save, session: session.logID)])

        fixture.store.fail([])
        async let second = session.shutdown(within: .seconds(60))
        await fixture.clock.advanceToSleeper(due: .seconds(1)...(.seconds(30)))
        #expect(await second.isComplete)
        #expect(try await fixture.stored()?.pendingRefresh == nil)
    }

    /// Refreshes a session whose new tokens the store does not accept.
    private func makeUnsaved(_ session: UserSession, _ fixture: SessionFixture) async throws {
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), grantType: .refreshToken)
        fixture.expire()
        async let call = session.outcome()
        await gate.waitForArrivals(1)
        fixture.store.fail([.save])
        gate.open()
        #expect(await call.hasPrefix("ey"))
        await fixture.clock.waitForSleepers(1)
    }

    @Test("A removal that waits for its retry is retried at once")
    func removal() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        fixture.store.fail([.remove])
        #expect(await session.signOut().storeError != nil)
        await fixture.clock.waitForSleepers(1)
        #expect(
            await session.shutdown(within: .zero).unfinishedWork
                == [UnfinishedWork(kind: .removal, session: session.logID)]
        )
        // The first shutdown has woken the retry, which fails. The next one follows after a second.
        await fixture.clock.waitForSleepers(1)
        fixture.store.fail([])
        async let shutdown = session.shutdown()
        await fixture.clock.advanceToSleeper(due: .seconds(1)...(.seconds(1)))
        #expect(await shutdown.isComplete)
        #expect(try await fixture.stored() == nil)
    }

    @Test("A sign-out works during a shutdown, which waits for its removal and its revocation")
    func signOut() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        #expect(await session.shutdown().isComplete)
        let gate = AsyncGate()
        fixture.server.inject(.held(by: gate), at: .revocation)
        async let signOut = session.signOut()
        await gate.waitForArrivals(1)
        #expect(
            await session.shutdown(within: .zero).unfinishedWork
                == [UnfinishedWork(kind: .revocation, session: session.logID)]
        )
        async let shutdown = session.shutdown()
        gate.open()
        #expect(await shutdown.isComplete)
        guard case .revoked = await signOut.revocation else {
            Issue.record("the tokens are not revoked")
            return
        }
        #expect(try await fixture.stored() == nil)
        #expect(fixture.server.liveRefreshTokenFamilies.isEmpty)
    }

    @Test("A shutdown waits for the revocation of tokens that a refresh received after the sign-out")
    func revocationInBackground() async throws {
        let fixture = SessionFixture()
        let session = try await fixture.session()
        let (refresh, revocation) = (AsyncGate(), AsyncGate())
        fixture.server.inject(.held(by: refresh), grantType: .refreshToken)
        fixture.expire()
        async let call = session.outcome()
        await refresh.waitForArrivals(1)
        await session.signOut(revoking: .nothing)
        fixture.server.inject(.held(by: revocation), at: .revocation, times: nil)
        async let shutdown = session.shutdown()
        refresh.open()
        await revocation.waitForArrivals(1)
        revocation.open()
        #expect(await shutdown.isComplete)
        #expect(await call == "notSignedIn")
        #expect(fixture.server.liveRefreshTokenFamilies.isEmpty)
    }

    // MARK: Web back ends

    @Test("A callback during a shutdown uses nothing up, so that another process completes the sign-in")
    func callback() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser, returnTo: "/notes")
        #expect(await backEnd.sessions.shutdown().isComplete)
        await #expect {
            try await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        } throws: { error in
            let error = error as? SignInError
            return error?.kind == .tokenError && error?.tokenError?.kind == .shutDown && error?.isTransient == true
        }
        let completion = try await backEnd.otherProcess().finishSignIn(callback: callback, cookies: browser.cookies)
        #expect(completion.returnTo == "/notes")
        #expect(backEnd.server.count(grantType: .authorizationCode) == 1)
    }

    @Test("A sign-in under way finishes and is stored")
    func signInFinishes() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        let gate = AsyncGate()
        backEnd.server.inject(.held(by: gate), grantType: .authorizationCode)
        let cookies = browser.cookies
        let signIn = Task { try await backEnd.sessions.finishSignIn(callback: callback, cookies: cookies) }
        await gate.waitForArrivals(1)
        let unfinished = await backEnd.fixture.runtime.shutdown(within: .zero).unfinishedWork
        #expect(unfinished == [UnfinishedWork(kind: .signIn, session: nil)])
        async let shutdown = backEnd.sessions.shutdown()
        gate.open()
        #expect(await shutdown.isComplete)
        browser.receive(try await signIn.value.setCookies)
        #expect(try await backEnd.otherProcess().session(cookies: browser.cookies) != nil)
    }

    @Test("A shutdown of browser sessions includes each of them, and leaves other sessions of the runtime running")
    func scope() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        try await backEnd.signIn(&browser)
        let session = try #require(try await backEnd.sessions.session(cookies: browser.cookies)).session
        let own = try await backEnd.fixture.session(id: "own")
        let gate = AsyncGate()
        backEnd.server.inject(.held(by: gate), grantType: .refreshToken)
        async let call = session.outcome(forceRenewal: true)
        await gate.waitForArrivals(1)
        #expect(
            await backEnd.sessions.shutdown(within: .zero).unfinishedWork
                == [UnfinishedWork(kind: .renewal, session: session.logID)]
        )
        gate.open()
        #expect(await call.hasPrefix("ey"))
        #expect(await session.outcome(forceRenewal: true) == "shutDown")
        let restored = try #require(try await backEnd.sessions.session(cookies: browser.cookies)).session
        #expect(await restored.outcome().hasPrefix("ey"), "a page is served while its token is valid")
        #expect(await own.outcome(forceRenewal: true).hasPrefix("ey"))
        #expect(await backEnd.fixture.runtime.shutdown().isComplete)
        #expect(await own.outcome(forceRenewal: true) == "shutDown")
    }

    @Test("A shutdown waits for the sign-out of a browser, and for all of a user's sessions")
    func signOutOfBrowsers() async throws {
        let backEnd = WebBackEnd()
        var browsers = [Browser(), Browser(), Browser()]
        for index in browsers.indices { try await backEnd.signIn(&browsers[index]) }
        let gate = AsyncGate()
        backEnd.server.inject(.held(by: gate), at: .revocation)
        let signOut = Task { try await backEnd.sessions.signOutAll(of: SessionFixture.ada.subject).count }
        await gate.waitForArrivals(1)
        #expect(await !backEnd.sessions.shutdown(within: .zero).isComplete)
        async let shutdown = backEnd.fixture.runtime.shutdown()
        gate.open()
        #expect(await shutdown.isComplete)
        #expect(backEnd.server.liveRefreshTokenFamilies.isEmpty)
        #expect(try await signOut.value == 3)
        for browser in browsers {
            #expect(try await backEnd.otherProcess().session(cookies: browser.cookies) == nil)
        }
    }

    @Test("run() of browser sessions and of a session ends with a cancellation")
    func services() async throws {
        let backEnd = WebBackEnd()
        let session = try await backEnd.fixture.session()
        let services = [Task { await session.run() }, Task { await backEnd.sessions.run() }]
        for service in services { service.cancel() }
        for service in services { await service.value }
        #expect(session.core.work.isShuttingDown && backEnd.sessions.work.isShuttingDown)
        #expect(!backEnd.fixture.runtime.work.isShuttingDown)
    }
}

/// A token store whose leases are granted when a gate opens, even after a cancellation.
private struct LateLeaseStore: TokenStore {
    let store: FaultyTokenStore
    let gate: AsyncGate

    func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? { try await store.load(name) }

    func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Date?
    ) async throws(TokenStoreError) -> StoreVersion {
        try await store.save(contents, as: name, replacing: version, until: expiry)
    }

    func remove(_ name: String, version: StoreVersion?) async throws(TokenStoreError) {
        try await store.remove(name, version: version)
    }

    func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost timeout: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        let task = Task.detached { () async -> Result<any StoreLease, TokenStoreError> in
            try? await gate.pass()
            do throws(TokenStoreError) {
                return .success(try await store.lease(name, for: duration, waitingAtMost: timeout))
            } catch {
                return .failure(error)
            }
        }
        return try await task.value.get()
    }
}
