import Countersign
import CountersignJSON

/// How a session is written down: a JSON object with a format number.
///
/// Instants and lives are whole milliseconds. Members that are not known are passed over, so that a newer version may
/// add some; one that changes what a member means takes another number.
extension SessionRecord: JSONDecodable, JSONEncodable {
    static let format = 1

    /// Reads an entry.
    ///
    /// - Throws: `TokenStoreError` of kind `TokenStoreError.Kind.corrupt`.
    init(reading contents: [UInt8], for id: String) throws(TokenStoreError) {
        do {
            self = try SessionRecord(json: try JSONDocument(parsing: contents).root)
        } catch let error as JSONSyntaxError {
            throw TokenStoreError(.corrupt, "the entry of a session is not JSON: \(error)")
        } catch let error as JSONDecodingError {
            throw TokenStoreError(.corrupt, "the entry of a session cannot be read: \(error)")
        } catch {
            throw TokenStoreError(.corrupt, "the entry of a session cannot be read")
        }
        guard self.id == id else {
            throw TokenStoreError(.corrupt, "the entry of a session is that of another one")
        }
    }

    /// What is written.
    var contents: [UInt8] {
        var json = JSONWriter(capacity: 2048)
        encode(to: &json)
        return json.bytes
    }

    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        let format: Int = try object.value("format")
        guard format == Self.format else {
            throw JSONDecodingError(at: json, message: "format \(format) is not one that this version reads")
        }
        id = try object.value("id")
        signIn = try object.value("sign_in")
        issuer = try object.value("issuer")
        clientID = try object.value("client_id")
        signedInAt = try object.instant("signed_in_at")
        expiresAt = try object.optional("expires_at").map { (milliseconds: Int64) in .milliseconds(milliseconds) }
        claims = try object.value("claims")
        grantedScopes = try object.value("granted_scopes")
        keyThumbprint = try object.optional("jkt")
        idToken = try object.optional("id_token")
        refreshToken = try object.optional("refresh_token")
        tokens = try object.value("tokens", default: [])
        pending = try object.optional("pending")
        let end: String? = try object.optional("ended")
        state = end.map(State.ended) ?? .active
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("format", Self.format)
        json.field("id", id)
        json.field("sign_in", signIn)
        json.field("issuer", issuer)
        json.field("client_id", clientID)
        json.field("signed_in_at", signedInAt.inMilliseconds)
        json.field("expires_at", expiresAt?.inMilliseconds)
        json.field("claims", claims)
        json.field("granted_scopes", grantedScopes)
        json.field("jkt", keyThumbprint)
        json.field("id_token", idToken)
        json.field("refresh_token", refreshToken)
        json.field("tokens", tokens)
        json.field("pending", pending)
        if case .ended(let error) = state { json.field("ended", error) }
        json.endObject()
    }
}

extension SessionRecord.Pending: JSONDecodable, JSONEncodable {
    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        attempt = try object.value("attempt")
        sentAt = try object.instant("sent_at")
        isReplay = try object.value("is_replay", default: false)
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("attempt", attempt)
        json.field("sent_at", sentAt.inMilliseconds)
        if isReplay { json.field("is_replay", true) }
        json.endObject()
    }
}
