import Countersign
import CountersignTesting
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An authorization server where two people can sign in, and an API that keeps their notes, on loopback sockets.
package final class NotesServers: Sendable {
    package static let clientID = "margin-web"
    package static let secret = "not-a-secret-it-opens-only-this-demonstration"

    private struct Note {
        let id: String
        let text: String
        let createdAt: Date

        func write(to json: inout JSONWriter) {
            json.beginObject()
            json.field("id", id)
            json.field("text", text)
            json.field("created_at", createdAt.formatted(.iso8601))
            json.endObject()
        }
    }

    private let authorizationServer = FakeAuthorizationServer()
    private let api: FakeResourceServer
    private let notes = Mutex<[String: [Note]]>([:])

    /// - Parameters:
    ///   - redirectURI: Where the application takes users back.
    ///   - postLogoutRedirectURI: Where they come back to after they signed out.
    ///   - tokenLifetime: How long access tokens live.
    package init(redirectURI: String, postLogoutRedirectURI: String, tokenLifetime: Duration = .seconds(60)) {
        authorizationServer.configuration.tokenLifetime = tokenLifetime
        authorizationServer.register(FakeUser(subject: "u-ada", name: "Ada Lovelace", email: "ada@example.com"))
        authorizationServer.register(FakeUser(subject: "u-alan", name: "Alan Turing", email: "alan@example.com"))
        authorizationServer.register(
            .init(
                id: Self.clientID,
                authentication: .clientSecretBasic(secret: Self.secret),
                scopes: ["openid", "profile", "email", "offline_access", "notes.read", "notes.write"],
                grantTypes: [.authorizationCode, .refreshToken],
                redirectURIs: [redirectURI],
                postLogoutRedirectURIs: [postLogoutRedirectURI]
            )
        )
        api = FakeResourceServer(trusting: authorizationServer)
        api.configuration.nonces = .required
        addRoutes()
    }

    /// Starts both, on free ports.
    ///
    /// - Returns: The issuer, and the address of the API.
    package func start() throws -> (issuer: String, api: String) {
        (try authorizationServer.start(), "\(try api.start())/notes/v1")
    }

    package func stop() {
        api.stop()
        authorizationServer.stop()
    }

    // MARK: What has happened, and what goes wrong

    /// How many access tokens were renewed.
    package var refreshes: Int { authorizationServer.count(grantType: .refreshToken) }

    /// How many sign-ins came to a token request.
    package var codesRedeemed: Int { authorizationServer.count(grantType: .authorizationCode) }

    /// How many refresh tokens are good.
    package var liveRefreshTokens: Int { authorizationServer.liveRefreshTokenFamilies.count }

    /// Every token that was issued.
    package var secrets: [String] {
        authorizationServer.issuedTokens.map(\.value) + authorizationServer.refreshTokenFamilies.map(\.refreshToken)
    }

    /// Has the API answer everything with status 503, or no longer.
    package func setAPI(down: Bool) {
        if down { api.inject(.status(503), times: nil) } else { api.clearFaults() }
    }

    /// Has the authorization server answer everything with status 503, or no longer.
    package func setAuthorizationServer(down: Bool) {
        if down {
            authorizationServer.inject(.status(503), at: nil, times: nil)
        } else {
            authorizationServer.clearFaults()
        }
    }

    /// Lets a gateway answer the next refresh, which the authorization server itself never sees.
    package func leaveNextRefreshUnanswered() {
        authorizationServer.inject(.status(504), grantType: .refreshToken)
    }

    /// Ends the session of everybody who is signed in.
    package func endSessions() {
        for family in authorizationServer.liveRefreshTokenFamilies {
            authorizationServer.revokeRefreshTokenFamily(family.id)
        }
    }

    /// What the authorization server sends to the application when a user has signed out there.
    package func logoutToken(of subject: String) throws -> String {
        let session = authorizationServer.sessions.last { $0.subject == subject && !$0.isEnded }
        return try authorizationServer.logoutToken(clientID: Self.clientID, subject: subject, sessionID: session?.id)
    }

    private func addRoutes() {
        api.on(.get, "/notes/v1/notes", scopes: ["notes.read"]) { [self] request in
            let notes = notes.withLock { $0[request.token?.subject ?? "", default: []] }
            var json = JSONWriter()
            json.beginArray()
            for note in notes.reversed() { note.write(to: &json) }
            json.endArray()
            return .json(String(decoding: json.bytes, as: UTF8.self))
        }
        api.on(.post, "/notes/v1/notes", scopes: ["notes.write"]) { [self] request in
            let body = try? JSONDocument(parsing: request.body).root
            guard let text = body?["text"]?.string, !text.isEmpty, text.utf8.count <= 500 else {
                return .json(#"{"detail":"A note has between 1 and 500 characters."}"#, status: 422)
            }
            let note = notes.withLock { notes in
                let note = Note(id: "n\(notes.values.map(\.count).reduce(1, +))", text: text, createdAt: .now)
                notes[request.token?.subject ?? "", default: []].append(note)
                return note
            }
            var json = JSONWriter()
            note.write(to: &json)
            return .json(String(decoding: json.bytes, as: UTF8.self), status: 201)
        }
    }
}
