import Countersign
import CountersignCrypto
import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The persistent form of a session, with its refresh token: one entry of a store.
struct SessionRecord: Hashable, Sendable {
    /// A refresh that was started and whose outcome is not stored yet.
    struct PendingRefresh: Hashable, Sendable {
        /// Identifies the attempt.
        var attemptID: String
        /// The time of the first request with this refresh token.
        var sentAt: Date
        /// True if the refresh token was already resent.
        var isRetry: Bool
    }

    enum State: Hashable, Sendable {
        case active
        /// The authorization server ended the session; the value is its error code.
        case ended(String)
    }

    /// The session's id, chosen by the program.
    var id: String
    /// Distinguishes sign-ins under the same id.
    var signInID: String
    var issuer: String
    var clientID: String
    var claims: UserClaims
    var idToken: String?
    var refreshToken: String?
    var grantedScopes: [String]
    /// The thumbprint of the DPoP key that the tokens are bound to; nil for bearer tokens.
    var keyThumbprint: String?
    var signedInAt: Date
    /// The end of the session's lifetime; nil for no limit.
    var expiresAt: Date?
    var tokens: [SessionToken] = []
    var pendingRefresh: PendingRefresh?
    var state = State.active

    subscript(key: SessionTokenKey) -> SessionToken? {
        tokens.first { $0.key == key }
    }

    /// The maximum number of tokens.
    ///
    /// The least recently requested ones are removed first.
    static let maximumTokens = 64

    /// Stores a token, replacing the one with the same key.
    mutating func setToken(_ token: SessionToken) {
        tokens.removeAll { $0.key == token.key }
        tokens.append(token)
        if tokens.count > Self.maximumTokens { tokens.removeFirst(tokens.count - Self.maximumTokens) }
    }

    /// Applies a refresh response.
    mutating func apply(_ response: RefreshedTokens) {
        setToken(response.accessToken)
        refreshToken = response.refreshToken ?? refreshToken
        pendingRefresh = nil
        if let identity = response.identity {
            idToken = identity.idToken
            claims = identity.claims
        }
        guard let granted = response.accessToken.scopes else { return }
        if let requested = response.accessToken.key.scopes {
            // A token for some of the scopes does not show whether the other scopes are still granted.
            grantedScopes.removeAll { requested.containsBytes(of: $0) && !granted.containsBytes(of: $0) }
        } else {
            // P39: scopes that are not granted any more are not requested again.
            grantedScopes.removeAll { !granted.containsBytes(of: $0) }
        }
    }

    /// Returns true if the same user signed in at the same client, in this sign-in or another one.
    func isSameUser(as other: SessionRecord) -> Bool {
        if signInID == other.signInID { return true }
        // Compared as bytes: Swift's `==` treats canonically equivalent strings as equal, authorization servers do not.
        return !claims.subject.isEmpty && claims.subject.utf8.elementsEqual(other.claims.subject.utf8)
            && issuer.utf8.elementsEqual(other.issuer.utf8) && clientID.utf8.elementsEqual(other.clientID.utf8)
    }

    /// Returns the record of a session that the authorization server has ended: without tokens.
    func ended(byError error: String) -> SessionRecord {
        var record = self
        record.state = .ended(error)
        record.refreshToken = nil
        record.tokens = []
        record.pendingRefresh = nil
        return record
    }

    /// Returns the name of the store entry.
    ///
    /// It reveals neither the user nor the session id.
    static func entryName(of id: String) -> String {
        "session." + logID(of: id)
    }

    /// Returns the identifier of a session for logs: a digest of its id.
    static func logID(of id: String) -> String {
        Base64URL.encode(SHA2.sha256(Array(id.utf8)))
    }
}

extension SessionRecord: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "SessionRecord(\(state))" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: ["state": state]) }
}
