/// A type that the client generates.
package struct TypeDeclaration: Sendable {
    package var name: TypeName
    package var location = SourceLocation.start
    package var description: String?
    package var deprecated: String?
    package var kind: Kind
    /// Which of reading and writing the operations need of it.
    package var coding: Coding = []

    package enum Kind: Sendable {
        case structure(Structure)
        case enumeration(Enumeration)
        /// A Swift type of its own around another: `{ wraps: string }`.
        case wrapper(TypeReference)
        case oneOf(OneOf)
        /// A second name for a type.
        case alias(TypeReference)
    }

    /// The directions in which values of a type travel.
    package struct Coding: OptionSet, Sendable {
        package var rawValue: UInt8

        package init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// In a request.
        package static let encoded = Coding(rawValue: 1)
        /// In a response, or an error.
        package static let decoded = Coding(rawValue: 2)
    }
}

/// A JSON object with known fields.
package struct Structure: Equatable, Sendable {
    /// All fields: `id` first, then the included ones, then its own.
    package var fields: [Field] = []
    /// Whether `id` is declared as the identity (`Identifiable`).
    package var isIdentifiable = false
    /// The types whose fields were copied.
    package var includes: [TypeName] = []
    /// The type of the properties that are not among the fields; nil when they are ignored.
    package var others: TypeReference?
}

/// A field of an object, a parameter, a part of a form: whatever has a name and a type.
package struct Field: Equatable, Sendable {
    /// The name on the wire.
    package var name: String
    /// The name in Swift, unescaped; see ``SwiftName/escaped(_:)``.
    package var swiftName: String
    package var type: TypeReference
    package var location = SourceLocation.start
    package var defaultValue: DefaultValue?
    package var description: String?
    /// What to use instead; nil for a field that is not deprecated.
    package var deprecated: String?
    /// The only direction in which the field travels; nil for both.
    package var only: TypeDeclaration.Coding?
    /// Whether Swift can lay the enclosing value out only when this field is stored indirectly.
    package var isIndirect = false

    /// The Swift name of the stored property: that of a deprecated field stands behind one that warns.
    package var storedName: String { deprecated == nil ? swiftName : "_" + swiftName }
}

/// A default in terms of the field's type: of an optional field, of what it wraps.
package indirect enum DefaultValue: Equatable, Sendable {
    case string(String)
    case bool(Bool)
    case integer(Int64)
    /// The digits as written, for `float`, `double` and `decimal`.
    case number(String)
    /// A case of an enumeration, by its Swift name.
    case enumerationCase(String)
    /// The value of a wrapping type.
    case wrapped(DefaultValue)
    case list([DefaultValue])
    case emptyMap
}

/// A fixed set of values.
package struct Enumeration: Sendable {
    package var values: Values
    /// Whether a value that is not listed is refused; an open one keeps it as `unrecognized`.
    package var isClosed = false
    package var cases: [Case]

    package enum Values: Sendable {
        case strings, integers
    }

    package struct Case: Sendable {
        /// The name in Swift, unescaped.
        package var swiftName: String
        package var value: Value
        package var location = SourceLocation.start
    }

    package enum Value: Hashable, Sendable {
        case string(String)
        case integer(Int64)
    }
}

/// One of several types, told apart by a field.
package struct OneOf: Sendable {
    /// The name of the field on the wire.
    package var discriminator: String
    /// Whether a value of a kind that is not listed is refused; an open one keeps it as `unrecognized`.
    package var isClosed = false
    package var cases: [Case]

    package struct Case: Sendable {
        /// The value of the discriminator.
        package var tag: String
        /// The name in Swift, unescaped.
        package var swiftName: String
        package var type: TypeReference
        package var location = SourceLocation.start
        /// Whether Swift can lay the value out only when this case is indirect.
        package var isIndirect = false
    }
}
