import Countersign
import CountersignTesting
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An authorization server with two users and an API that stores their notes, on 127.0.0.1.
package final class NotesServers: Sendable {
    package static let clientID = "margin-web"
    package static let secret = "not-secret-for-this-example-only"

    private struct Note {
        let id: String
        let text: String
        let createdAt: Date

        var json: JSONValue {
            ["id": .string(id), "text": .string(text), "created_at": .string(createdAt.formatted(.iso8601))]
        }
    }

    private let authorizationServer = FakeAuthorizationServer()
    private let api: FakeResourceServer
    private let notes = Mutex<[String: [Note]]>([:])

    /// - Parameters:
    ///   - redirectURI: The redirect URI of the application for sign-in.
    ///   - postLogoutRedirectURI: The redirect URI of the application for sign-out.
    ///   - tokenLifetime: The lifetime of access tokens.
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

    /// Starts both servers on free ports.
    ///
    /// - Returns: The issuer, and the base URL of the API.
    package func start() throws -> (issuer: String, api: String) {
        (try authorizationServer.start(), "\(try api.start())/notes/v1")
    }

    package func stop() {
        api.stop()
        authorizationServer.stop()
    }

    // MARK: Recorded requests and faults

    /// The number of refresh requests.
    package var refreshes: Int { authorizationServer.count(grantType: .refreshToken) }

    /// The number of token requests with an authorization code.
    package var codesRedeemed: Int { authorizationServer.count(grantType: .authorizationCode) }

    /// The number of valid refresh tokens.
    package var liveRefreshTokens: Int { authorizationServer.liveRefreshTokenFamilies.count }

    /// All issued access tokens and valid refresh tokens.
    package var secrets: [String] {
        authorizationServer.issuedTokens.map(\.value) + authorizationServer.refreshTokenFamilies.map(\.refreshToken)
    }

    /// Starts or ends an outage of the API, with status 503 for every request.
    package func setAPI(down: Bool) {
        if down { api.inject(.status(503), times: nil) } else { api.clearFaults() }
    }

    /// Starts or ends an outage of the authorization server, with status 503 for every request.
    package func setAuthorizationServer(down: Bool) {
        if down {
            authorizationServer.inject(.status(503), at: nil, times: nil)
        } else {
            authorizationServer.clearFaults()
        }
    }

    /// Lets the next refresh end with a gateway timeout, before it reaches the authorization server.
    package func failNextRefreshWithGatewayTimeout() {
        authorizationServer.inject(.status(504), grantType: .refreshToken)
    }

    /// Revokes the refresh tokens of all users.
    package func endSessions() {
        for family in authorizationServer.liveRefreshTokenFamilies {
            authorizationServer.revokeRefreshTokenFamily(family.id)
        }
    }

    /// Returns the logout token that the authorization server sends when a user has signed out there.
    package func logoutToken(of subject: String) throws -> String {
        let session = authorizationServer.sessions.last { $0.subject == subject && !$0.isEnded }
        return try authorizationServer.logoutToken(clientID: Self.clientID, subject: subject, sessionID: session?.id)
    }

    private func addRoutes() {
        api.on(.get, "/notes/v1/notes", scopes: ["notes.read"]) { [self] request in
            let notes = notes.withLock { $0[request.token?.subject ?? "", default: []] }
            return .json(value: .array(notes.reversed().map(\.json)))
        }
        api.on(.post, "/notes/v1/notes", scopes: ["notes.write"]) { [self] request in
            guard let text = request.json?["text"]?.string, !text.isEmpty, text.utf8.count <= 500 else {
                return .json(#"{"detail":"A note must have between 1 and 500 characters."}"#, status: 422)
            }
            let note = notes.withLock { notes in
                let note = Note(id: "n\(notes.values.map(\.count).reduce(1, +))", text: text, createdAt: .now)
                notes[request.token?.subject ?? "", default: []].append(note)
                return note
            }
            return .json(value: note.json, status: 201)
        }
    }
}
