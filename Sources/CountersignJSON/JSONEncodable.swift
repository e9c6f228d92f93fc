/// A type that is written as a JSON value; generated models conform to it.
///
/// ```swift
/// extension Item: JSONEncodable {
///     func encode(to json: inout JSONWriter) {
///         json.beginObject()
///         json.field("id", id)
///         json.field("note", note)
///         json.endObject()
///     }
/// }
/// ```
@_spi(Generated)
public protocol JSONEncodable {
    /// Writes exactly one value.
    ///
    /// A value without a JSON form, such as NaN or infinity, is recorded in ``JSONWriter/failure``.
    func encode(to json: inout JSONWriter)
}
