import Countersign
import CountersignTesting

@testable import CountersignOIDC

/// A web back end with browser sessions.
struct WebBackEnd {
    let fixture: SessionFixture
    let sessions: BrowserSessions

    var server: FakeAuthorizationServer { fixture.server }
    var clock: VirtualClock { fixture.clock }
    var store: FaultyTokenStore { fixture.store }

    init(configure: (inout SignInConfiguration) -> Void = { _ in }) {
        fixture = SessionFixture(configure: configure)
        sessions = BrowserSessions(fixture.client(), store: fixture.store)
    }

    /// Returns the sessions of another process that shares the store.
    func otherProcess() -> BrowserSessions {
        BrowserSessions(fixture.client(fixture.otherRuntime()), store: fixture.store)
    }

    /// Starts a sign-in that the user approves.
    ///
    /// - Returns: The response that the browser brings back.
    func approve(
        _ browser: inout Browser,
        returnTo: String = "/",
        as user: FakeUser = SessionFixture.ada
    ) async throws -> AuthorizationCallback {
        let start = try await sessions.beginSignIn(returnTo: returnTo, cookies: browser.cookies)
        browser.receive(start.setCookies)
        return .url(try await server.approve(authorizationURL: start.url, as: user).url)
    }

    /// Signs a user in.
    @discardableResult
    func signIn(
        _ browser: inout Browser,
        returnTo: String = "/",
        as user: FakeUser = SessionFixture.ada
    ) async throws -> BrowserSessions.SignInCompletion {
        let callback = try await approve(&browser, returnTo: returnTo, as: user)
        let completion = try await sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        browser.receive(completion.setCookies)
        return completion
    }
}
