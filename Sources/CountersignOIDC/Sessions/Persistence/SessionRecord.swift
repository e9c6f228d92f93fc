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
        /// The time of the request.
        var sentAt: Date
        /// True if the refresh token was sent before, and the outcome is unknown.
        var isRetry: Bool
        /// True if the request has ended without a response.
        ///
        /// Otherwise it may still be running.
        var hasEnded = false
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
    /// The scopes that were requested and that the authorization server, in the same spelling, did not grant.
    var withheldScopes: [String] = []
    /// The thumbprint of the DPoP key that the tokens are bound to; nil for bearer tokens.
    var keyThumbprint: String?
    var signedInAt: Date
    /// The end of the session's lifetime; nil for no limit.
    var expiresAt: Date?
    var tokens: [SessionToken] = []
    var pendingRefresh: PendingRefresh?
    var state = State.active
    /// True if the session ended because a response with a rotated refresh token was lost.
    var isRotationLost = false

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
        refreshToken = response.refreshToken ?? refreshToken
        pendingRefresh = nil
        if let identity = response.identity {
            idToken = identity.idToken
            claims = identity.claims
        }
        guard let accessToken = response.accessToken else { return }
        setToken(accessToken)
        // A token for a resource has the scopes of that resource (RFC 8707 section 2.2), and further parameters can
        // narrow it as well. Neither says anything about the session.
        guard let granted = accessToken.scopes, accessToken.key.resources.isEmpty, accessToken.key.parameters.isEmpty
        else { return }
        // P39: withdrawn scopes are not requested again. A token for some of the scopes shows nothing about the others.
        record(granted, of: accessToken.key.scopes ?? grantedScopes)
    }

    /// Records the scopes that a response grants.
    ///
    /// P62: if the response has a scope that was not requested, the server uses other names, and nothing is certain.
    mutating func record(_ granted: [String], of requested: [String]) {
        grantedScopes += withheldScopes.filter(granted.containsBytes(of:))
        withheldScopes.removeAll(where: granted.containsBytes(of:))
        guard granted.allSatisfy(requested.containsBytes(of:)) else { return }
        let missing = requested.filter { !granted.containsBytes(of: $0) }
        grantedScopes.removeAll(where: missing.containsBytes(of:))
        withheldScopes += missing.filter { !withheldScopes.containsBytes(of: $0) && !Self.isOpenIDConnectScope($0) }
    }

    /// Returns the scopes that are certainly not granted; for others the API decides (P62).
    func missingScopes(of required: [String]) -> [String] {
        required.filter(withheldScopes.containsBytes(of:))
    }

    /// Returns true for a scope of OpenID Connect Core.
    ///
    /// Many servers do not list these: they are about the ID token, the userinfo endpoint and the refresh token.
    private static func isOpenIDConnectScope(_ scope: String) -> Bool {
        ["openid", "profile", "email", "address", "phone", "offline_access"].containsBytes(of: scope)
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
