import Countersign
import CountersignLoopback
import CountersignOIDC

/// The pages of the site, and what they do for whoever is signed in.
///
/// This is what the author of a web application writes: everything else in this folder is HTML, the command line, and the
/// HTTP server that a web framework would bring.
struct Site: Sendable {
    let sessions: UserSessions
    let profileServer: String
    /// Where the notes are; nil for a site without them.
    let notesServer: String?
    let events = EventLog()

    func answer(_ request: LoopbackRequest) async throws -> Answer {
        switch (request.method, request.path) {
        case (.get, "/sign-in"): return .redirect(try await sessions.signIn(returningTo: request.query("to") ?? "/"))
        case (.get, "/callback"): return .redirect(try await sessions.complete(request.query, cookies: request.cookies))
        case (.post, "/sign-out"):
            return .redirect(try await sessions.signOut(cookies: request.cookies, csrfToken: request.form("csrf")))
        case (.get, "/signed-out"): return .page(.signedOut)
        default: break
        }
        guard let session = try await sessions.session(cookies: request.cookies) else {
            guard ["/notes", "/profile", "/session"].contains(request.path) else {
                return .page(request.path == "/" ? .landing : .notFound)
            }
            return .redirect(try await sessions.signIn(returningTo: request.path))
        }
        do {
            return try await answer(request, in: session)
        } catch where session.user.state == .active {
            throw error
        } catch {
            return .page(.signInAgain)
        }
    }

    /// The pages of a user.
    private func answer(_ request: LoopbackRequest, in session: BrowserSession) async throws -> Answer {
        let visitor = visitor(in: session)
        switch (request.method, request.path) {
        case (.get, "/"): return .page(.greeting(visitor))
        case (.get, "/profile"):
            let profile = try await ProfileAPI(user: session.user, server: profileServer).profile()
            return .page(.profile(profile, for: visitor))
        case (.get, "/session"):
            return .page(.session(session.user, events: events.events(of: session.user), for: visitor))
        case (_, "/notes"):
            guard let notesServer else { return .page(.notFound) }
            let api = NotesAPI(user: session.user, server: notesServer)
            guard request.method == .post else { return .page(.notes(try await api.listNotes(), for: visitor)) }
            try session.check(csrfToken: request.form("csrf"))
            do {
                _ = try await api.addNote(text: request.form("text") ?? "")
                return .redirect(Redirect(location: "/notes"))
            } catch {
                guard let problem = error.problem else { throw error }
                return .page(.notes(try await api.listNotes(), problem: problem.detail, for: visitor))
            }
        default: return .page(.notFound)
        }
    }

    private func visitor(in session: BrowserSession) -> Page.Visitor {
        Page.Visitor(
            name: session.user.claims.name() ?? session.user.subject,
            csrfToken: session.csrfToken,
            hasNotes: notesServer != nil
        )
    }
}

extension Site {
    /// The site, at an authorization server.
    init(_ servers: Options.Servers, secret: Secret?, origin: HTTPOrigin) async {
        var signIn = NotesAPI.userSignIn
        signIn.issuer = servers.issuer
        if let scopes = servers.scopes ?? (servers.api == nil ? ProfileAPI.userSignIn.scopes : nil) { signIn.scopes = scopes }
        if !servers.usesDPoP { signIn.dpop = nil }
        signIn.redirectURI = "\(origin)/callback"
        signIn.postLogoutRedirectURI = "\(origin)/signed-out"
        let credentials: ClientCredentials = secret.map { .secret(id: servers.clientID, $0) } ?? .publicClient(id: servers.clientID)
        let client = OIDCClient(signIn, credentials: credentials)
        let userInfo = (try? await client.metadata())?.userInfoEndpoint ?? "\(servers.issuer)/userinfo"
        sessions = UserSessions(client)
        profileServer = String(userInfo.dropLast(userInfo.hasSuffix("/userinfo") ? "/userinfo".count : 0))
        notesServer = servers.api
    }
}
