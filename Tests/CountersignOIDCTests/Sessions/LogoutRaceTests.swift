import Countersign
import CountersignTesting
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("A logout while somebody signs in")
struct LogoutRaceTests {
    private let world = SessionWorld()

    /// A process of the web back end.
    private func process(_ store: any TokenStore) -> BrowserSessions {
        BrowserSessions(world.client(), store: store)
    }

    private func logoutToken(_ result: SignInResult, bySession: Bool) throws -> String {
        try world.server.logoutToken(
            clientID: "web",
            subject: bySession ? nil : "u1",
            sessionID: bySession ? result.idToken?.sessionID : nil
        )
    }

    /// How a sign-in ended: what the browser sends from then on, or why it has nothing to send.
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

    /// Tries a sign-in and something else in every order of their steps, in two processes with one store.
    ///
    /// - Returns: How many orders there were, and after how many of them the browser had a cookie.
    private func everyOrder(
        of result: SignInResult,
        and other: @Sendable @escaping (_ there: BrowserSessions) async throws -> Void,
        check: @escaping (_ outcome: Outcome, _ there: BrowserSessions, _ order: String) async throws -> Void
    ) async throws -> (orders: Int, signedIn: Int) {
        var signedIn = 0
        let orders = try await EveryOrder.explore { order in
            let store = SteppedStore(store: MemoryTokenStore(clock: world.clock)) { await order.step($0, isWrite: $1) }
            let (here, there) = (process(store), process(store))
            let outcome = Locked<Outcome?>(nil)
            let failure = Locked<(any Error)?>(nil)
            let tasks: [@Sendable () async -> Void] = [
                {
                    let signedIn = await signIn(result, in: here)
                    outcome.withLock { $0 = signedIn }
                },
                {
                    do { try await other(there) } catch { failure.withLock { $0 = error } }
                },
            ]
            return (
                tasks,
                { order in
                    let outcome = try #require(outcome.withLock { $0 })
                    if let failure = failure.withLock({ $0 }) { Issue.record("\(failure) after \(order)") }
                    if outcome.cookie != nil { signedIn += 1 }
                    try await check(outcome, there, order)
                }
            )
        }
        return (orders, signedIn)
    }

    @Test(
        "In every order of the steps of a sign-in and of a back-channel logout, the session is over in the end",
        arguments: [true, false]
    )
    func backChannel(bySession: Bool) async throws {
        let result = try await world.signIn()
        world.clock.advance(by: .seconds(5))
        let (orders, signedIn) = try await everyOrder(of: result) { there in
            try await there.backChannelLogout(logoutToken: logoutToken(result, bySession: bySession))
        } check: { (outcome, there, order) async throws in
            if let failure = outcome.failure { #expect(failure.kind == .notSignedIn, "after \(order)") }
            #expect(try await there.session(cookies: outcome.cookie) == nil, "after \(order)")
            #expect(try await there.sessions(of: "u1").isEmpty, "after \(order)")
        }
        print("a sign-in and a back-channel logout: \(orders) orders, all there are; \(signedIn) got a cookie")
        #expect(orders > 100 && signedIn > 0 && signedIn < orders)
    }

    @Test("In every order of the steps of a sign-in and of a sign-out everywhere, the next one finds what is left")
    func everywhere() async throws {
        let result = try await world.signIn()
        let (orders, signedIn) = try await everyOrder(of: result) { there in
            try await there.signOutAll(of: "u1", revoking: .nothing)
        } check: { (outcome, there, order) async throws in
            let isSignedIn = try await there.session(cookies: outcome.cookie) != nil
            #expect(
                try await there.signOutAll(of: "u1", revoking: .nothing).count == (isSignedIn ? 1 : 0),
                "after \(order)"
            )
            #expect(try await there.session(cookies: outcome.cookie) == nil, "after \(order)")
        }
        print("a sign-in and a sign-out everywhere: \(orders) orders, all there are; \(signedIn) got a cookie")
        #expect(orders > 100 && signedIn > 0 && signedIn < orders)
    }

    @Test(
        "So it is with files, whichever step of the sign-in the logout comes before",
        arguments: 0..<11,
        [true, false]
    )
    func files(step: Int, bySession: Bool) async throws {
        let folder = try TemporaryFolder()
        let files = try FileTokenStore(directory: folder.path("store"), encryption: .none, clock: world.clock)
        let result = try await world.signIn()
        let token = try logoutToken(result, bySession: bySession)
        let there = process(files)
        let steps = Locked(0)
        let store = SteppedStore(store: files) { _, _ in
            let isNow = steps.withLock { count in
                count += 1
                return count == step + 1
            }
            if isNow { _ = try? await there.backChannelLogout(logoutToken: token) }
        }
        let outcome = await signIn(result, in: process(store))
        #expect(steps.withLock { $0 } > step)
        #expect(try await there.session(cookies: outcome.cookie) == nil)
        #expect(try await there.sessions(of: "u1").isEmpty)
    }

    // MARK: What a logout leaves behind

