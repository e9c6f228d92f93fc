/// A type that can be read from JSON.
///
/// ``JSONValue``, the models that a generated client receives, and arrays, dictionaries and optionals of them conform to
/// it. Only generated code can add conformances.
///
/// ```swift
/// let error = try JSONValue(parsingJSON: response.body)["error"]?.string
/// ```
public protocol JSONDecodable {
    /// Reads a value from a node of a JSON document.
    ///
    /// - Throws: ``JSONDecodingError`` if the value has another kind or is out of range. The error never quotes the value.
    @_spi(Generated)
    init(json: JSONNode) throws(JSONDecodingError)
}

extension JSONDecodable {
    /// Reads a value from a JSON text (RFC 8259) in UTF-8.
    ///
    /// - Throws: ``JSONDecodingError`` if the bytes are not JSON, or the value has another kind or is out of range. The
    ///   error never quotes the text.
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
