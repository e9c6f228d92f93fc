import Countersign
import CountersignCrypto
import CountersignHTTP
import CountersignJSON

/// What a client remembers of an authorization request until its answer comes: for at most ten minutes, and for one
/// answer.
///
/// It belongs to one browser. A program with a user interface keeps it in memory; a web server keeps it where only the
/// browser that began the sign-in finds it, under the request's ``state`` for example, and takes it out with the answer:
/// ``encoded()`` holds the PKCE verifier and must not leave the server.
///
/// One value completes one sign-in: the second attempt fails with ``SignInError/Kind/alreadyUsed``. Copies made of
/// ``encoded()`` do not know of each other, so whoever stores it removes it first.
public final class SignInTransaction: Sendable {
    /// How long after the request its answer is taken.
    public static let lifetime = Duration.seconds(600)

    /// The request's `state`, which the answer must repeat.
    public let state: String
    /// The issuer that was asked: the answer must be its own (RFC 9700 section 4.4).
    package let issuer: String
    package let clientID: String
    package let redirectURI: String
    package let verifier: String
    /// Sent where an ID token was asked for.
    package let nonce: String?
    package let scopes: [String]
    package let resources: [String]
    /// The thumbprint of the key that the code was bound to (RFC 9449 section 10).
    package let jkt: String?
    package let maxAge: Duration?
    /// The contexts of which one is essential.
    package let essentialACR: [String]
    /// Since 1 January 1970 UTC.
    package let madeAt: Duration

    private let isSpent = Locked(false)

    package init(
        state: String,
        issuer: String,
        clientID: String,
        redirectURI: String,
        verifier: String,
        nonce: String?,
        scopes: [String],
        resources: [String],
        jkt: String?,
        maxAge: Duration?,
        essentialACR: [String],
        madeAt: Duration
    ) {
        self.state = state
        self.issuer = issuer
        self.clientID = clientID
        self.redirectURI = redirectURI
        self.verifier = verifier
        self.nonce = nonce
        self.scopes = scopes
        self.resources = resources
        self.jkt = jkt
        self.maxAge = maxAge
        self.essentialACR = essentialACR
        self.madeAt = madeAt
    }

    /// Whether a callback has the request's ``state``, so that it is worth being completed with.
    ///
    /// For whoever receives callbacks where strangers can send some, too.
    public func isAnswered(by callback: AuthorizationCallback) -> Bool {
        guard let answered = try? callback.state() else { return false }
        return constantTimeEqual(Array(answered.utf8), Array(state.utf8))
    }

    /// Whether the answer may be taken now; true once, however many tasks ask.
    func spend() -> Bool {
        isSpent.withLock { isSpent in
            defer { isSpent = true }
            return !isSpent
        }
    }

    /// Whether the time for the answer is over.
    ///
    /// A request that was made in the future is refused as well: then nobody knows how old it is.
    package func isExpired(at unixTime: Duration) -> Bool {
        !(.zero - IDTokenRules.leeway...Self.lifetime ~= unixTime - madeAt)
    }
}

extension SignInTransaction {
    /// Reads what ``encoded()`` wrote.
    ///
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/malformedCallback`` for anything else.
    public convenience init(decoding bytes: [UInt8]) throws(SignInError) {
        do {
            var json = try JSONDocument(parsing: bytes).root.object()
            self.init(
                state: try json.value("state"),
                issuer: try json.value("issuer"),
                clientID: try json.value("client_id"),
                redirectURI: try json.value("redirect_uri"),
                verifier: try json.value("code_verifier"),
                nonce: try json.optional("nonce"),
                scopes: try json.value("scopes"),
                resources: try json.value("resources"),
                jkt: try json.optional("dpop_jkt"),
                maxAge: (try json.optional("max_age") as Int?).map { .seconds($0) },
                essentialACR: try json.value("acr"),
                madeAt: .milliseconds(try json.value("made_at") as Int64)
            )
        } catch {
            throw SignInError(.malformedCallback, "what was stored of the request cannot be read")
        }
    }

    /// The transaction as bytes, for a store.
    ///
    /// They hold the PKCE verifier: keep them where browsers and logs do not reach.
    public func encoded() -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.field("state", state)
        json.field("issuer", issuer)
        json.field("client_id", clientID)
        json.field("redirect_uri", redirectURI)
        json.field("code_verifier", verifier)
        json.field("nonce", nonce)
        json.field("scopes", scopes)
        json.field("resources", resources)
        json.field("dpop_jkt", jkt)
        json.field("max_age", maxAge.map { $0.components.seconds })
        json.field("acr", essentialACR)
        json.field("made_at", madeAt.wholeNanoseconds / 1_000_000)
        json.endObject()
        return json.bytes
    }
}

extension SignInTransaction: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignInTransaction(\(issuer), <redacted>)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}
