/// A type that can be read from JSON text.
///
/// ``JSONValue``, the models that a generated client receives, and arrays, dictionaries and optionals of them conform to
/// it. Do not add conformances: the schema's generated code has them.
///
/// ```swift
/// let error = try JSONValue(parsingJSON: response.body)["error"]?.string
/// ```
public protocol JSONParsable {
    /// Reads a value from a JSON text (RFC 8259) in UTF-8.
    ///
    /// - Throws: ``JSONDecodingError`` if the bytes are not JSON, or the value has another kind or is out of range. The
    ///   error never quotes the text.
    init(parsingJSON bytes: [UInt8]) throws(JSONDecodingError)
}
