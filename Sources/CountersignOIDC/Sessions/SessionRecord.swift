import Countersign
import CountersignCrypto

/// Everything about a session that outlives the process: one entry of a store.
struct SessionRecord: Hashable, Sendable {
    /// A refresh token was sent, and what became of it is not known yet.
    struct Pending: Hashable, Sendable {
        /// Tells one attempt from another.
        var attempt: String
        /// When it was sent first, since 1970.
        var sentAt: Duration
        /// Whether it was sent a second time already.
        var isReplay: Bool
    }

    enum State: Hashable, Sendable {
        case active
        /// The authorization server ended it: the `error` that said so.
        case ended(String)
    }

    /// Which session it is, for the program.
    var id: String
    /// Tells sign-ins under one id apart.
    var signIn: String
    var issuer: String
    var clientID: String
    var claims: UserClaims
    var idToken: String?
    var refreshToken: String?
    var grantedScopes: [String]
    /// The thumbprint of the key that the tokens are bound to; nil for bearer tokens.
    var keyThumbprint: String?
    /// When the user signed in, since 1970.
    var signedInAt: Duration
    /// When the session is over whatever happens, since 1970.
    var expiresAt: Duration?
    var tokens: [SessionToken] = []
    var pending: Pending?
    var state = State.active

    subscript(key: SessionTokenKey) -> SessionToken? {
        tokens.first { $0.key == key }
    }

    /// How many tokens are kept: the ones not asked for lately go first.
    static let maximumTokens = 64

    mutating func keep(_ token: SessionToken) {
        tokens.removeAll { $0.key == token.key }
        tokens.append(token)
        if tokens.count > Self.maximumTokens { tokens.removeFirst(tokens.count - Self.maximumTokens) }
    }

    /// The same user signed in at the same client, though perhaps another time.
    func isSameUser(as other: SessionRecord) -> Bool {
        if signIn == other.signIn { return true }
        // Byte for byte: to Swift, texts are equal that are not so to an authorization server.
        return !claims.subject.isEmpty && claims.subject.utf8.elementsEqual(other.claims.subject.utf8)
            && issuer.utf8.elementsEqual(other.issuer.utf8) && clientID.utf8.elementsEqual(other.clientID.utf8)
    }

    /// The session without anything that could be used: what is left of one that the server ended.
    func ended(by error: String) -> SessionRecord {
        var record = self
        record.state = .ended(error)
        record.refreshToken = nil
        record.tokens = []
        record.pending = nil
        return record
    }

    /// The name of the store's entry: neither user nor session id stands in it.
    static func entryName(of id: String) -> String {
        "session." + fingerprint(of: id)
    }

    /// What a log may call a session of an id.
    static func fingerprint(of id: String) -> String {
        Base64URL.encode(SHA2.sha256(Array(id.utf8)))
    }
}

extension SessionRecord: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "SessionRecord(\(state))" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: ["state": state]) }
}
