import Countersign
import CountersignTesting
import Synchronization
import Testing

@testable import CountersignOIDC

/// A store in which something happens between a load and what is done with it.
private final class InterruptedStore: TokenStore {
    typealias Interruption = @Sendable () async -> Void
    private let store: any TokenStore
    private let interruption = Mutex<(prefix: String, run: Interruption)?>(nil)

    init(_ store: any TokenStore) {
        self.store = store
    }

    /// Once.
    func afterLoad(of prefix: String, _ run: @escaping Interruption) { interruption.withLock { $0 = (prefix, run) } }

    func load(_ name: String) async throws(TokenStoreError) -> StoredEntry? {
        let entry = try await store.load(name)
        let run = interruption.withLock { interruption -> Interruption? in
            guard let (prefix, run) = interruption, name.hasPrefix(prefix) else { return nil }
            interruption = nil
            return run
        }
        await run?()
        return entry
    }

    func save(
        _ contents: [UInt8],
        as name: String,
        replacing version: StoreVersion?,
        until expiry: Duration?
    ) async throws(TokenStoreError) -> StoreVersion {
        try await store.save(contents, as: name, replacing: version, until: expiry)
    }

    func remove(_ name: String, version: StoreVersion?) async throws(TokenStoreError) {
        try await store.remove(name, version: version)
    }

    func lease(
        _ name: String,
        for duration: Duration,
        waitingAtMost patience: Duration
    ) async throws(TokenStoreError) -> any StoreLease {
        try await store.lease(name, for: duration, waitingAtMost: patience)
    }
}

@Suite("Attacks on sessions")
struct SessionAttackTests {
    @Test("Sign-ins that strangers begin and never complete do not fill the memory")
    func abandonedSignIns() async throws {
        let clock = VirtualClock()
        let store = MemoryTokenStore(clock: clock)
        for number in 0..<20_000 {
            clock.advance(by: .seconds(1))
            _ = try await store.save([1], as: "\(number)", replacing: nil, until: clock.unixTime() + .seconds(600))
        }
        #expect(await store.removeExpired() < 2000)
    }

