/// A type that can be read from a JSON value.
///
/// ```swift
/// struct Item: JSONDecodable {
///     var id: String
///     var note: String?
///
///     init(json: JSONNode) throws(JSONDecodingError) {
///         var object = try json.object()
///         id = try object.value("id")
///         note = try object.optional("note")
///     }
/// }
///
/// let item = try Item(json: JSONDocument(parsing: bytes).root)
/// ```
public protocol JSONDecodable {
    /// Reads a value.
    ///
    /// - Throws: when it is of another kind or out of range. The error never quotes the value.
    init(json: JSONNode) throws(JSONDecodingError)
}
