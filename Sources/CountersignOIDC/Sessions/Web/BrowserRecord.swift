import Countersign
import CountersignJSON

/// What a web back end remembers of a browser that is signed in, beside the user's session.
///
/// The session is in an entry of its own: this one is written with every bit of its sliding life.
struct BrowserRecord: Sendable, JSONDecodable, JSONEncodable {
    /// When the browser was last seen, since 1970.
    var lastSeen: Duration
    /// When it is signed out whatever it does, since 1970.
    var endsAt: Duration
    var issuer: String
    var subject: String
    /// The user's session at the authorization server (`sid`), where it has told.
    var sessionID: String?

    init(lastSeen: Duration, endsAt: Duration, issuer: String, subject: String, sessionID: String?) {
        self.lastSeen = lastSeen
        self.endsAt = endsAt
        self.issuer = issuer
        self.subject = subject
        self.sessionID = sessionID
    }

    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        lastSeen = try object.instant("last_seen")
        endsAt = try object.instant("ends_at")
        issuer = try object.value("issuer")
        subject = try object.value("subject")
        sessionID = try object.optional("sid")
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("last_seen", lastSeen.inMilliseconds)
        json.field("ends_at", endsAt.inMilliseconds)
        json.field("issuer", issuer)
        json.field("subject", subject)
        json.field("sid", sessionID)
        json.endObject()
    }

    static func entryName(of id: String) -> String { "browser." + id }
}
