import Countersign
import CountersignLoopback
import CountersignOIDC

/// The pages of the site, and what they do for whoever is signed in.
///
/// This is what the author of a web application writes: everything else in this folder is HTML, the command line, and what
/// a web framework would bring.
struct Site: Sendable {
    let runtime: Runtime
    let sessions: BrowserSessions
    let profileServer: String
    /// Where the notes are; nil for a site without them.
    let notesServer: String?
    let events: EventLog

    func answer(_ request: LoopbackRequest) async throws -> Answer {
        switch (request.method, request.path) {
        case (.get, "/sign-in"):
            return try await signIn(request, returnTo: request.query("to") ?? "/")
        case (.get, "/callback"):
            let signedIn = try await sessions.finishSignIn(callback: .query(request.query), cookies: request.cookies)
            return .redirect(to: signedIn.returnTo, setCookies: [signedIn.setCookie])
        case (.post, "/sign-out"):
            let out = try await sessions.signOut(cookies: request.cookies, csrfToken: request.form("csrf"))
            return .redirect(
                to: out?.signOut.endSessionURL ?? "/signed-out",
                setCookies: out.map { [$0.setCookie] } ?? []
            )
        case (.post, "/back-channel-logout"):
            try await sessions.backChannelLogout(logoutToken: request.form("logout_token"))
            return .done
        default:
            let browser = try await sessions.session(cookies: request.cookies)
            return try await page(request, of: browser).setting(browser?.setCookie)
        }
    }

    private func page(_ request: LoopbackRequest, of browser: BrowserSession?) async throws -> Answer {
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
            if Self.isUnanswered(error) {
                // The user is here and would have to sign in: to send the refresh token again can lose nothing now.
                guard (try? await browser.session.retryRefresh()) != nil else { return .page(.signInAgain) }
                return try await page(request, of: browser)
            }
            // A server that fails, or cannot be reached, signs nobody out.
            switch browser.session.state {
            case .active: throw error
            case .ended: return .page(.signInAgain)
            case .signedOut: return .page(.signedOut)
            }
        }
    }

    /// The pages of a user.
    private func page(_ request: LoopbackRequest, of browser: BrowserSession) async throws -> Answer {
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
            guard browser.isValid(csrfToken: request.form("csrf")) else { return .page(.forged) }
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

    /// Whether a call was not made since nobody knows what became of the user's refresh token.
    private static func isUnanswered(_ error: any Error) -> Bool {
        let token = (error as? NotesAPI.Failure)?.tokenError ?? (error as? ProfileAPI.Failure)?.tokenError
        return token?.kind == .outcomeUnknown
    }

    private func notes(of user: UserSession) -> NotesAPI {
        NotesAPI(user: user, server: notesServer ?? "", runtime: runtime)
    }

    private func signIn(_ request: LoopbackRequest, returnTo path: String) async throws -> Answer {
        let start = try await sessions.beginSignIn(returnTo: path, cookies: request.cookies)
        return .redirect(to: start.url, setCookies: [start.setCookie])
    }
}
