/// A type that the client generates.
package struct TypeDeclaration: Sendable {
    package var name: TypeName
    package var location = SourceLocation.start
    package var description: String?
    package var deprecated: String?
    package var kind: Kind
    /// The directions that operations need: encoding, decoding or both.
    package var coding: Coding = []

    package enum Kind: Sendable {
        case structure(Structure)
        case enumeration(Enumeration)
        /// A Swift type of its own around another type: `{ wraps: string }`.
        case wrapper(TypeReference)
        case oneOf(OneOf)
        /// A second name for a type.
        case alias(TypeReference)
    }

    /// The directions in which values of a type are sent.
    package struct Coding: OptionSet, Sendable {
        package var rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// In a request.
        package static let encoded = Coding(rawValue: 1)
        /// In a response or an error.
        package static let decoded = Coding(rawValue: 2)
    }
}
