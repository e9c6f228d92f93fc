import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("A logout during a sign-in")
struct LogoutRaceTests {
    private let fixture = SessionFixture()

    /// Returns the sessions of one process of the web back end.
    private func process(_ store: any TokenStore) -> BrowserSessions {
        BrowserSessions(fixture.client(), store: store)
    }

    private func logoutToken(_ result: SignInResult, bySession: Bool) throws -> String {
        try fixture.server.logoutToken(
            clientID: "web",
            subject: bySession ? nil : "u1",
            sessionID: bySession ? result.idToken?.sessionID : nil
        )
    }

    /// The outcome of a sign-in: the cookie that the browser sends from now on, or an error.
    private enum Outcome: Sendable {
        case cookie(String)
        case failed(TokenError)

        var cookie: String? {
            guard case .cookie(let text) = self else { return nil }
            return text
        }

        var failure: TokenError? {
            guard case .failed(let error) = self else { return nil }
            return error
        }
    }

    private func signIn(_ result: SignInResult, in sessions: BrowserSessions) async -> Outcome {
        do throws(TokenError) {
            let browser = try await sessions.beginSession(for: result)
            return .cookie(String((browser.setCookie ?? "").prefix { $0 != ";" }))
        } catch {
            return .failed(error)
        }
    }

    /// Runs a sign-in and another operation in every order of their steps, in two processes that share a store.
    ///
    /// - Returns: The number of orders, and in how many of them the browser received a cookie.
    private func everyOrder(
        of result: SignInResult,
        and other: @Sendable @escaping (_ otherProcess: BrowserSessions) async throws -> Void,
        check: @escaping (_ outcome: Outcome, _ otherProcess: BrowserSessions, _ order: String) async throws -> Void
    ) async throws -> (orders: Int, signedIn: Int) {
        var signedIn = 0
        let orders = try await InterleavingExplorer.explore { explorer in
            let store = StepReportingStore(store: MemoryTokenStore(clock: fixture.clock)) { name, isWrite in
                await explorer.step(name, isWrite: isWrite)
            }
            let (firstProcess, otherProcess) = (process(store), process(store))
            let outcome = Locked<Outcome?>(nil)
            let failure = Locked<(any Error)?>(nil)
            let tasks: [@Sendable () async -> Void] = [
                {
                    let signedIn = await signIn(result, in: firstProcess)
                    outcome.withLock { $0 = signedIn }
                },
                {
                    do { try await other(otherProcess) } catch { failure.withLock { $0 = error } }
                },
            ]
            return (
                tasks,
                { order in
                    let outcome = try #require(outcome.withLock { $0 })
                    if let failure = failure.withLock({ $0 }) { Issue.record("\(failure) after \(order)") }
                    if outcome.cookie != nil { signedIn += 1 }
                    try await check(outcome, otherProcess, order)
                }
            )
        }
        return (orders, signedIn)
    }

    @Test(
        "In every order of the steps of a sign-in and a back-channel logout, the session has ended at the end",
        arguments: [true, false]
    )
    func backChannel(bySession: Bool) async throws {
        let result = try await fixture.signIn()
        fixture.clock.advance(by: .seconds(5))
        let (orders, signedIn) = try await everyOrder(of: result) { otherProcess in
            try await otherProcess.backChannelLogout(logoutToken: logoutToken(result, bySession: bySession))
        } check: { (outcome, otherProcess, order) async throws in
            if let failure = outcome.failure { #expect(failure.kind == .notSignedIn, "after \(order)") }
            #expect(try await otherProcess.session(cookies: outcome.cookie) == nil, "after \(order)")
            #expect(try await otherProcess.sessions(of: "u1").isEmpty, "after \(order)")
        }
        print("a sign-in and a back-channel logout: all \(orders) orders; \(signedIn) with a cookie")
        #expect(orders > 100 && signedIn > 0 && signedIn < orders)
    }

    @Test("In every order of the steps of a sign-in and signOutAll, another signOutAll finds the remaining session")
    func everywhere() async throws {
        let result = try await fixture.signIn()
        let (orders, signedIn) = try await everyOrder(of: result) { otherProcess in
            try await otherProcess.signOutAll(of: "u1", revoking: .nothing)
        } check: { (outcome, otherProcess, order) async throws in
            let isSignedIn = try await otherProcess.session(cookies: outcome.cookie) != nil
            #expect(
                try await otherProcess.signOutAll(of: "u1", revoking: .nothing).count == (isSignedIn ? 1 : 0),
                "after \(order)"
            )
            #expect(try await otherProcess.session(cookies: outcome.cookie) == nil, "after \(order)")
        }
        print("a sign-in and signOutAll: all \(orders) orders; \(signedIn) with a cookie")
        #expect(orders > 100 && signedIn > 0 && signedIn < orders)
    }

    @Test(
        "With a file store, a back-channel logout before any step of the sign-in ends the session",
        arguments: 0..<11,
        [true, false]
    )
    func files(step: Int, bySession: Bool) async throws {
        let folder = try TemporaryFolder()
        let files = try FileTokenStore(directory: folder.path("store"), encryption: .none, clock: fixture.clock)
        let result = try await fixture.signIn()
        let token = try logoutToken(result, bySession: bySession)
        let otherProcess = process(files)
        let steps = Locked(0)
        let store = StepReportingStore(store: files) { _, _ in
            let isNow = steps.withLock { count in
                count += 1
                return count == step + 1
            }
            if isNow { _ = try? await otherProcess.backChannelLogout(logoutToken: token) }
        }
        let outcome = await signIn(result, in: process(store))
        #expect(steps.withLock { $0 } > step)
        #expect(try await otherProcess.session(cookies: outcome.cookie) == nil)
        #expect(try await otherProcess.sessions(of: "u1").isEmpty)
    }

