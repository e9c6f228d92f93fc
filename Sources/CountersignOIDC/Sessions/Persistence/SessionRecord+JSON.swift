import Countersign
@_spi(Generated) import CountersignJSON

/// The stored format of a session: a JSON object with a format number.
///
/// Times and lifetimes are whole milliseconds. Unknown members are ignored, so that a later version can add members. A
/// version that changes the meaning of a member must use another format number.
extension SessionRecord: JSONDecodable, JSONEncodable {
    static let format = 1

    /// Reads the contents of a store entry.
    ///
    /// - Throws: `TokenStoreError` of kind `TokenStoreError.Kind.corrupt`.
    init(reading contents: [UInt8], for id: String) throws(TokenStoreError) {
        do {
            self = try SessionRecord(json: try JSONDocument(parsing: contents).root)
        } catch let error as JSONSyntaxError {
            throw TokenStoreError(.corrupt, "the stored session is not valid JSON: \(error)")
        } catch let error as JSONDecodingError {
            throw TokenStoreError(.corrupt, "the stored session cannot be decoded: \(error)")
        } catch {
            throw TokenStoreError(.corrupt, "the stored session cannot be decoded")
        }
        guard self.id == id else {
            throw TokenStoreError(.corrupt, "the stored session has another id than its entry")
        }
    }

    /// The contents of the store entry.
    var contents: [UInt8] {
        var json = JSONWriter(capacity: 2048)
        encode(to: &json)
        return json.bytes
    }

    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        let format: Int = try object.value("format")
        guard format == Self.format else {
            throw JSONDecodingError(at: json, message: "unknown format \(format), expected \(Self.format)")
        }
        id = try object.value("id")
        signInID = try object.value("sign_in")
        issuer = try object.value("issuer")
        clientID = try object.value("client_id")
        signedInAt = try object.date("signed_in_at")
        expiresAt = try object.optionalDate("expires_at")
        claims = try object.value("claims")
        grantedScopes = try object.value("granted_scopes")
        withheldScopes = try object.value("withheld_scopes", default: [])
        keyThumbprint = try object.optional("jkt")
        idToken = try object.optional("id_token")
        refreshToken = try object.optional("refresh_token")
        tokens = try object.value("tokens", default: [])
        pendingRefresh = try object.optional("pending")
        let error: String? = try object.optional("ended")
        state = error.map(State.ended) ?? .active
        isRotationLost = try object.value("rotation_lost", default: false)
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("format", Self.format)
        json.field("id", id)
        json.field("sign_in", signInID)
        json.field("issuer", issuer)
        json.field("client_id", clientID)
        json.field("signed_in_at", signedInAt, as: .unixMilliseconds)
        json.field("expires_at", expiresAt, as: .unixMilliseconds)
        json.field("claims", claims)
        json.field("granted_scopes", grantedScopes)
        if !withheldScopes.isEmpty { json.field("withheld_scopes", withheldScopes) }
        json.field("jkt", keyThumbprint)
        json.field("id_token", idToken)
        json.field("refresh_token", refreshToken)
        json.field("tokens", tokens)
        json.field("pending", pendingRefresh)
        if case .ended(let error) = state { json.field("ended", error) }
        if isRotationLost { json.field("rotation_lost", true) }
        json.endObject()
    }
}

extension SessionRecord.PendingRefresh: JSONDecodable, JSONEncodable {
    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        attemptID = try object.value("attempt")
        sentAt = try object.date("sent_at")
        isRetry = try object.value("is_retry", default: false)
        hasEnded = try object.value("has_ended", default: false)
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("attempt", attemptID)
        json.field("sent_at", sentAt, as: .unixMilliseconds)
        if isRetry { json.field("is_retry", true) }
        if hasEnded { json.field("has_ended", true) }
        json.endObject()
    }
}
