/// A JSON object with known fields.
package struct Structure: Equatable, Sendable {
    /// All fields: first `id`, then the included ones, then its own.
    package var fields: [Field] = []
    /// Indicates whether `id` is declared as the identity (`Identifiable`).
    package var isIdentifiable = false
    /// The types whose fields were copied.
    package var includes: [TypeName] = []
    /// The type of additional properties; nil if they are ignored.
    package var others: TypeReference?
}