    // MARK: Tombstones

    @Test("A logout ends the earlier sign-ins of its user, and not the later ones")
    func laterSignIn() async throws {
        let sessions = process(fixture.store)
        let before = try await fixture.signIn()
        fixture.clock.advance(by: .seconds(10))
        let token = try logoutToken(before, bySession: false)
        fixture.clock.advance(by: .seconds(1))
        let after = try await fixture.signIn()
        let other = try await fixture.signIn(as: FakeUser(subject: "u2"))
        #expect(try await sessions.backChannelLogout(logoutToken: token) == 0)
        #expect(await signIn(before, in: sessions).failure?.kind == .notSignedIn)
        #expect(await signIn(after, in: sessions).cookie != nil)
        #expect(await signIn(other, in: sessions).cookie != nil)
    }

    @Test("Of two logouts of a user, the one that was issued last counts, in any order of arrival")
    func twoLogouts() async throws {
        let sessions = process(fixture.store)
        let early = try fixture.server.logoutToken(clientID: "web", subject: "u1")
        fixture.clock.advance(by: .seconds(10))
        let result = try await fixture.signIn()
        fixture.clock.advance(by: .seconds(10))
        try await sessions.backChannelLogout(logoutToken: logoutToken(result, bySession: false))
        try await sessions.backChannelLogout(logoutToken: early)
        #expect(await signIn(result, in: sessions).failure?.kind == .notSignedIn)
    }

    @Test("After a logout, a new sign-in in the same session of the server is accepted")
    func sameSession() async throws {
        let sessions = process(fixture.store)
        let result = try await fixture.signIn()
        let idToken = try #require(result.idToken)
        let token = try fixture.server.logoutToken(clientID: "web", sessionID: idToken.sessionID) { claims in
            claims["iat"] = .int(Int64(idToken.issuedAt.timeIntervalSince1970) - 1)
        }
        try await sessions.backChannelLogout(logoutToken: token)
        #expect(await signIn(result, in: sessions).cookie != nil)
    }

    @Test("A logout of one session (sid) does not affect a sign-in in another session")
    func newSession() async throws {
        let sessions = process(fixture.store)
        let result = try await fixture.signIn()
        try await sessions.backChannelLogout(logoutToken: logoutToken(result, bySession: true))
        #expect(await signIn(result, in: sessions).failure?.kind == .notSignedIn)
        #expect(fixture.server.liveRefreshTokenFamilies.isEmpty, "the tokens of the rejected sign-in are revoked")
        let other = try await fixture.signIn(as: FakeUser(subject: "u2"))
        #expect(await signIn(other, in: sessions).cookie != nil)
    }

    @Test("Tombstones expire when every sign-in they could end is too old for a session")
    func expiry() async throws {
        let sessions = process(fixture.store)
        let result = try await fixture.signIn()
        let old = try await fixture.signIn(as: FakeUser(subject: "u2"))
        for number in 0..<50 {
            let token = try fixture.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s\(number)")
            try await sessions.backChannelLogout(logoutToken: token)
        }
        fixture.clock.advance(by: .seconds(599))
        #expect(await signIn(result, in: sessions).cookie != nil)
        fixture.clock.advance(by: .seconds(1))
        #expect(await signIn(old, in: sessions).failure?.kind == .notSignedIn)
        fixture.clock.advance(by: .seconds(60))
        #expect(await fixture.store.store.removeExpired() >= 50)
        for number in 0..<50 {
            #expect(try await fixture.store.load("ended.sid.\(number)") == nil)
        }
    }

    @Test(
        "A sign-in fails if the store cannot load the tombstone, and leaves neither session nor tokens",
        arguments: [[.load], [.load, .save, .remove]] as [Set<FaultyTokenStore.Operation>]
    )
    func failingStore(failing: Set<FaultyTokenStore.Operation>) async throws {
        let result = try await fixture.signIn()
        let store = fixture.store
        let failingStore = StepReportingStore(store: store) { name, _ in
            if name.hasPrefix("ended.") { store.fail(failing) }
        }
        let failure = await signIn(result, in: process(failingStore)).failure
        #expect(failure?.kind == .storage)
        #expect(failure?.isTransient == true)
        #expect(fixture.server.liveRefreshTokenFamilies.isEmpty)
        store.fail([])
        if failing.contains(.remove) {
            await fixture.clock.waitForSleepers(1)
            fixture.clock.advance(by: .seconds(120))
        }
        try await waitUntil("the session is removed") { try await process(store).sessions(of: "u1").isEmpty }
    }

    @Test("finishSignIn throws denied if a logout has ended the sign-in in the meantime")
    func finishing() async throws {
        let backEnd = WebBackEnd()
        var browser = Browser()
        let callback = try await backEnd.approve(&browser)
        backEnd.clock.advance(by: .seconds(1))
        let other = backEnd.otherProcess()
        let server = backEnd.server
        let count = Locked(0)
        backEnd.store.beforeSave {
            // The first save takes the pending sign-in. The second one follows the token response.
            guard
                count.withLock({ count in
                    count += 1; return count == 2
                })
            else { return }
            let token = try? server.logoutToken(clientID: "web", subject: "u1")
            _ = try? await other.backChannelLogout(logoutToken: token)
        }
        await #expect {
            try await backEnd.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        } throws: {
            ($0 as? SignInError)?.kind == .denied && ($0 as? SignInError)?.isTransient == false
        }
    }
}
