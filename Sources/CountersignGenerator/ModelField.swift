import CountersignSchema

/// A field of a model as its Swift property.
struct ModelField {
    let field: Field
    let name: SwiftIdentifier
    /// What keeps the value: behind the property of a deprecated field, so that this file may use it without a warning.
    let stored: SwiftIdentifier
    /// The type of the property; optional where the field does not travel in one of the directions of its model.
    let type: TypeReference
    let defaultValue: String?
    let isDecoded: Bool
    let isEncoded: Bool
    /// How the instants of the field are written, unless as everywhere.
    let format: Scalar.TimestampFormat?

    /// The fields that a model of this coding has.
    static func fields(of structure: Structure, coding: TypeDeclaration.Coding, spelling: Spelling) throws(Unsupported)
        -> [ModelField]
    {
        var fields: [ModelField] = []
        for field in structure.fields {
            if let only = field.only, !coding.isEmpty, coding.isDisjoint(with: only) { continue }
            fields.append(try ModelField(field, coding: coding, spelling: spelling))
        }
        return fields
    }

    private init(_ field: Field, coding: TypeDeclaration.Coding, spelling: Spelling) throws(Unsupported) {
        self.field = field
        name = SwiftIdentifier(field.swiftName)
        stored = SwiftIdentifier(field.storedName)
        format = spelling.timestampFormat(of: field.type)
        let directions = field.only ?? [.encoded, .decoded]
        isDecoded = directions.contains(.decoded)
        isEncoded = directions.contains(.encoded)
        defaultValue = try field.defaultValue.map { value throws(Unsupported) in
            try spelling.literal(value, of: field.type, at: field.location)
        }
        if !directions.isSuperset(of: coding), field.type == field.type.unwrapped, defaultValue == nil {
            type = .optional(field.type)
        } else {
            type = field.type
        }
    }

    /// What an initialiser takes for the field when nothing is passed.
    var initialValue: String? { defaultValue ?? (type.isOptional ? "nil" : nil) }

    /// What Swift's own memberwise initialiser would take.
    var synthesisedInitialValue: String? { defaultValue ?? (type == type.unwrapped ? nil : "nil") }

    /// What is said about the property.
    func documentation(coding: TypeDeclaration.Coding) -> String? {
        guard let only = field.only, !only.isSuperset(of: coding) else { return field.description }
        let note =
            only == .encoded
            ? "Travels in requests only: nil in what the API returns." : "Travels in responses only: never sent."
        return field.description.map { $0 + "\n\n" + note } ?? note
    }
}

extension Spelling {
    /// A default as an expression of the type.
    func literal(
        _ value: DefaultValue,
        of type: TypeReference,
        at location: SourceLocation
    ) throws(Unsupported) -> String {
        if case .optional(.nullable(let inner)) = type {
            return ".value(" + (try literal(value, of: inner, at: location)) + ")"
        }
        let isOptional = type != type.unwrapped
        let type = resolved(type.unwrapped)
        switch (value, type) {
        case (.string(let text), .scalar(.string)), (.string(let text), .scalar(.json)):
            return SwiftLiteral.string(text)
        case (.bool(let value), .scalar(.bool)), (.bool(let value), .scalar(.json)):
            return value ? "true" : "false"
        case (.integer(let value), .scalar(let scalar)):
            switch scalar {
            case .int, .int32, .int64, .float, .double, .decimal, .json: return String(value)
            default: break
            }
        case (.number(let digits), .scalar(let scalar)):
            switch scalar {
            case .decimal:
                if let literal = SwiftLiteral.decimal(digits) {
                    return literal.replacing("Decimal(", with: foundation("Decimal") + "(")
                }
            case .float where Float(digits)?.isFinite == true: return digits
            case .double where Double(digits)?.isFinite == true: return digits
            default: break
            }
        case (.enumerationCase(let name), .named(let enumeration)):
            // Behind an optional type `.none` would be nil.
            let owner = isOptional && ["none", "some"].contains(name) ? "\(client).\(enumeration)" : ""
            return owner + "." + SwiftIdentifier(name).member
        case (.wrapped(let inner), .named(let name)):
            if case .wrapper(let wrapped)? = declaration(of: name)?.kind {
                return ".init(rawValue: " + (try literal(inner, of: wrapped, at: location)) + ")"
            }
        case (.list(let elements), .list(let element)):
            var literals: [String] = []
            for value in elements { literals.append(try literal(value, of: element, at: location)) }
            return "[" + literals.joined(separator: ", ") + "]"
        case (.emptyMap, .map), (.emptyMap, .scalar(.json)):
            return "[:]"
        default:
            break
        }
        throw Unsupported(location, "this default has no literal in Swift; leave it out")
    }
}