    @Test("A logout that comes while a sign-in is being stored ends that session, too", arguments: 1...5)
    func logoutDuringSignIn(save: Int) async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        let other = site.otherProcess()
        let count = Atomic(0)
        let server = site.world.server
        site.world.store.beforeSave {
            guard count.add(1, ordering: .relaxed).newValue == save else { return }
            let token = try? server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
            _ = try? await other.backChannelLogout(logoutToken: token ?? "")
        }
        let done = try? await site.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        if let done { browser.receive(done.setCookie) }
        #expect(try await site.sessions.session(cookies: browser.cookies) == nil)
        #expect(try await site.sessions.sessions(of: "u1").isEmpty)
    }

    @Test("A logout token with an empty session is refused, and not taken for one that ends nothing")
    func logoutOfNoSession() async throws {
        let site = Site()
        var browser = Browser()
        _ = try await site.signIn(&browser)
        let token = try site.world.server.logoutToken(clientID: "web", subject: "u1", sessionID: "")
        await #expect { try await site.sessions.backChannelLogout(logoutToken: token) } throws: {
            ($0 as? SignInError)?.idTokenError?.kind == .missingClaim
        }
    }

    @Test("The tokens of a sign-in that could not be kept are revoked")
    func unkeptSignIn() async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        let count = Atomic(0)
        let store = site.world.store
        store.beforeSave { if count.add(1, ordering: .relaxed).newValue == 2 { store.fail([.save]) } }
        await #expect(throws: SignInError.self) {
            try await site.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        }
        #expect(site.world.server.count(grantType: .authorizationCode) == 1)
        #expect(site.world.server.liveRefreshTokenFamilies.isEmpty)
    }

    @Test("What is left of a completed sign-in is nothing, even if its entry cannot be removed")
    func spentSignIn() async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        site.world.store.fail([.remove])
        _ = try? await site.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        #expect(await site.world.store.store.removeExpired() == 1)
    }

    @Test("A request that loads a session while its user signs out does not bring it back")
    func loadDuringSignOut() async throws {
        let site = Site()
        var browser = Browser()
        let csrfToken = try await site.signIn(&browser).browser.csrfToken
        let cookies = browser.cookies
        let store = InterruptedStore(site.world.store)
        let sessions = BrowserSessions(site.world.client(), store: store)
        store.afterLoad(of: "session.") {
            _ = try? await sessions.signOut(cookies: cookies, csrfToken: csrfToken, revoking: .nothing)
        }
        let found = try await sessions.session(cookies: cookies)
        #expect(found == nil)
        #expect(await found?.session.outcome() == nil, "no token is left in anybody's hands")
    }

    @Test("A logout ends sessions although the store takes nothing any more, and asks to be tried again")
    func logoutWithFullDisk() async throws {
        let site = Site()
        var browser = Browser()
        _ = try await site.signIn(&browser)
        let token = try site.world.server.logoutToken(clientID: "web", subject: "u1", sessionID: nil)
        site.world.store.fail([.save])
        await #expect { try await site.sessions.backChannelLogout(logoutToken: token) } throws: {
            ($0 as? SignInError)?.isTransient == true
        }
        site.world.store.fail([])
        #expect(try await site.sessions.session(cookies: browser.cookies) == nil)
        #expect(try await site.sessions.backChannelLogout(logoutToken: token) == 0)
    }

    @Test("A web sign-in whose session the store did not take fails, and nothing is left of it, here or there")
    func unsavedSession() async throws {
        let site = Site()
        var browser = Browser()
        let callback = try await site.approve(&browser)
        let count = Atomic(0)
        let store = site.world.store
        // What is known of the browser is stored; the session is the fifth to be saved.
        store.beforeSave { if count.add(1, ordering: .relaxed).newValue == 5 { store.fail([.save]) } }
        await #expect {
            _ = try await site.sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        } throws: {
            ($0 as? SignInError)?.tokenError?.kind == .storage && ($0 as? SignInError)?.isTransient == true
        }
        store.fail([])
        #expect(count.load(ordering: .relaxed) >= 5)
        #expect(site.world.server.liveRefreshTokenFamilies.isEmpty)
        #expect(try await site.sessions.sessions(of: "u1").isEmpty)
    }

    @Test("Nothing is refreshed for a browser after its last hour, though the store cannot say that it is over")
    func lifetimeWithoutStore() async throws {
        let site = Site()
        var browser = Browser()
        let session = try await site.signIn(&browser).browser.session
        site.world.clock.advance(by: .seconds(12 * 3600))
        site.world.store.fail([.load, .save, .lease])
        #expect(await session.outcome() == "notSignedIn")
        #expect(site.world.refreshes == 0)
    }

    @Test("A cookie of one site is nobody's at another that shares its store and has another issuer")
    func otherTenant() async throws {
        let site = Site()
        var browser = Browser()
        _ = try await site.signIn(&browser)
        var configuration = site.world.configuration
        configuration.issuer = "https://other.example"
        let client = OIDCClient(configuration, credentials: .publicClient(id: "web"), runtime: site.world.runtime)
        let other = BrowserSessions(client, store: site.world.store)
        #expect(try await other.session(cookies: browser.cookies) == nil)
        #expect(try await site.sessions.session(cookies: browser.cookies) != nil)
    }

    @Test("An event says whose it is, with nothing in it that opens the session or names the user")
    func events() async throws {
        let told = Locked<[SessionEvent]>([])
        let world = SessionWorld()
        var configuration = BrowserSessions.Configuration()
        configuration.sessions.onEvent = { event in told.withLock { $0.append(event) } }
        let sessions = BrowserSessions(world.client(), store: world.store, configuration: configuration)
        let user = FakeUser(subject: "canary-user", name: "Canary Name")
        let first = try await sessions.beginSession(for: world.signIn(as: user))
        let second = try await sessions.beginSession(for: world.signIn(as: user))
        _ = await second.session.outcome(renew: true)
        _ = await first.session.outcome(renew: true)
        let (cookie, id) = (try #require(second.setCookie), second.session.id)
        _ = try await sessions.signOut(cookies: String(cookie.prefix { $0 != ";" }), csrfToken: second.csrfToken)
        let events = told.withLock { $0 }
        #expect(events.map(\.kind) == [.refreshed, .refreshed, .signedOut])
        #expect(events.map(\.session) == [second, first, second].map(\.session.logID))
        #expect(try await world.store.load("session." + first.session.logID) != nil)
        #expect(first.session.logID != second.session.logID)
        for secret in [second.secret, second.csrfToken, id, "canary-user", "Canary Name"] {
            #expect(!"\(events)".contains(secret))
        }
    }

    @Test("What is dumped of a web back end has no secret in it")
    func dumps() async throws {
        let site = Site()
        var browser = Browser()
        let done = try await site.signIn(&browser)
        let token = await done.browser.session.outcome()
        var text = ""
        dump(site.sessions, to: &text)
        dump(site.world.store.store, to: &text)
        dump(done, to: &text)
        dump(site.world.client(), to: &text)
        for secret in [token, browser.jar.values.first ?? token, "s3cret"] + site.world.server.issuedTokens.map(\.value)
        {
            #expect(!text.contains(secret.prefix(8)))
        }
    }
}
