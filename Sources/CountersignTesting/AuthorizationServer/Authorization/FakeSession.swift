import Countersign

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A session of a user at a ``FakeAuthorizationServer``, from sign-in to sign-out.
public struct FakeSession: Sendable, Hashable {
    /// The `sid` of its ID tokens and logout tokens.
    public let id: String
    /// The user who signed in.
    public let subject: String
    /// The date of the sign-in in the server's calendar.
    public let authenticatedAt: Date
    /// The clients that received tokens in this session.
    public internal(set) var clientIDs: Set<String>
    /// Indicates whether the user has signed out.
    public internal(set) var isEnded = false
}

extension FakeAuthorizationServer {
    /// All sessions, in the order of sign-in.
    public var sessions: [FakeSession] { state.withLock { $0.sessions } }
}

extension FakeAuthorizationServer.State {
    /// Returns the session for a request: a new one, or with `prompt=none` the user's existing one (OpenID Connect Core
    /// section 3.1.2.1).
    mutating func session(
        for request: AuthorizationRequest,
        user: FakeUser,
        newID: String,
        time: Double
    ) throws(OAuthErrorResponse) -> FakeSession {
        guard request.prompts.contains("none") else {
            return addSession(of: user, clientID: request.client.id, id: newID, time: time)
        }
        let index = sessions.lastIndex { session in
            session.subject == user.subject && !session.isEnded
                && request.maximumAge.map { time - session.authenticatedAt.timeIntervalSince1970 <= $0 } ?? true
        }
        guard let index else {
            throw OAuthErrorResponse(code: "login_required", description: "the user must sign in first")
        }
        sessions[index].clientIDs.insert(request.client.id)
        return sessions[index]
    }

    /// Adds a session.
    mutating func addSession(of user: FakeUser, clientID: String, id: String, time: Double) -> FakeSession {
        let session = FakeSession(
            id: id,
            subject: user.subject,
            authenticatedAt: Date(timeIntervalSince1970: time),
            clientIDs: [clientID]
        )
        sessions.append(session)
        return session
    }

    /// Adds a grant of a user.
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
            authenticatedAt: session.authenticatedAt.timeIntervalSince1970,
            context: context
        )
        grants[grant.id] = grant
        return grant
    }
}
