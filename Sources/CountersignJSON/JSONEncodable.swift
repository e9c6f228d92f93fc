/// A type that can be written as a JSON value.
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
public protocol JSONEncodable {
    /// Writes exactly one value.
    ///
    /// What cannot be written (not a number, infinity) is recorded in the writer.
    func encode(to json: inout JSONWriter)
}
