import CountersignSchema

/// A field of a model as a Swift property.
struct ModelField {
    let field: Field
    let name: SwiftIdentifier
    /// The stored property.
    ///
    /// A deprecated field has a second one, so that the generated code can use it without a warning.
    let stored: SwiftIdentifier
    /// The type of the property; optional if the model is sent in a direction in which the field is not.
    let type: TypeReference
    let defaultValue: String?
    let isDecoded: Bool
    let isEncoded: Bool
    /// The timestamp format of the field; nil for the default format.
    let format: Scalar.TimestampFormat?

    /// Returns the fields of a model that is sent in the given directions.
    static func fields(
        of structure: Structure,
        coding: TypeDeclaration.Coding,
        spelling: Spelling
    ) throws(GenerationError) -> [ModelField] {
        var fields: [ModelField] = []
        for field in structure.fields {
            if let only = field.only, !coding.isEmpty, coding.isDisjoint(with: only) { continue }
            fields.append(try ModelField(field, coding: coding, spelling: spelling))
        }
        return fields
    }

    private init(_ field: Field, coding: TypeDeclaration.Coding, spelling: Spelling) throws(GenerationError) {
        self.field = field
        name = SwiftIdentifier(field.swiftName)
        stored = SwiftIdentifier(field.storedName)
        format = spelling.timestampFormat(of: field.type)
        let directions = field.only ?? [.encoded, .decoded]
        isDecoded = directions.contains(.decoded)
        isEncoded = directions.contains(.encoded)
        defaultValue = try field.defaultValue.map { value throws(GenerationError) in
            try spelling.literal(value, of: field.type, at: field.location)
        }
        if !directions.isSuperset(of: coding), field.type == field.type.unwrapped, defaultValue == nil {
            type = .optional(field.type)
        } else {
            type = field.type
        }
    }

    /// The default argument of an initializer.
    var initialValue: String? { defaultValue ?? (type.isOptional ? "nil" : nil) }

    /// The default argument of the memberwise initializer that Swift synthesises.
    var synthesisedInitialValue: String? { defaultValue ?? (type == type.unwrapped ? nil : "nil") }

    /// Returns the documentation of the property.
    func documentation(coding: TypeDeclaration.Coding) -> String? {
        guard let only = field.only, !only.isSuperset(of: coding) else { return field.description }
        let note =
            only == .encoded
            ? "Only in requests: nil in responses." : "Only in responses: ignored in requests."
        return field.description.map { $0 + "\n\n" + note } ?? note
    }
}
