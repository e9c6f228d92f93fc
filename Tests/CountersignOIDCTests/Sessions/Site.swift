import Countersign
import CountersignTesting

@testable import CountersignOIDC

/// A web back end.
struct Site {
    let world: SessionWorld
    let sessions: BrowserSessions

    init(configure: (inout SignInConfiguration) -> Void = { _ in }) {
        world = SessionWorld(configure: configure)
        sessions = BrowserSessions(world.client(), store: world.store)
    }

    func otherProcess() -> BrowserSessions {
        BrowserSessions(world.client(world.otherRuntime()), store: world.store)
    }

    /// What the user's browser brings back.
    func approve(
        _ browser: inout Browser,
        returnTo: String = "/",
        as user: FakeUser = SessionWorld.ada
    ) async throws -> AuthorizationCallback {
        let start = try await sessions.beginSignIn(returnTo: returnTo, cookies: browser.cookies)
        browser.receive(start.setCookie)
        return .url(try await world.server.approve(authorizationURL: start.url, as: user).url)
    }

    @discardableResult
    func signIn(
        _ browser: inout Browser,
        returnTo: String = "/",
        as user: FakeUser = SessionWorld.ada
    ) async throws -> BrowserSessions.SignInCompletion {
        let callback = try await approve(&browser, returnTo: returnTo, as: user)
        let done = try await sessions.finishSignIn(callback: callback, cookies: browser.cookies)
        browser.receive(done.setCookie)
        return done
    }
}

/// A browser's cookies.
struct Browser {
    var jar: [String: String] = [:]
    var received: [String] = []

    var cookies: String { jar.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }

    mutating func receive(_ setCookie: String) {
        received.append(setCookie)
        let pair = setCookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        jar[String(pair[0])] = setCookie.contains("Max-Age=0;") ? nil : String(pair[1])
    }
}
