import Countersign
@_spi(Generated) import CountersignJSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The persistent state of a signed-in browser, stored next to the user's ``SessionRecord``.
///
/// It has an entry of its own, since it is written whenever the idle timeout is extended.
struct BrowserSessionRecord: Sendable, JSONDecodable, JSONEncodable {
    /// The time of the last request that extended the idle timeout.
    var lastSeenAt: Date
    /// The end of the session's maximum lifetime.
    var expiresAt: Date
    /// The issuer that the client is configured with.
    var issuer: String
    /// The issuer of the user's tenant, at a multi-tenant server; nil if it is ``issuer``.
    var tenantIssuer: String?
    var subject: String
    /// The user's session at the authorization server (`sid`), if the ID token contains it.
    var sessionID: String?

    init(
        lastSeenAt: Date,
        expiresAt: Date,
        issuer: String,
        tenantIssuer: String? = nil,
        subject: String,
        sessionID: String?
    ) {
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.issuer = issuer
        self.tenantIssuer = tenantIssuer
        self.subject = subject
        self.sessionID = sessionID
    }

    /// The keys under which the session index lists the session.
    var indexKeys: [SessionIndex.Key] {
        // A subject is unique only at its own issuer.
        let issuer = tenantIssuer ?? issuer
        var keys: [SessionIndex.Key] = []
        if !subject.isEmpty { keys.append(.subject(subject, issuer: issuer)) }
        if let sessionID { keys.append(.sessionID(sessionID, issuer: issuer)) }
        return keys
    }

    /// Returns the time at which the browser is signed out if it sends no further request.
    func expiry(idleTimeout: Duration) -> Date {
        min(expiresAt, lastSeenAt.adding(idleTimeout))
    }

    static func entryName(of id: String) -> String { "browser." + id }

    // MARK: JSON

    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        lastSeenAt = try object.date("last_seen")
        expiresAt = try object.date("ends_at")
        issuer = try object.value("issuer")
        tenantIssuer = try object.optional("tenant_issuer")
        subject = try object.value("subject")
        sessionID = try object.optional("sid")
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("last_seen", lastSeenAt, as: .unixMilliseconds)
        json.field("ends_at", expiresAt, as: .unixMilliseconds)
        json.field("issuer", issuer)
        json.field("tenant_issuer", tenantIssuer)
        json.field("subject", subject)
        json.field("sid", sessionID)
        json.endObject()
    }
}
