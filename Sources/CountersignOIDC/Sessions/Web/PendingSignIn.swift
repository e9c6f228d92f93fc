import Countersign
@_spi(Generated) import CountersignJSON

/// A sign-in that a browser has started and not completed.
struct PendingSignIn: Sendable, JSONDecodable, JSONEncodable, Redacted {
    /// The encoded ``SignInTransaction``.
    var transaction: String
    /// The path to which the user returns after the sign-in.
    var returnTo: String

    init(transaction: String, returnTo: String) {
        self.transaction = transaction
        self.returnTo = returnTo
    }

    /// Returns the name of the store entry.
    ///
    /// Finding it requires the browser's cookie and the `state` of the response.
    static func entryName(secret: String, state: String) -> String {
        "signin." + BrowserSecret.digest("\(secret.utf8.count).\(secret).\(state)")
    }

    // MARK: JSON

    init(json: JSONNode) throws(JSONDecodingError) {
        var object = try json.object()
        transaction = try object.value("transaction")
        returnTo = try object.value("return_to")
    }

    func encode(to json: inout JSONWriter) {
        json.beginObject()
        json.field("transaction", transaction)
        json.field("return_to", returnTo)
        json.endObject()
    }
}
