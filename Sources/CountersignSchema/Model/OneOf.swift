/// A choice of types, identified by a discriminator field.
package struct OneOf: Sendable {
    /// The name of the discriminator on the wire.
    package var discriminator: String
    /// Indicates whether unknown discriminator values are rejected; an open choice keeps them as `unrecognized`.
    package var isClosed = false
    package var cases: [Case]

    package struct Case: Sendable {
        /// The value of the discriminator.
        package var tag: String
        /// The name in Swift, unescaped.
        package var swiftName: String
        package var type: TypeReference
        package var location = SourceLocation.start
        /// Indicates whether the case must be indirect, because its type contains itself.
        package var isIndirect = false
    }
}
