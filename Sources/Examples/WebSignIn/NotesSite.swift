import Countersign
import CountersignLoopback
import CountersignOIDC

/// The routes of the site.
///
/// This is the code of an application. Everything else in this folder is HTML, command line, tests, or code that a web
/// framework would provide.
struct NotesSite: Sendable {
    let runtime: CountersignRuntime
    let sessions: BrowserSessions
    let profileServer: String
    /// The base URL of the notes API; nil for a site without notes.
    let notesServer: String?
    let events: EventLog

    func response(to request: LoopbackRequest) async throws -> SiteResponse {
        switch (request.method, request.path) {
        case (.get, "/sign-in"):
            return try await signIn(request, returnTo: request.query("to") ?? "/")
        case (.get, "/callback"):
            let signedIn = try await sessions.finishSignIn(callback: .query(request.query), cookies: request.cookies)
            return .redirect(to: signedIn.returnTo, setCookies: signedIn.setCookies)
        case (.post, "/sign-out"):
            let result = try await sessions.signOut(cookies: request.cookies, csrfToken: request.form("csrf"))
            return .redirect(
                to: result?.signOut.endSessionURL ?? "/signed-out",
                setCookies: result.map { [$0.setCookie] } ?? []
            )
        case (.post, "/back-channel-logout"):
            try await sessions.backChannelLogout(logoutToken: request.form("logout_token"))
            return .ok
        default:
            let browser = try await sessions.session(cookies: request.cookies)
            return try await page(request, of: browser).setting(browser?.setCookie)
        }
    }

    private func page(_ request: LoopbackRequest, of browser: BrowserSession?) async throws -> SiteResponse {
        guard let browser else {
            switch request.path {
            case "/": return .page(.landing)
            case "/signed-out": return .page(.signedOut)
            case "/notes" where notesServer == nil: return .page(.notFound)
            case "/notes", "/profile", "/session": return try await signIn(request, returnTo: request.path)
            default: return .page(.notFound)
            }
        }
        do {
            return try await page(request, of: browser)
        } catch {
            // A failing or unreachable server does not sign the user out.
            switch browser.session.state {
            case .active: throw error
            case .ended: return .page(.signInAgain)
            case .signedOut: return .page(.signedOut)
            }
        }
    }

    /// Returns a page of a signed-in user.
    private func page(_ request: LoopbackRequest, of browser: BrowserSession) async throws -> SiteResponse {
        let user = browser.session
        let visitor = Page.Visitor(browser, hasNotes: notesServer != nil)
        events.watch(user)
        switch (request.method, request.path) {
        case (.get, "/"):
            return .page(.greeting(visitor))
        case (.get, "/signed-out"):
            return .redirect(to: "/")
        case (.get, "/profile"):
            let api = ProfileAPI(user: user, server: profileServer, runtime: runtime)
            return .page(.profile(try await api.profile(), for: visitor))
        case (.get, "/session"):
            return .page(.session(user, events: events.entries(of: user), for: visitor))
        case (_, "/notes") where notesServer == nil:
            return .page(.notFound)
        case (.get, "/notes"):
            return .page(.notes(try await notes(of: user).listNotes(), for: visitor))
        case (.post, "/notes"):
            guard browser.isValid(csrfToken: request.form("csrf")) else { return .page(.rejectedForm) }
            do {
                _ = try await notes(of: user).addNote(text: request.form("text") ?? "")
                return .redirect(to: "/notes")
            } catch {
                guard let problem = error.problem else { throw error }
                return .page(.notes(try await notes(of: user).listNotes(), problem: problem.detail, for: visitor))
            }
        default:
            return .page(.notFound)
        }
    }

    private func notes(of user: UserSession) -> NotesAPI {
        NotesAPI(user: user, server: notesServer ?? "", runtime: runtime)
    }

    private func signIn(_ request: LoopbackRequest, returnTo path: String) async throws -> SiteResponse {
        let start = try await sessions.beginSignIn(returnTo: path, cookies: request.cookies)
        return .redirect(to: start.url, setCookies: start.setCookies)
    }
}
