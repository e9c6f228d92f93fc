import Countersign

/// A user's session at a ``FakeAuthorizationServer``, from sign-in to sign-out.
public struct FakeSession: Sendable, Hashable {
    /// The `sid` of its ID tokens and logout tokens.
    public let id: String
    /// Who has signed in.
    public let subject: String
    /// When, in the server's calendar time since 1970.
    public let authenticatedAt: Duration
    /// The clients that the user went on to.
    public internal(set) var clientIDs: Set<String>
    /// Whether the user has signed out.
    public internal(set) var isEnded = false
}

extension FakeAuthorizationServer {
    /// Every session, in the order in which they were begun.
    public var sessions: [FakeSession] { state.withLock { $0.sessions } }
}

extension FakeAuthorizationServer.State {
    /// The session in which a request is answered: a new one, but with `prompt=none` one that the user has already
    /// (OpenID Connect Core section 3.1.2.1).
    mutating func session(
        for request: AuthorizationRequest,
        user: FakeUser,
        newID: String,
        time: Double
    ) throws(OAuthRefusal) -> FakeSession {
        guard request.prompts.contains("none") else {
            return addSession(of: user, clientID: request.client.id, id: newID, time: time)
        }
        let index = sessions.lastIndex { session in
            session.subject == user.subject && !session.isEnded
                && request.maximumAge.map { time - session.authenticatedAt.seconds <= $0 } ?? true
        }
        guard let index else {
            throw OAuthRefusal(code: "login_required", description: "the user must sign in first")
        }
        sessions[index].clientIDs.insert(request.client.id)
        return sessions[index]
    }

    /// Begins a session.
    mutating func addSession(of user: FakeUser, clientID: String, id: String, time: Double) -> FakeSession {
        let session = FakeSession(
            id: id,
            subject: user.subject,
            authenticatedAt: .seconds(time),
            clientIDs: [clientID]
        )
        sessions.append(session)
        return session
    }

    /// Notes what a user grants.
    mutating func addGrant(
        to clientID: String,
        by user: FakeUser,
        session: FakeSession,
        scopes: Set<String>,
        resources: [String],
        nonce: String? = nil,
        context: String? = nil
    ) -> UserGrant {
        let grant = UserGrant(
            id: grants.count + 1,
            clientID: clientID,
            user: user,
            sessionID: session.id,
            scopes: scopes,
            resources: resources,
            nonce: nonce,
            authenticatedAt: session.authenticatedAt.seconds,
            context: context
        )
        grants[grant.id] = grant
        return grant
    }
}
