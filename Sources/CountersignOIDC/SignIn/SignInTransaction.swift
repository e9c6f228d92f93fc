import Countersign
import CountersignCrypto
import CountersignHTTP
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// The state of an authorization request between the redirect to the server and the callback.
///
/// A transaction belongs to one browser. An app keeps it in memory. A web server stores it where only the browser that
/// began the sign-in finds it, for example under the request's ``state``, and removes it when the callback arrives.
/// ``encoded()`` contains the PKCE code verifier and must not leave the server.
///
/// A transaction expires ten minutes after the request and completes one sign-in: a second attempt fails with
/// ``SignInError/Kind/alreadyUsed``. Copies decoded from ``encoded()`` do not know of each other, so remove the stored
/// one before completing it.
public final class SignInTransaction: Sendable {
    /// The time after the authorization request in which a callback is accepted: ten minutes.
    public static let lifetime = Duration.seconds(600)

    /// The `state` of the authorization request, which the callback must repeat.
    public let state: String
    /// The issuer that the request was made to: the callback must come from it (RFC 9700 section 4.4).
    package let issuer: String
    package let clientID: String
    package let redirectURI: String
    /// The PKCE code verifier (RFC 7636 section 4.1).
    package let codeVerifier: String
    /// The `nonce` that the ID token must repeat; nil if no ID token was requested.
    package let nonce: String?
    package let scopes: [String]
    package let resources: [String]
    /// The thumbprint of the DPoP key that the code is bound to (RFC 9449 section 10).
    package let jkt: String?
    package let maxAge: Duration?
    /// The authentication contexts of which the ID token must have one; empty for any.
    package let requiredACRValues: [String]
    /// The time of the authorization request.
    package let createdAt: Date

    private let isUsed = Locked(false)

    package init(
        state: String,
        issuer: String,
        clientID: String,
        redirectURI: String,
        codeVerifier: String,
        nonce: String?,
        scopes: [String],
        resources: [String],
        jkt: String?,
        maxAge: Duration?,
        requiredACRValues: [String],
        createdAt: Date
    ) {
        self.state = state
        self.issuer = issuer
        self.clientID = clientID
        self.redirectURI = redirectURI
        self.codeVerifier = codeVerifier
        self.nonce = nonce
        self.scopes = scopes
        self.resources = resources
        self.jkt = jkt
        self.maxAge = maxAge
        self.requiredACRValues = requiredACRValues
        self.createdAt = createdAt
    }

    /// Returns true if a callback has the transaction's ``state``, and is worth completing the sign-in with.
    ///
    /// Use it to skip URLs from other programs; ``OIDCClient/complete(_:callback:)`` checks the state again.
    public func matches(_ callback: AuthorizationCallback) -> Bool {
        guard let received = try? callback.state() else { return false }
        return constantTimeEqual(Array(received.utf8), Array(state.utf8))
    }

    /// Marks the transaction as used.
    ///
    /// - Returns: True for the first call, even if several tasks call it at once.
    func markUsed() -> Bool {
        isUsed.withLock { isUsed in
            defer { isUsed = true }
            return !isUsed
        }
    }

    /// Returns true if a callback comes too late.
    ///
    /// A request that seems to come from the future counts as expired: its age is unknown.
    package func isExpired(at now: Date) -> Bool {
        !(.zero - IDTokenValidator.leeway...Self.lifetime ~= now.duration(since: createdAt))
    }
}

extension SignInTransaction {
    /// Creates a transaction from the bytes that ``encoded()`` returned.
    ///
    /// - Throws: ``SignInError`` of kind ``SignInError/Kind/malformedCallback`` for any other bytes.
    public convenience init(decoding bytes: [UInt8]) throws(SignInError) {
        do {
            var json = try JSONDocument(parsing: bytes).root.object()
            self.init(
                state: try json.value("state"),
                issuer: try json.value("issuer"),
                clientID: try json.value("client_id"),
                redirectURI: try json.value("redirect_uri"),
                codeVerifier: try json.value("code_verifier"),
                nonce: try json.optional("nonce"),
                scopes: try json.value("scopes"),
                resources: try json.value("resources"),
                jkt: try json.optional("dpop_jkt"),
                maxAge: (try json.optional("max_age") as Int?).map { .seconds($0) },
                requiredACRValues: try json.value("acr"),
                createdAt: try json.date("created_at")
            )
        } catch {
            throw SignInError(.malformedCallback, "the stored sign-in transaction is malformed")
        }
    }

    /// Returns the transaction as bytes for a store.
    ///
    /// The bytes contain the PKCE code verifier: keep them away from browsers and logs.
    public func encoded() -> [UInt8] {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.field("state", state)
        json.field("issuer", issuer)
        json.field("client_id", clientID)
        json.field("redirect_uri", redirectURI)
        json.field("code_verifier", codeVerifier)
        json.field("nonce", nonce)
        json.field("scopes", scopes)
        json.field("resources", resources)
        json.field("dpop_jkt", jkt)
        json.field("max_age", maxAge.map { $0.components.seconds })
        json.field("acr", requiredACRValues)
        json.field("created_at", createdAt, as: .unixMilliseconds)
        json.endObject()
        return json.bytes
    }
}

extension SignInTransaction: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "SignInTransaction(\(issuer), <redacted>)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["issuer": issuer]) }
}