    @Test("A logout ends the sign-ins of its user that were before it, and none that is after it")
    func laterSignIn() async throws {
        let sessions = process(world.store)
        let before = try await world.signIn()
        world.clock.advance(by: .seconds(10))
        let token = try logoutToken(before, bySession: false)
        world.clock.advance(by: .seconds(1))
        let after = try await world.signIn()
        let other = try await world.signIn(as: FakeUser(subject: "u2"))
        #expect(try await sessions.backChannelLogout(logoutToken: token) == 0)
        #expect(await signIn(before, in: sessions).failure?.kind == .notSignedIn)
        #expect(await signIn(after, in: sessions).cookie != nil)
        #expect(await signIn(other, in: sessions).cookie != nil)
    }

    @Test("Of two logouts of a user, the one that was issued last counts, in whichever order they come")
    func twoLogouts() async throws {
        let sessions = process(world.store)
        let early = try world.server.logoutToken(clientID: "web", subject: "u1")
        world.clock.advance(by: .seconds(10))
        let result = try await world.signIn()
        world.clock.advance(by: .seconds(10))
        try await sessions.backChannelLogout(logoutToken: logoutToken(result, bySession: false))
        try await sessions.backChannelLogout(logoutToken: early)
        #expect(await signIn(result, in: sessions).failure?.kind == .notSignedIn)
    }

    @Test("Who signs in anew, in the same session of the server's, after that was ended here, is signed in")
    func sameSession() async throws {
        let sessions = process(world.store)
        let result = try await world.signIn()
        let idToken = try #require(result.idToken)
        let token = try world.server.logoutToken(clientID: "web", sessionID: idToken.sessionID) { claims in
            claims["iat"] = .int(idToken.issuedAt.components.seconds - 1)
        }
        try await sessions.backChannelLogout(logoutToken: token)
        #expect(await signIn(result, in: sessions).cookie != nil)
    }

    @Test("A session of the server's that was ended stays so, and a new one is not concerned")
    func newSession() async throws {
        let sessions = process(world.store)
        let result = try await world.signIn()
        try await sessions.backChannelLogout(logoutToken: logoutToken(result, bySession: true))
        #expect(await signIn(result, in: sessions).failure?.kind == .notSignedIn)
        #expect(world.server.liveRefreshTokenFamilies.isEmpty, "what was refused is revoked")
        let other = try await world.signIn(as: FakeUser(subject: "u2"))
        #expect(await signIn(other, in: sessions).cookie != nil)
    }

    @Test("What logouts leave behind is gone when no sign-in can be so old any more; none so old gets a session")
    func expiry() async throws {
        let sessions = process(world.store)
        let result = try await world.signIn()
        let old = try await world.signIn(as: FakeUser(subject: "u2"))
        for number in 0..<50 {
            let token = try world.server.logoutToken(clientID: "web", subject: "u1", sessionID: "s\(number)")
            try await sessions.backChannelLogout(logoutToken: token)
        }
        world.clock.advance(by: .seconds(599))
        #expect(await signIn(result, in: sessions).cookie != nil)
        world.clock.advance(by: .seconds(1))
        #expect(await signIn(old, in: sessions).failure?.kind == .notSignedIn)
        world.clock.advance(by: .seconds(60))
        #expect(await world.store.store.removeExpired() >= 50)
        for number in 0..<50 {
            #expect(try await world.store.load("ended.sid.\(number)") == nil)
        }
    }

    @Test(
        "A sign-in fails when the store cannot say whether there was a logout, and nothing is left of it",
        arguments: [[.load], [.load, .save, .remove]] as [Set<FaultyStore.Operation>]
    )
    func unsaid(failing: Set<FaultyStore.Operation>) async throws {
        let result = try await world.signIn()
        let store = world.store
        let steps = SteppedStore(store: store) { name, _ in if name.hasPrefix("ended.") { store.fail(failing) } }
        let failure = await signIn(result, in: process(steps)).failure
        #expect(failure?.kind == .storage)
        #expect(failure?.isTransient == true)
        #expect(world.server.liveRefreshTokenFamilies.isEmpty)
        store.fail([])
        if failing.contains(.remove) {
            await world.clock.waitForSleepers(1)
            world.clock.advance(by: .seconds(120))
        }
        while try await !process(store).sessions(of: "u1").isEmpty { await Task.yield() }
    }

    @Test("To a browser whose user was signed out meanwhile, the server has said no")
    func finishing() async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        site.world.clock.advance(by: .seconds(1))
        let other = site.otherProcess()
        let server = site.world.server
        let count = Locked(0)
        site.world.store.beforeSave {
            // The first takes out what is remembered of the sign-in; the second follows the tokens.
            guard
                count.withLock({ count in
                    count += 1; return count == 2
                })
            else { return }
            let token = try? server.logoutToken(clientID: "web", subject: "u1")
            _ = try? await other.backChannelLogout(logoutToken: token)
        }
        await #expect { try await site.sessions.finishSignIn(callback: callback, cookies: browser.cookies) } throws: {
            ($0 as? SignInError)?.kind == .denied && ($0 as? SignInError)?.isTransient == false
        }
    }
}
