/// A field of an object, a parameter, or a part of a form.
package struct Field: Equatable, Sendable {
    /// The name on the wire.
    package var name: String
    /// The name in Swift, unescaped; see ``SwiftName/escaped(_:)``.
    package var swiftName: String
    package var type: TypeReference
    package var location = SourceLocation.start
    package var defaultValue: DefaultValue?
    package var description: String?
    /// The advice on what to use instead; nil for a field that is not deprecated.
    package var deprecated: String?
    /// The only direction in which the field is sent; nil for both.
    package var only: TypeDeclaration.Coding?
    /// Indicates whether the field must be stored indirectly, because its type contains itself.
    package var isIndirect = false

    /// The Swift name of the stored property; a deprecated field has a computed property in front of it that warns.
    package var storedName: String { deprecated == nil ? swiftName : "_" + swiftName }
}
