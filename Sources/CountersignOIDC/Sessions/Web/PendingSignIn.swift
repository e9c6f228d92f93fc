import Countersign
import CountersignJSON

/// A sign-in that a browser has begun and not completed.
struct PendingSignIn: Sendable, JSONDecodable, JSONEncodable, Redacted {
    /// A ``SignInTransaction``, as it encodes itself.
    var transaction: String
    /// Where the user wanted to go.
    var returnTo: String

    init(transaction: String, returnTo: String) {
        self.transaction = transaction
        self.returnTo = returnTo
    }

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

    /// The entry is found by who has both the browser's cookie and the answer's state, and by nobody else.
    static func entryName(secret: String, state: String) -> String {
        "signin." + BrowserSecret.digest("\(secret.utf8.count).\(secret).\(state)")
    }
}
