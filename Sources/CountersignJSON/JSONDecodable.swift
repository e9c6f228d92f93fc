/// A type that is read from a node of a JSON document; generated models conform to it.
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
@_spi(Generated)
public protocol JSONDecodable: JSONParsable {
    /// Reads a value.
    ///
    /// - Throws: ``JSONDecodingError`` if the value has another kind or is out of range. The error never quotes the value.
    init(json: JSONNode) throws(JSONDecodingError)
}

@_spi(Generated)
extension JSONDecodable {
    public init(parsingJSON bytes: [UInt8]) throws(JSONDecodingError) {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw JSONDecodingError(
                path: "",
                line: error.line,
                column: error.column,
                message: "invalid JSON: \(error.message)"
            )
        }
        try self.init(json: document.root)
    }
}
